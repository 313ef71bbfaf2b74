import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Logger } from '../../src/kernel/log.js';
import { assertionClaims, assertionForm, jws } from '../helpers/client-assertion.js';
import { policyDocument, TYPES, type Type, wrongFor } from './scene.js';
import { type Server, startServer } from './server.js';
import type { Body } from './world.js';

const EXTENSION = '90817*26';
/** Texts that occur nowhere by accident: codes have ten digits, contacts are made up. */
const CONTACTS: Readonly<Record<Type, { readonly paired: Body; readonly once: Body }>> = {
  SMS: { paired: { phone: '+15125559137' }, once: { phone: '+15125559248' } },
  VOICE: { paired: { phone: '+15125559359', extension: EXTENSION }, once: { phone: '+15125559461' } },
  WHATSAPP: { paired: { phone: '+15125559572' }, once: { phone: '+15125559683' } },
  EMAIL: {
    paired: { email: 'canary.paired@secret-place.example' },
    once: { email: 'canary.once@secret-place.example' },
  },
};
const VARIABLE = 'canary-variable-7731';
const WRONG_SECRET = 'canary-wrong-secret-5519';
const USERNAME = 'visible.username';

/** What must be nowhere in clear (S0, S1 and contacts, S2), by what it is. */
const canaries = new Map<string, string>();
const lines: string[] = [];
let directory: string;
let stored: Buffer;
let storedAfterwards: Buffer;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'postern-secrets-'));
  const record =
    (level: string) =>
    (fields: object, message: string): void => {
      // As pino writes it, and as somebody would who prints the object.
      lines.push(`${level} ${message} ${JSON.stringify(fields)}`, inspect(fields, { depth: 10, showHidden: true }));
    };
  const logger: Logger = { debug: record('debug'), info: record('info'), warn: record('warn'), error: record('error') };
  const data = join(directory, 'data');
  {
    await using server = await startServer({ data, 'auth-url': 'http://postern.test' }, logger);
    await authenticateInEveryWay(server);
    await server.app.dispatcher.idle();
    stored = bytesOf(data);
  }
  storedAfterwards = bytesOf(data);
  for (const file of readdirSync(data).filter((name) => /key/.test(name)))
    canaries.set('the master key', readFileSync(join(data, file), 'utf8').trim());
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Database and log files. By another process: to close a descriptor of the database here would drop its lock (SEC-77). */
function bytesOf(data: string): Buffer {
  // The socket for commands holds nothing.
  const files = readdirSync(data).filter((name) => !/key|\.sock$/.test(name));
  const read = 'for (const f of process.argv.slice(1)) process.stdout.write(require("node:fs").readFileSync(f))';
  const paths = files.map((name) => join(data, name));
  return execFileSync(process.execPath, ['-e', read, ...paths], { maxBuffer: 1 << 28 });
}

async function authenticateInEveryWay({ send, app, facts }: Server): Promise<void> {
  const { apiPath, authPath } = app.urls;
  const environment = `${apiPath}/environments/${facts.environmentId}`;
  const codes = new Set<string>();
  const post = async (url: string, body: Body, action?: string): Promise<Body> => {
    const type = action === undefined ? 'application/json' : `application/vnd.pingidentity.${action}+json`;
    const answer = await send('POST', url, { body, type });
    if (answer.status >= 500) throw new Error(answer.text);
    return answer.body;
  };
  const newestCode = async (subject: 'device' | 'deviceAuthentication', id: unknown): Promise<string> => {
    await app.dispatcher.idle();
    const search = new URLSearchParams({ [subject]: String(id) });
    const { body } = await send('GET', `${authPath}/inbox/messages?${search}`);
    const otp = (body['messages'] as readonly { readonly otp: string }[]).at(-1)?.otp ?? '';
    codes.add(otp);
    return otp;
  };

  // Without a header: two ways at once would be refused before either is looked at.
  const refused = async (form: string): Promise<void> => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const url = `/${facts.environmentId}/as/token`;
    const answer = await app.inject({ method: 'POST', url, headers, payload: form });
    if (answer.statusCode !== 401) throw new Error(answer.payload);
  };
  await refused(`grant_type=client_credentials&client_id=${facts.clientId}&client_secret=${WRONG_SECRET}`);
  canaries.set('a wrong client secret', WRONG_SECRET);
  canaries.set('the client secret', facts.clientSecret);
  const assertion = jws({ alg: 'HS256' }, assertionClaims(facts.clientId, authPath, app.clock.now()), WRONG_SECRET);
  await refused(assertionForm(assertion, { grant_type: 'client_credentials' }));
  canaries.set('a client’s assertion', assertion);
  canaries.set('a client’s assertion’s signature', assertion.split('.')[2] ?? '');
  const issued = await send('POST', `${authPath}/${facts.environmentId}/as/token`, {
    type: 'application/x-www-form-urlencoded',
    body: 'grant_type=client_credentials',
    headers: { authorization: `Basic ${Buffer.from(`${facts.clientId}:${facts.clientSecret}`).toString('base64')}` },
  });
  const accessToken = String(issued.body['access_token']);
  canaries.set('an access token', accessToken);
  canaries.set('an access token’s signature', accessToken.split('.')[2] ?? '');
  await send('GET', environment, { headers: { authorization: `Bearer ${accessToken}` } });

  const policy = await post(
    `${environment}/deviceAuthenticationPolicies`,
    policyDocument({ otpLength: 10, failures: 7 }),
  );
  const user = await post(`${environment}/users`, {
    username: USERNAME,
    email: 'visible@profile.example',
    mfaEnabled: true,
  });
  const who = { user: { id: user['id'] }, policy: { id: policy['id'] } };
  await send('PUT', `${environment}/mfaSettings`, { body: { phoneExtensions: { enabled: true } } });
  const devices = `${environment}/users/${user['id']}/devices`;
  const flows = `${authPath}/${facts.environmentId}/deviceAuthentications`;
  const notification = { template: { variables: { sum: VARIABLE } } };

  for (const type of TYPES) {
    const { paired, once } = CONTACTS[type];
    const { extension: _, ...contact } = paired;
    for (const [name, value] of Object.entries({ ...contact, ...prefixed(once) }))
      canaries.set(`${type} ${name}`, String(value));
    // Refused by form, before anything is looked up.
    await post(devices, {
      type,
      ...Object.fromEntries(Object.entries(contact).map(([name, value]) => [name, `${value}!`])),
    });

    const device = await post(devices, {
      type,
      ...paired,
      policy: { id: policy['id'] },
      status: 'ACTIVATION_REQUIRED',
      notification,
    });
    const item = `${devices}/${device['id']}`;
    const first = await newestCode('device', device['id']);
    await post(item, { otp: wrongFor(first) }, 'device.activate');
    await post(item, {}, 'device.sendActivationCode');
    await post(item, { otp: await newestCode('device', device['id']) }, 'device.activate');

    for (const selectedDevice of [{ id: device['id'] }, { oneTime: { type, ...once } }]) {
      const flow = await post(flows, { ...who, selectedDevice, notification: type === 'WHATSAPP' ? {} : notification });
      const at = `${flows}/${flow['id']}`;
      const code = await newestCode('deviceAuthentication', flow['id']);
      await post(at, { otp: wrongFor(code) }, 'otp.check');
      await send('POST', at, { type: 'application/vnd.pingidentity.otp.check+json', body: `{"otp":"${code}",` });
      await post(at, { device: { id: device['id'] } }, 'device.select');
      const second = await newestCode('deviceAuthentication', flow['id']);
      await post(at, { otp: second }, 'otp.check');
      await send('GET', at);
    }
    await send('GET', `${devices}?filter=${encodeURIComponent(`phone eq "${contact['phone'] ?? contact['email']}"`)}`);
    await send(
      'GET',
      `${authPath}/inbox/messages?to=${encodeURIComponent(String(contact['phone'] ?? contact['email']))}`,
    );
    // What is deleted leaves its counters behind, and nothing else.
    if (type === 'VOICE') await send('DELETE', item);
  }
  const test = await post(flows, {
    ...who,
    selectedDevice: { oneTime: { type: 'SMS', phone: '+15125559794', testMode: true } },
  });
  canaries.set('a test contact', '+15125559794');
  codes.add((test['test'] as { otp: string }).otp);
  for (const [index, code] of [...codes].entries()) canaries.set(`code ${index}`, code);
}

