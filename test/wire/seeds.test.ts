import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Postern, startPostern } from '../helpers/postern.js';
import { normalise } from './normalise.js';

interface Sample {
  readonly source: string;
  readonly request: { readonly url: string; readonly contentType: string; readonly body: string };
  readonly response: { readonly status: number; readonly body: { readonly _embedded?: unknown } };
}

const ENVIRONMENT = 'abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6';
const DEFAULT_POLICY = '5a0a0950-8a81-4739-b12a-f4d6a11c7a82';
const SECOND_POLICY = '9761c24a-208d-0499-1bf6-39905184a4e1';
const ONE_TIME_USER = '991776fd-145b-499e-8237-2c62aef35b2c';
const PAIRED_USER = '788d4931-6936-43f2-82ff-178f5762298a';
const EMAIL_DEVICE = 'ea055ca3-2b5b-4766-9628-95fc03f4ec9b';
const NEW_USER = '8cc45fa5-214e-429b-b91c-e900075c3e43';
const KNOWN = new Set([ENVIRONMENT, DEFAULT_POLICY, SECOND_POLICY, ONE_TIME_USER, PAIRED_USER, EMAIL_DEVICE, NEW_USER]);

function sample(name: string): Sample {
  return JSON.parse(readFileSync(new URL(`samples/${name}.json`, import.meta.url), 'utf8'));
}

describe('the documented requests, verbatim but for host, token, placeholders and the code', () => {
  let postern: Postern;
  beforeAll(async () => {
    postern = await startPostern();
  });
  afterAll(() => postern[Symbol.asyncDispose]());

  async function send(
    documented: Sample,
    placeholders: Readonly<Record<string, string>>,
    replace: [string, string] = ['', ''],
  ) {
    const fill = (text: string): string =>
      text.replace(/\{\{(\w+)\}\}/g, (_all, name: string) => placeholders[name] ?? `<unknown ${name}>`);
    return postern.send({
      method: 'POST',
      url: fill(documented.request.url),
      contentType: documented.request.contentType,
      body: fill(documented.request.body).replace(...replace),
    });
  }

  const placeholders = (more: Readonly<Record<string, string>> = {}) => ({
    authPath: postern.authPath,
    apiPath: postern.apiPath,
    envID: ENVIRONMENT,
    ...more,
  });

  it.each(['one-time-sms', 'one-time-sms-revised'])('%s answers 201 with the documented body', async (name) => {
    const documented = sample(name);
    const answer = await send(documented, placeholders({ userID: ONE_TIME_USER }));
    expect(answer.status).toBe(documented.response.status);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(normalise(answer.body, KNOWN)).toBe(normalise(documented.response.body, KNOWN));
  });

  it('masks a phone as seven asterisks and the last two digits of the number sent', async () => {
    const answer = await send(sample('one-time-sms'), placeholders({ userID: ONE_TIME_USER }));
    expect(answer.body).toMatchObject({
      _embedded: { devices: [{ phone: '*******50' }] },
      selectedDevice: { oneTime: { phone: '*******50' } },
    });
  });

  it('device.select, then otp.check, answer 200 with the documented bodies', async () => {
    const created = await postern.send({
      method: 'POST',
      url: `${postern.authPath}/${ENVIRONMENT}/deviceAuthentications`,
      contentType: 'application/json',
      body: JSON.stringify({ user: { id: PAIRED_USER }, policy: { id: SECOND_POLICY } }),
    });
    expect(created.status).toBe(201);
    const deviceAuthID = String((created.body as { id: string }).id);

    const select = sample('device-select');
    const selected = await send(select, placeholders({ deviceAuthID, deviceID: EMAIL_DEVICE }));
    expect(selected.status).toBe(select.response.status);
    expect(normalise(selected.body, KNOWN)).toBe(normalise(select.response.body, KNOWN));

    const code = await postern.lastCode({ deviceAuthentication: deviceAuthID });
    const check = sample('otp-check');
    const checked = await send(check, placeholders({ deviceAuthID }), ['555555', code]);
    expect(checked.status).toBe(check.response.status);
    expect(normalise(checked.body, KNOWN)).toBe(normalise(check.response.body, KNOWN));
  });

  it('a new SMS device answers 201 with the documented body', async () => {
    const documented = sample('create-sms-device');
    const answer = await send(
      documented,
      placeholders({ MFAUserID: NEW_USER, phone: '+1.5125550101', deviceAuthPolicyID: DEFAULT_POLICY }),
    );
    expect(answer.status).toBe(documented.response.status);
    expect(normalise(answer.body, KNOWN)).toBe(normalise(documented.response.body, KNOWN));
  });

  it('a control: the comparison sees an added key, a missing key and another order', () => {
    const { body } = sample('otp-check').response;
    const { _embedded, ...rest } = body;
    expect(normalise({ ...body, extra: 1 }, KNOWN)).not.toBe(normalise(body, KNOWN));
    expect(normalise(rest, KNOWN)).not.toBe(normalise(body, KNOWN));
    expect(normalise({ ...rest, _embedded }, KNOWN)).not.toBe(normalise(body, KNOWN));
  });
});
