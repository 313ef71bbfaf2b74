import { expect, it } from 'vitest';
import { policyDocument, wrongFor } from '../api/scene.js';
import { startServer } from '../api/server.js';
import type { Body } from '../api/world.js';
import { createTestDatabase } from '../helpers/postgres.js';
import { figure } from './figures.js';
import { ownRows } from './tables.js';

const PHONE = '+15125558213';
const EMAIL = 'canary.search@secret-place.example';
const WRONG = 'canary-wrong-secret-7714';

/** A text as it might be written down. */
const formsOf = (text: string): readonly string[] => [
  text,
  text.replace(/^\+/, ''),
  encodeURIComponent(text),
  Buffer.from(text).toString('base64').replace(/=+$/, ''),
  Buffer.from(text).toString('base64url'),
  Buffer.from(text).toString('hex'),
];

it('neither the tables of PostgreSQL nor any refusal holds a code, token, secret, phone or e-mail address (SEC-04, SEC-58, SEC-66)', {
  timeout: 120_000,
}, async () => {
  await using database = await createTestDatabase();
  const canaries = new Map<string, string>();
  const refusals: string[] = [];
  await using server = await startServer({
    data: '/nowhere',
    'database-url': database.url,
    'auth-url': 'http://postern.test',
  });
  const { app, facts } = server;
  const { apiPath, authPath } = app.urls;
  const environment = `${apiPath}/environments/${facts.environmentId}`;
  const send = async (
    method: string,
    url: string,
    body?: Body | string,
    action?: string,
    headers: Record<string, string> = {},
  ) => {
    const type = action === undefined ? 'application/json' : `application/vnd.pingidentity.${action}+json`;
    const answer = await server.send(method, url, { type, headers, ...(body === undefined ? {} : { body }) });
    if (answer.status >= 400) refusals.push(JSON.stringify(answer.headers) + answer.text);
    return answer.body;
  };
  const codes: string[] = [];
  const newestCode = async (query: string): Promise<string> => {
    await app.dispatcher.idle();
    const { body } = await server.send('GET', `${authPath}/inbox/messages?${query}`);
    const otp = (body['messages'] as readonly { readonly otp: string }[]).at(-1)?.otp ?? '';
    codes.push(otp);
    return otp;
  };
  const token = (secret: string, authorization = '') =>
    server.send('POST', `${authPath}/${facts.environmentId}/as/token`, {
      type: 'application/x-www-form-urlencoded',
      body: `grant_type=client_credentials${secret === '' ? '' : `&client_id=${facts.clientId}&client_secret=${secret}`}`,
      headers: { authorization },
    });
  refusals.push((await token(WRONG)).text);
  const basic = `Basic ${Buffer.from(`${facts.clientId}:${facts.clientSecret}`).toString('base64')}`;
  const accessToken = String((await token('', basic)).body['access_token']);
  canaries.set('the client secret', facts.clientSecret).set('a wrong secret', WRONG).set('a token', accessToken);
  await send('GET', environment, undefined, undefined, { authorization: `Bearer ${accessToken}x` });

  const policy = await send(
    'POST',
    `${environment}/deviceAuthenticationPolicies`,
    policyDocument({ otpLength: 10, failures: 2 }),
  );
  const user = await send('POST', `${environment}/users`, {
    username: 'visible',
    email: 'visible@profile.example',
    mfaEnabled: true,
  });
  const devices = `${environment}/users/${user['id']}/devices`;
  const flows = `${authPath}/${facts.environmentId}/deviceAuthentications`;
  for (const contact of [
    { type: 'SMS', phone: PHONE },
    { type: 'EMAIL', email: EMAIL },
  ]) {
    const text = String('phone' in contact ? contact.phone : contact.email);
    canaries.set(`${contact.type} contact`, text);
    // Refused for its form, for what it repeats, for the code that it brings, and for the state that it meets.
    await send('POST', devices, {
      ...contact,
      ...('phone' in contact ? { phone: `${text}x` } : { email: `${text}@` }),
    });
    const device = await send('POST', devices, {
      ...contact,
      status: 'ACTIVATION_REQUIRED',
      policy: { id: policy['id'] },
    });
    await send('POST', devices, { ...contact, nickname: text.repeat(30) });
    const item = `${devices}/${device['id']}`;
    const first = await newestCode(`device=${device['id']}`);
    await send('POST', item, { otp: wrongFor(first) }, 'device.activate');
    await send('POST', item, { otp: `${first}0` }, 'device.activate');
    await send('POST', item, { otp: first }, 'device.activate');
    await send('POST', item, { otp: first }, 'device.activate');
    const flow = await send('POST', flows, {
      user: { id: user['id'] },
      policy: { id: policy['id'] },
      selectedDevice: { id: device['id'] },
    });
    const at = `${flows}/${flow['id']}`;
    const code = await newestCode(`deviceAuthentication=${flow['id']}`);
    await send('POST', at, `{"otp":"${code}"`, 'otp.check');
    await send('POST', at, { otp: `${code} ` }, 'otp.check');
    await send('POST', at, { otp: Number(code) }, 'otp.check');
    await send('POST', `${at}x`, { otp: code }, 'otp.check');
    await send('POST', at, { otp: wrongFor(code) }, 'otp.check');
    await send('POST', at, { otp: code }, 'otp.check');
    await send('POST', at, { otp: code }, 'otp.check');
    await send('GET', `${environment}/users?filter=${encodeURIComponent(`phone eq "${text}`)}`);
  }
  for (const [index, code] of codes.entries()) canaries.set(`code ${index}`, code);
  const stored = await ownRows(database.url);

  // A control: what may be stored in clear is found, and so is every canary in a text that holds it.
  const found = (where: string): readonly string[] =>
    [...canaries].filter(([, text]) => formsOf(text).some((form) => where.includes(form))).map(([what]) => what);
  expect(stored).toContain('visible@profile.example');
  for (const [what, text] of canaries) expect(found(`x${text}x`), what).toContain(what);
  expect(canaries.size).toBeGreaterThanOrEqual(9);
  for (const [what, text] of canaries) expect([what, text, text.length >= 10]).toEqual([what, text, true]);
  expect(refusals.length).toBeGreaterThan(15);

  expect(found(stored)).toEqual([]);
  expect(found(refusals.join('\n'))).toEqual([]);
  figure(
    'canaries',
    'PostgreSQL and refusals',
    `${canaries.size} canaries in ${formsOf('').length} encodings: none in ${Math.round(stored.length / 1_024)} KB of rows or ${refusals.length} refusals`,
  );
});