const prefixed = (members: Body): Body =>
  Object.fromEntries(Object.entries(members).map(([name, value]) => [`one-time ${name}`, value]));

/** A text as it might be written down. */
function formsOf(text: string): readonly string[] {
  const bare = text.replace(/^\+/, '');
  return [
    text,
    bare,
    encodeURIComponent(text),
    Buffer.from(text).toString('base64').replace(/=+$/, ''),
    Buffer.from(text).toString('base64url'),
    Buffer.from(text).toString('hex'),
    // The local part tells as much as the whole.
    ...(text.includes('@') ? [text.replace(/@.*/, '')] : []),
  ];
}

const found = (where: Buffer): readonly string[] =>
  [...canaries]
    .filter(([, text]) =>
      formsOf(text).some((form) => where.includes(form) || where.includes(Buffer.from(form, 'utf16le'))),
    )
    .map(([what]) => what);

describe('secrets and contacts are nowhere in clear (SEC-04, SEC-66, SEC-71, SEC-80)', () => {
  it('a control: there is something to find, and the search finds what is in clear', () => {
    const kinds = [...canaries.keys()];
    expect(kinds.filter((what) => what.startsWith('code ')).length).toBeGreaterThan(20);
    expect(kinds).toEqual(
      expect.arrayContaining([
        'the master key',
        'the client secret',
        'an access token',
        'SMS phone',
        'EMAIL one-time email',
      ]),
    );
    for (const [what, text] of canaries) expect([what, text.length >= 9]).toEqual([what, true]);
    for (const [what, text] of canaries) expect(found(Buffer.from(`x${text}x`)), what).toContain(what);
    // Names and profile addresses are what the directory is for.
    expect(stored.includes(USERNAME)).toBe(true);
    expect(stored.includes('visible@profile.example')).toBe(true);
    expect(stored.length).toBeGreaterThan(100_000);
    expect(lines.length).toBeGreaterThan(200);
    expect(lines.join('\n')).toMatch(/OTP\.CHECK_INVALID[\s\S]*deviceAuthentication\.otp\.check/);
  });

  it('not in the database, while it serves: no code, token, secret, phone or e-mail', () => {
    expect(found(stored)).toEqual([]);
  });

  it('nor after it was closed', () => {
    expect(found(storedAfterwards)).toEqual([]);
  });

  it('no private key is stored in clear', () => {
    for (const bytes of [stored, storedAfterwards])
      expect(bytes.toString('latin1')).not.toMatch(/PRIVATE KEY|"d":"[A-Za-z0-9_-]{20}/);
  });

  it('not in the log at any level', () => {
    expect(found(Buffer.from(lines.join('\n')))).toEqual([]);
  });

  it('the log has no header, URL, body or profile either', () => {
    const log = lines.join('\n');
    for (const personal of [
      VARIABLE,
      EXTENSION,
      USERNAME,
      'visible@profile',
      'Bearer ',
      'Basic ',
      'grant_type',
      '/inbox/messages?',
      'filter=',
    ])
      expect([personal, log.includes(personal)]).toEqual([personal, false]);
  });
});
