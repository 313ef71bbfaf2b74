import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { minutes } from '../../src/kernel/duration.js';
import { uuidOf } from '../../src/kernel/ids.js';
import { HERE, here, NOBODY, ROLES, startWorld, THERE, there, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld({ env: { POSTERN_RECOVERY_CODES: 'true' } });
});
afterAll(() => world[Symbol.asyncDispose]());

// Below `{apiPath}`, as the paths of the management API are.
const codesAt = (user: string, environment = HERE): string => `${environment}/users/${user}/recoveryCodes`;

async function manage(method: string, user: string, more: { token?: string; environment?: string } = {}) {
  const { postern } = world;
  const answer = await postern.send({
    method,
    url: `${postern.apiPath}/ext/environments/${codesAt(user, more.environment)}`,
    ...(method === 'POST' ? { contentType: 'application/json', body: '{}' } : {}),
    token: more.token ?? (await world.tokenOf('backend')),
  });
  return { ...answer, body: (answer.body ?? {}) as Record<string, unknown> };
}

async function generate(user: string): Promise<readonly string[]> {
  const { status, body, text } = await manage('POST', user);
  if (status !== 201) throw new Error(text);
  return body['codes'] as readonly string[];
}

let users = 0;
async function newUser(): Promise<string> {
  users += 1;
  const made = await world.ask({
    path: `/environments/${HERE}/users`,
    body: { username: `lost${users}`, email: `lost${users}@example.org`, population: { id: here.population } },
  });
  const id = String(made.body['id']);
  await world.ask({ method: 'PUT', path: `/environments/${HERE}/users/${id}/mfaEnabled`, body: { mfaEnabled: true } });
  await world.ask({
    path: `/environments/${HERE}/users/${id}/devices`,
    body: { type: 'EMAIL', email: `lost${users}@example.net` },
  });
  return id;
}

async function start(user: string): Promise<string> {
  const { body } = await world.ask({ path: `/${HERE}/deviceAuthentications`, body: { user: { id: user } } });
  return String(body['id']);
}

const check = (flow: string, code: unknown, environment = HERE) =>
  world.ask({ path: `/ext/${environment}/deviceAuthentications/${flow}/recoveryCode`, body: { code } });
const detailOf = ({ status, body }: Awaited<ReturnType<typeof check>>): readonly unknown[] => {
  const [detail] = (body['details'] ?? []) as readonly { code: string; target?: string; innerError?: object }[];
  return [status, detail?.code, detail?.target, detail?.innerError];
};

