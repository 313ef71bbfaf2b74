import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Dns, type Records, startDns } from '../../compat/harness/dns.js';
import { hours, minutes } from '../../src/kernel/duration.js';
import { managed } from './managed.js';
import { refusalOf } from './refusal.js';
import { wrongFor } from './scene.js';
import { type Answer, type Body, HERE, NOBODY, startWorld, THERE, type World } from './world.js';

const records: Records = {};
let dns: Dns;
let started: World;
beforeAll(async () => {
  dns = await startDns(records);
  started = await startWorld({ env: { POSTERN_DNS_SERVERS: dns.address } });
});
afterAll(async () => {
  await started[Symbol.asyncDispose]();
  await dns.stop();
});
const world = (): World => started;
const ENVIRONMENT = `/environments/${HERE}`;
const PATH = `${ENVIRONMENT}/emailDomains`;
const { create, read, remove, itemOf, listed } = managed(world, PATH);

/** Without links. */
async function shownOf(path: string): Promise<Body> {
  const { _links, ...shown } = (await read(path)).body;
  return shown;
}

let made = 0;
/** A domain, and how its records are published. */
async function domain(path = PATH) {
  const domainName = `mail-${++made}.example.org`;
  const answer = await world().ask({ path, body: { domainName } });
  expect(answer.status, answer.text).toBe(201);
  const item = `${path}/${answer.body['id']}`;
  const { body } = await read(`${item}/ownership`);
  const [region] = body['regions'] as { key: string; value: string }[];
  const own = body['environmentDnsRecord'] as { key: string; value: string };
  const publish = (record: { key: string; value: string } | undefined): void => {
    if (record) records[`${record.key}.${domainName}`] = { TXT: [record.value] };
  };
  return { domainName, item, region, own, publish, addresses: `${item}/trustedEmails` };
}
const address = (path: string, emailAddress: string): Promise<Answer> => world().ask({ path, body: { emailAddress } });
const act = (path: string, type: string, body: Body = {}): Promise<Answer> =>
  world().ask({ path, type: `trustedEmail.${type}`, body });
/** The newest code that was mailed there. */
async function codeOf(to: string): Promise<string> {
  await world().postern.drain();
  const url = `${world().postern.inboxUrl}/messages?to=${encodeURIComponent(to)}`;
  const { body } = await world().postern.send({ method: 'GET', url, token: null });
  const newest = (body as { messages: { otp: string; user?: unknown }[] }).messages.at(-1);
  expect(newest?.user).toBeUndefined();
  return newest?.otp ?? '';
}
const CONSTRAINT = { status: 400, code: 'REQUEST_FAILED', details: ['CONSTRAINT_VIOLATION'] };
const invalid = (target: string) => ({ status: 400, code: 'INVALID_DATA', details: [`INVALID_VALUE ${target}`] });

describe('trusted e-mail domains', () => {
  it('are shown without what proves them, and are one name each, whatever its case', async () => {
    const answer = await create({ domainName: 'Shop.Example.org' });
    expect(Object.keys(answer.body).sort()).toEqual(['_links', 'domainName', 'environment', 'id']);
    expect((await read(itemOf(answer))).body).toEqual(answer.body);
    expect(await listed()).toContainEqual(answer.body);
    const again = await world().ask({ path: PATH, body: { domainName: 'shop.example.ORG' } });
    expect(refusalOf(again)).toEqual({
      status: 400,
      code: 'INVALID_DATA',
      details: ['UNIQUENESS_VIOLATION domainName'],
    });
    expect((await remove(itemOf(answer))).status).toBe(204);
    expect((await read(itemOf(answer))).status).toBe(404);
  });

  it.each(['localhost', '192.0.2.1', '*.example.org', '-a.example.org', 'a..example.org', `${'a'.repeat(64)}.org`])(
    '%s is none',
    async (domainName) => {
      expect(refusalOf(await world().ask({ path: PATH, body: { domainName } }))).toEqual(invalid('domainName'));
    },
  );

  it('are proved by a record that was drawn for them and this environment alone', async () => {
    const { item, region, own, domainName, publish } = await domain();
    expect(await shownOf(`${item}/ownership`)).toEqual({
      type: 'TXT',
      regions: [{ name: 'na', status: 'VERIFICATION_REQUIRED', key: '_amazonses', value: region?.value }],
      environmentDnsRecord: { status: 'VERIFICATION_REQUIRED', key: '_pingoneemail', value: own.value },
    });
    expect(region?.value).not.toBe(own.value);
    // Of another environment, with the same name.
    const other = `/environments/${THERE}/emailDomains`;
    const { body } = await world().ask({ path: other, body: { domainName } });
    publish(region);
    const shown = async (path: string) => (await read(path)).body['regions'] as { status: string }[];
    expect((await shown(`${item}/ownership`))[0]?.status).toBe('ACTIVE');
    expect((await shown(`${other}/${body['id']}/ownership`))[0]?.status).toBe('VERIFICATION_REQUIRED');
  });

  it('show whether mail may be sent for them (SPF) and is signed in their name (DKIM)', async () => {
    const { item, domainName } = await domain();
    const spf = { type: 'TXT', key: '@', value: 'v=spf1 include:amazonses.com ~all' };
    const published: readonly [string[], string][] = [
      [[], 'VERIFICATION_REQUIRED'],
      [['v=spf1 mx -all'], 'VERIFICATION_REQUIRED'],
      [['a text', 'v=spf1 mx include:amazonses.com -all'], 'ACTIVE'],
      // More than one is none (RFC 7208 §4.5).
      [['v=spf1 include:amazonses.com -all', 'v=spf1 -all'], 'VERIFICATION_REQUIRED'],
    ];
    for (const [TXT, status] of published) {
      records[domainName] = { TXT };
      expect(await shownOf(`${item}/spf`)).toEqual({ ...spf, status });
    }
    const dkim = async () =>
      ((await read(`${item}/dkim`)).body as { regions: { status: string; tokens: { key: string; value: string }[] }[] })
        .regions[0];
    const before = await dkim();
    expect([before?.status, before?.tokens.length]).toEqual(['VERIFICATION_REQUIRED', 3]);
    for (const { key, value } of before?.tokens ?? []) records[`${key}.${domainName}`] = { CNAME: [value] };
    expect((await dkim())?.status).toBe('ACTIVE');
  });
});