describe('recovery codes, an extension (decision 16)', () => {
  it('are ten, shown once, and digests in the database', async () => {
    const user = await newUser();
    expect((await manage('GET', user)).status).toBe(404);
    const { status, body, text } = await manage('POST', user);
    expect([status, Object.keys(body)]).toEqual([201, ['_links', 'user', 'codes', 'createdAt']]);
    const codes = body['codes'] as readonly string[];
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^[A-Z2-7]{5}-[A-Z2-7]{5}$/);
    expect(text).not.toContain('digest');
    const read = await manage('GET', user);
    expect([read.status, read.body['remaining'], Object.keys(read.body)]).toEqual([
      200,
      10,
      ['_links', 'user', 'remaining', 'createdAt'],
    ]);
    const { recoveryCodes } = await world.postern.app.store.load({
      environmentId: uuidOf(HERE),
      user: uuidOf(user),
      recoveryCodes: uuidOf(user),
    });
    for (const code of codes) {
      expect(JSON.stringify(recoveryCodes)).not.toContain(code);
      expect(JSON.stringify(recoveryCodes)).not.toContain(code.replace('-', ''));
    }
    expect(world.events.at(-1)).toBe('RECOVERY_CODES.CREATED');
  });

  it('complete an open flow, however they are typed, once each; no device is selected by it (SEC-07)', async () => {
    const user = await newUser();
    const [first = '', second = ''] = await generate(user);
    const flow = await start(user);
    const { status, body } = await check(flow, ` ${first.toLowerCase().replace('-', ' ').replaceAll('o', '0')}`);
    expect([status, body]).toMatchObject([200, { status: 'COMPLETED', authenticators: ['mfa', 'recovery'] }]);
    expect(Object.keys(body)).not.toContain('selectedDevice');
    expect(Object.keys(body['_links'] as object)).toEqual(['self']);
    expect((await world.ask({ path: `/${HERE}/deviceAuthentications/${flow}` })).body).toEqual(body);
    expect((await manage('GET', user)).body['remaining']).toBe(9);
    expect(world.events).toContain('RECOVERY_CODE.CHECK_SUCCESS');

    expect(detailOf(await check(flow, second))).toEqual([400, 'CONSTRAINT_VIOLATION', 'status', undefined]);
    expect(detailOf(await check(await start(user), first))).toEqual([
      400,
      'INVALID_OTP',
      'code',
      { attemptsRemaining: 2 },
    ]);
    expect((await check(await start(user), second)).status).toBe(200);
  });

  it('are offered by no link, and by no media type of the reference', async () => {
    const user = await newUser();
    const [code = ''] = await generate(user);
    const flow = await start(user);
    const { body } = await world.ask({ path: `/${HERE}/deviceAuthentications/${flow}` });
    expect(Object.keys(body['_links'] as object)).toEqual(['self', 'device.select', 'otp.check']);
    const action = { path: `/${HERE}/deviceAuthentications/${flow}`, body: { code } };
    expect((await world.ask({ ...action, type: 'recoveryCode.check' })).status).toBe(415);
    expect((await check(flow, code)).status).toBe(200);
  });

  it('count wrong ones across flows, then lock for two minutes, also against a right one (SEC-11, SEC-15)', async () => {
    const user = await newUser();
    const [code = ''] = await generate(user);
    const left: unknown[] = [];
    for (let n = 0; n < 3; n++) left.push(detailOf(await check(await start(user), 'AAAAA-AAAAA'))[3]);
    expect(left).toEqual([2, 1, 0].map((attemptsRemaining) => ({ attemptsRemaining })));
    expect(detailOf(await check(await start(user), code)).slice(0, 2)).toEqual([400, 'LIMIT_EXCEEDED']);
    expect((await manage('GET', user)).body['remaining']).toBe(10);
    await world.advance(minutes(2));
    expect((await check(await start(user), code)).status).toBe(200);
  });

  it('count towards the account’s lockout, and are refused while it stands', async () => {
    await using strict = await startWorld({ env: { POSTERN_RECOVERY_CODES: 'true' } });
    const own = world;
    world = strict;
    try {
      await world.ask({
        method: 'PUT',
        path: `/environments/${HERE}/mfaSettings`,
        body: { pairing: { maxAllowedDevices: 5 }, lockout: { failureCount: 1, durationSeconds: 600 } },
      });
      const user = await newUser();
      const [code = ''] = await generate(user);
      const open = await start(user);
      const flow = await start(user);
      expect(detailOf(await check(flow, 'AAAAA-AAAAA')).slice(0, 2)).toEqual([400, 'INVALID_OTP']);
      const { body } = await world.ask({ path: `/${HERE}/deviceAuthentications/${flow}` });
      expect(body).toMatchObject({ status: 'FAILED', error: { code: 'ACCOUNT_LOCKED_OUT' } });
      expect(detailOf(await check(open, code)).slice(0, 2)).toEqual([400, 'ACCOUNT_NOT_USABLE']);
      expect((await manage('GET', user)).body['remaining']).toBe(10);
    } finally {
      world = own;
    }
  });

  it('end with a new set, with a deletion and with their user', async () => {
    const user = await newUser();
    const [old = ''] = await generate(user);
    const [code = ''] = await generate(user);
    expect(detailOf(await check(await start(user), old)).slice(0, 2)).toEqual([400, 'INVALID_OTP']);
    expect((await manage('DELETE', user)).status).toBe(204);
    expect((await manage('DELETE', user)).status).toBe(404);
    expect(detailOf(await check(await start(user), code))).toEqual([400, 'INVALID_VALUE', 'code', undefined]);
    const [again = ''] = await generate(user);
    expect((await check(await start(user), again)).status).toBe(200);
    expect((await world.ask({ method: 'DELETE', path: `/environments/${HERE}/users/${user}` })).status).toBe(204);
    expect((await manage('GET', user)).status).toBe(404);
    expect((await manage('POST', user)).status).toBe(404);
  });

  it('are of their user, in their environment, for those who may (SEC-42, SEC-44)', async () => {
    const user = await newUser();
    const [code = ''] = await generate(user);
    const others = await start(here.user);
    expect(detailOf(await check(others, code)).slice(0, 2)).toEqual([400, 'INVALID_VALUE']);
    expect((await check(await start(user), code, THERE)).status).toBe(404);
    expect((await check(NOBODY, code)).status).toBe(404);
    expect((await manage('GET', user, { environment: THERE })).status).toBe(404);
    expect((await manage('POST', there.user)).status).toBe(404);
    for (const role of ROLES) {
      const token = await world.tokenOf(role);
      const may = role === 'Identity Data Admin';
      const reads = may || role === 'Identity Data Read Only';
      expect([role, (await manage('GET', user, { token })).status]).toEqual([role, reads ? 200 : 403]);
      expect([role, (await manage('POST', user, { token })).status]).toEqual([role, may ? 201 : 403]);
    }
  });

  it.each([['AAAAA'], ['AAAAA-AAAA1-'.repeat(2)], ['AAAAA-AAAA9'], ['ÄAAAA-AAAAA'], [''], [7]])(
    'take %j for none, which is no attempt (SEC-09)',
    async (code) => {
      const user = await newUser();
      await generate(user);
      const answer = await check(await start(user), code);
      expect([answer.status, detailOf(answer)[2]]).toEqual([400, 'code']);
      expect(detailOf(await check(await start(user), 'AAAAA-AAAAA'))[3]).toEqual({ attemptsRemaining: 2 });
    },
  );

  it('are not there unless they are switched on: their paths are as any unknown one', async () => {
    await using plain = await startWorld();
    const { postern } = plain;
    const ask = (url: string) => postern.send({ method: 'POST', url, contentType: 'application/json', body: '{}' });
    const unknown = await ask(`${postern.apiPath}/no/such/path`);
    const bodyOf = ({ body }: Awaited<ReturnType<typeof ask>>) => ({ ...(body as object), id: '' });
    for (const url of [
      `${postern.apiPath}/ext/environments/${codesAt(here.user)}`,
      `${postern.authPath}/ext/${HERE}/deviceAuthentications/${NOBODY}/recoveryCode`,
    ]) {
      const answer = await ask(url);
      expect([answer.status, bodyOf(answer)]).toEqual([404, bodyOf(unknown)]);
    }
    expect(postern.app.routes.some(({ path }) => path.startsWith('/ext'))).toBe(false);
  });
});