describe('trusted e-mail addresses', () => {
  it('are taken of a proved domain alone, and of none other', async () => {
    const { addresses, domainName, publish, region } = await domain();
    expect(refusalOf(await address(addresses, `a@${domainName}`))).toEqual(invalid('trustedEmail'));
    publish(region);
    expect(refusalOf(await address(addresses, 'a@elsewhere.example.org'))).toEqual(invalid('emailAddress'));
    expect((await address(`${PATH}/${NOBODY}/trustedEmails`, `a@${domainName}`)).status).toBe(404);
    const { body } = await read(addresses);
    expect(body['_embedded']).toEqual({ trustedEmails: [] });
  });

  it('are active once the code that was mailed to them comes back, and mail may be from them then', async () => {
    const { addresses, domainName, publish, region } = await domain();
    publish(region);
    const emailAddress = `Desk@${domainName}`;
    const created = await address(addresses, emailAddress);
    expect([created.status, created.body['status'], created.body['emailAddress']]).toEqual([
      201,
      'VERIFICATION_REQUIRED',
      emailAddress,
    ]);
    expect(Object.keys(created.body).sort()).toEqual([
      '_links',
      'domain',
      'emailAddress',
      'environment',
      'id',
      'status',
    ]);
    const item = `${addresses}/${created.body['id']}`;
    const settings = `${ENVIRONMENT}/notificationsSettings`;
    const from = { name: 'Help desk', address: emailAddress.toLowerCase() };
    const sending = (): Promise<Answer> => world().ask({ method: 'PUT', path: settings, body: { from } });
    expect(refusalOf(await sending())).toEqual(invalid('from.address'));

    const code = await codeOf(emailAddress);
    expect(refusalOf(await act(item, 'activate', { verificationCode: wrongFor(code) }))).toEqual({
      status: 400,
      code: 'INVALID_DATA',
      details: ['INVALID_OTP verificationCode'],
    });
    const active = await act(item, 'activate', { verificationCode: code });
    expect([active.status, active.body['status']]).toEqual([200, 'ACTIVE']);
    expect((await read(item)).body).toEqual(active.body);
    expect((await act(item, 'activate', { verificationCode: code })).status).toBe(400);
    expect(refusalOf(await act(item, 'sendVerificationCode'))).toEqual(CONSTRAINT);
    expect((await sending()).status).toBe(200);

    // What mail is from stays, and its domain with it.
    expect(refusalOf(await remove(item))).toEqual(CONSTRAINT);
    expect(refusalOf(await remove(addresses.replace('/trustedEmails', '')))).toEqual(CONSTRAINT);
    expect((await remove(settings)).status).toBe(200);
    expect((await remove(item)).status).toBe(204);
    expect(world().events).toEqual(
      expect.arrayContaining(['TRUSTED_EMAIL.CREATED', 'TRUSTED_EMAIL.SEND_CODE', 'TRUSTED_EMAIL.ACTIVE']),
    );
  });

  it('are active at once where the domain names the environment, and no mail goes out', async () => {
    const { addresses, domainName, publish, own } = await domain();
    publish(own);
    const created = await address(addresses, `a@${domainName}`);
    expect([created.status, created.body['status']]).toEqual([201, 'ACTIVE']);
    expect(await codeOf(`a@${domainName}`)).toBe('');
  });

  it('are left as they are when they are sent again, and are ten at most', async () => {
    const { addresses, domainName, publish, own } = await domain();
    publish(own);
    const first = await address(addresses, `a0@${domainName}`);
    const again = await address(addresses, `A0@${domainName}`);
    expect([again.status, again.body]).toEqual([200, first.body]);
    for (let at = 1; at < 10; at++) expect((await address(addresses, `a${at}@${domainName}`)).status).toBe(201);
    expect(refusalOf(await address(addresses, `a10@${domainName}`)).details).toEqual(['LIMIT_EXCEEDED']);
  });

  it('have a code that another one kills, five wrong ones lock, and a day ends (SEC-06, SEC-11)', async () => {
    const { addresses, domainName, publish, region } = await domain();
    publish(region);
    const to = `slow@${domainName}`;
    const { body } = await address(addresses, to);
    const item = `${addresses}/${body['id']}`;
    const first = await codeOf(to);
    await world().advance(minutes(2));
    expect((await act(item, 'sendVerificationCode')).status).toBe(200);
    const second = await codeOf(to);
    expect(second).not.toBe(first);
    const check = async (verificationCode: string) =>
      refusalOf(await act(item, 'activate', { verificationCode })).details;
    expect(await check(first)).toEqual(['INVALID_OTP verificationCode']);
    for (let left = 4; left > 0; left--) await check(wrongFor(second));
    expect(await check(second)).toEqual(['LIMIT_EXCEEDED']);

    await world().advance(minutes(16));
    expect((await act(item, 'sendVerificationCode')).status).toBe(200);
    const third = await codeOf(to);
    await world().advance(hours(24) + 1);
    expect(await check(third)).toEqual(['INVALID_OTP verificationCode']);
  });
});
