import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hours, minutes } from '../../src/kernel/duration.js';
import { refusalOf } from './refusal.js';
import { type Answer, type Body, HERE, here, NOBODY, startWorld, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const USERS = `/environments/${HERE}/users`;
const at = (millis: number): string => new Date(world.postern.now() + millis).toISOString();

describe('a bypass of MFA (20 §14)', () => {
  const PATH = `${USERS}/${here.user}/bypassMFA`;
  const read = async (): Promise<Body> => (await world.ask({ path: PATH })).body;
  const put = (until: unknown, path = PATH): Promise<Answer> =>
    world.ask({ method: 'PUT', path, body: { bypassMFAEnabledUntil: until } });
  const _links = () => ({
    self: { href: `${world.postern.apiPath}${PATH}` },
    user: { href: `${world.postern.apiPath}${USERS}/${here.user}` },
  });

  it('runs until the time that was said, and is not there before and after', async () => {
    expect(await read()).toEqual({ _links: _links() });
    const until = at(hours(1));
    const running = { _links: _links(), bypassMFAEnabled: true, bypassMFAEnabledUntil: until };
    const { status, body } = await put(until);
    expect([status, body]).toEqual([200, running]);
    expect(await read()).toEqual(running);
    await world.advance(hours(1) - 1);
    expect(await read()).toEqual(running);
    await world.advance(1);
    expect(await read()).toEqual({ _links: _links() });
  });

  it('is ended by a time that has come', async () => {
    expect((await put(at(hours(1)))).body['bypassMFAEnabled']).toBe(true);
    expect((await put(at(0))).body).toEqual({ _links: _links() });
    expect(await read()).toEqual({ _links: _links() });
  });

  it('changes nothing about a device authentication: whoever would start one asks first (10 §4.5)', async () => {
    await put(at(hours(1)));
    const { body } = await world.ask({ path: `/${HERE}/deviceAuthentications`, body: { user: { id: here.user } } });
    expect(body).toMatchObject({ status: 'OTP_REQUIRED', selectedDevice: { id: here.email } });
    await put(at(0));
  });

  it('takes a time in exactly one form', async () => {
    const before = await world.fingerprint();
    const refused = [undefined, '', 'tomorrow', '2031-06-01T00:00:00Z', '2031-06-01T00:00:00.000+00:00', 4, true];
    const details = [];
    for (const until of refused) details.push(refusalOf(await put(until)).details);
    expect(details).toEqual([
      ['REQUIRED_VALUE bypassMFAEnabledUntil'],
      ['EMPTY_VALUE bypassMFAEnabledUntil'],
      ...Array(5).fill(['INVALID_VALUE bypassMFAEnabledUntil']),
    ]);
    expect(refusalOf(await put('2031-13-01T00:00:00.000Z')).details).toEqual(['INVALID_VALUE bypassMFAEnabledUntil']);
    expect((await put(at(hours(1)), `${USERS}/${NOBODY}/bypassMFA`)).status).toBe(404);
    expect(await world.fingerprint()).toBe(before);
  });
});

/** Good under the policy that a new environment begins with. */
const [RIGHT, OTHER] = ['Correct horse, 7', 'Battery staple, 8'];
let users = 0;
const act = (user: string, type: string, body: Body = {}): Promise<Answer> =>
  world.ask({ path: `${USERS}/${user}${type.startsWith('password') ? '/password' : ''}`, type, body });

interface Mail {
  readonly otp: string;
  readonly to: string;
  readonly body: string;
}

/** What was sent to a user, the oldest first. */
async function mails(user: string, { postern } = world): Promise<readonly Mail[]> {
  await postern.drain();
  const url = `${postern.inboxUrl}/messages?user=${user}`;
  const { body } = await postern.send({ method: 'GET', url, token: null });
  return (body as { messages: readonly Mail[] }).messages;
}
const lastCode = async (user: string, of?: World): Promise<string> => String((await mails(user, of)).at(-1)?.otp);
const wrongFor = (code: string): string => `${code.startsWith('0') ? 1 : 0}${code.slice(1)}`;

async function imported(lifecycle: Body, more: Body = {}): Promise<Answer> {
  const username = `account ${++users}`;
  const email = `account.${users}@example.org`;
  const population = { id: here.population };
  const answer = await world.ask({
    path: USERS,
    type: 'user.import',
    body: { username, email, population, lifecycle, mfaEnabled: true, ...more },
  });
  expect(answer.status, answer.text).toBe(201);
  return answer;
}
const waiting = async (more: Body = {}): Promise<string> =>
  String((await imported({ status: 'VERIFICATION_REQUIRED' }, more)).body['id']);
const read = async (user: string): Promise<Body> => (await world.ask({ path: `${USERS}/${user}` })).body;
const WRONG = (left: number) => ({ code: 'INVALID_OTP', innerError: { attemptsRemaining: left } });
const told = ({ body }: Answer): unknown => (body['details'] as readonly unknown[])[0];

describe('the verification of an account (00 §8.1, §8.3)', () => {
  it('is asked for by an import, which sends the code, and done by the code', async () => {
    const { body } = await imported({ status: 'VERIFICATION_REQUIRED' });
    expect(body).toMatchObject({
      lifecycle: { status: 'VERIFICATION_REQUIRED' },
      account: { canAuthenticate: false, status: 'OK' },
      emailVerified: false,
    });
    const user = String(body['id']);
    const [mail, ...more] = await mails(user);
    expect(more).toEqual([]);
    expect(mail).toMatchObject({ to: body['email'], otp: expect.stringMatching(/^[0-9]{8}$/) });
    expect(mail?.body).toContain(mail?.otp);
    const verified = await act(user, 'user.verify', { verificationCode: mail?.otp });
    expect(verified.status, verified.text).toBe(200);
    expect(verified.body).toMatchObject({
      lifecycle: { status: 'ACCOUNT_OK' },
      account: { canAuthenticate: true },
      emailVerified: true,
    });
    expect(await read(user)).toEqual(verified.body);
    // The code is spent, and nobody waits for one (SEC-18).
    for (const again of [
      await act(user, 'user.verify', { verificationCode: mail?.otp }),
      await act(user, 'user.sendVerificationCode'),
    ])
      expect(refusalOf(again)).toEqual({ status: 400, code: 'REQUEST_FAILED', details: ['CONSTRAINT_VIOLATION'] });
  });

  it('is sent nothing when that is suppressed, until somebody asks for it', async () => {
    const { body } = await imported({ status: 'VERIFICATION_REQUIRED', suppressVerificationCode: true });
    const user = String(body['id']);
    expect(await mails(user)).toEqual([]);
    expect(refusalOf(await act(user, 'user.verify', { verificationCode: '00000000' })).details).toEqual([
      'INVALID_OTP verificationCode',
    ]);
    const sent = await act(user, 'user.sendVerificationCode');
    expect([sent.status, sent.body['id']]).toEqual([200, user]);
    expect((await act(user, 'user.verify', { verificationCode: await lastCode(user) })).status).toBe(200);
    expect((await imported({ status: 'ACCOUNT_OK' })).body['lifecycle']).toEqual({ status: 'ACCOUNT_OK' });
  });

  it('stands before every authentication: by device, by contact, by password (§4.2)', async () => {
    const user = await waiting({ password: { value: RIGHT } });
    const flow = (more: Body) =>
      world.ask({ path: `/${HERE}/deviceAuthentications`, body: { user: { id: user }, ...more } });
    const oneTime = { selectedDevice: { oneTime: { type: 'EMAIL', email: 'x@example.org' } } };
    for (const started of [await flow({}), await flow(oneTime)])
      expect(started.body).toMatchObject({ status: 'FAILED', error: { code: 'VERIFICATION_REQUIRED' } });
    expect(refusalOf(await act(user, 'password.check', { password: RIGHT }))).toMatchObject({
      code: 'REQUEST_FAILED',
      details: ['ACCOUNT_NOT_USABLE'],
    });
    await act(user, 'user.verify', { verificationCode: await lastCode(user) });
    expect((await flow(oneTime)).body['status']).toBe('OTP_REQUIRED');
    expect((await act(user, 'password.check', { password: RIGHT })).status).toBe(200);
  });

  it('takes the last code only, at the address that it went to, for ten minutes (SEC-06, SEC-08)', async () => {
    const user = await waiting();
    const first = await lastCode(user);
    await act(user, 'user.sendVerificationCode');
    expect(told(await act(user, 'user.verify', { verificationCode: first }))).toMatchObject(WRONG(4));
    const second = await lastCode(user);
    await world.ask({ method: 'PATCH', path: `${USERS}/${user}`, body: { email: 'moved@example.org' } });
    expect(told(await act(user, 'user.verify', { verificationCode: second }))).toMatchObject(WRONG(3));
    await act(user, 'user.sendVerificationCode');
    const third = await lastCode(user);
    await world.advance(minutes(10) + 1);
    const late = await act(user, 'user.verify', { verificationCode: third });
    expect(told(late)).toMatchObject({ code: 'INVALID_OTP', target: 'verificationCode' });
    expect(told(late)).not.toHaveProperty('innerError');
  });

  it('is not one for another use, nor for another user (SEC-06)', async () => {
    const [one, two] = [await waiting(), await waiting()];
    expect(told(await act(one, 'user.verify', { verificationCode: await lastCode(two) }))).toMatchObject(WRONG(4));
    await act(here.user, 'password.sendRecoveryCode');
    expect(refusalOf(await act(here.user, 'user.verify', { verificationCode: await lastCode(here.user) })).status).toBe(
      400,
    );
  });
});

describe('wrong codes (SEC-10 to SEC-16)', () => {
  it('are counted over all codes; five stop everything for a quarter of an hour', async () => {
    const user = await waiting();
    const check = async (code: string) => act(user, 'user.verify', { verificationCode: code });
    const first = await lastCode(user);
    for (const left of [4, 3]) expect(told(await check(wrongFor(first)))).toMatchObject(WRONG(left));
    // Another code gives no attempt back (SEC-12).
    await act(user, 'user.sendVerificationCode');
    const second = await lastCode(user);
    for (const left of [2, 1, 0]) expect(told(await check(wrongFor(second)))).toMatchObject(WRONG(left));
    for (const refused of [await check(second), await act(user, 'user.sendVerificationCode')])
      expect(refusalOf(refused)).toMatchObject({ code: 'REQUEST_FAILED', details: ['LIMIT_EXCEEDED'] });
    await world.advance(minutes(15));
    // The code died with the attempts.
    expect(told(await check(second))).not.toHaveProperty('innerError');
    expect((await act(user, 'user.sendVerificationCode')).status).toBe(200);
    expect((await check(await lastCode(user))).status).toBe(200);
  });

  it('that arrive together are counted each, and a malformed one is none (SEC-09, SEC-10)', async () => {
    const user = await waiting();
    const code = await lastCode(user);
    const malformed = ['1234567', '123456789', '1234567a', '１２３４５６７８', ' 12345678'];
    for (const verificationCode of malformed)
      expect(refusalOf(await act(user, 'user.verify', { verificationCode })).details).toEqual([
        'INVALID_VALUE verificationCode',
      ]);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => act(user, 'user.verify', { verificationCode: wrongFor(code) })),
    );
    const left = answers.flatMap((answer) => {
      const { innerError } = told(answer) as { innerError?: { attemptsRemaining?: number } };
      return innerError?.attemptsRemaining === undefined ? [] : [innerError.attemptsRemaining];
    });
    expect(left.sort()).toEqual([0, 1, 2, 3, 4]);
  });

  it('end with an administrator’s unlock, which kills what was sent before (SEC-16)', async () => {
    const user = await waiting();
    const code = await lastCode(user);
    for (let n = 0; n < 5; n++) await act(user, 'user.verify', { verificationCode: wrongFor(code) });
    await act(user, 'account.unlock');
    expect((await act(user, 'user.sendVerificationCode')).status).toBe(200);
    const alive = await lastCode(user);
    await act(user, 'account.lock');
    for (const type of ['user.sendVerificationCode', 'user.verify'])
      expect(refusalOf(await act(user, type, { verificationCode: alive })).details).toEqual(['ACCOUNT_NOT_USABLE']);
    await act(user, 'account.unlock');
    expect(told(await act(user, 'user.verify', { verificationCode: alive }))).not.toHaveProperty('innerError');
  });
});

describe('the recovery of a password (00 §8.7)', () => {
  const hasPassword = async (): Promise<string> =>
    String((await imported({}, { password: { value: RIGHT } })).body['id']);

  it('sends a code, which gives the user a new password, once', async () => {
    const user = await hasPassword();
    const sent = await act(user, 'password.sendRecoveryCode');
    expect([sent.status, sent.body['status']]).toEqual([200, 'OK']);
    const code = await lastCode(user);
    const short = await act(user, 'password.recover', { recoveryCode: code, newPassword: 'short' });
    expect(refusalOf(short).details).toEqual(['INVALID_VALUE newPassword']);
    const wrong = await act(user, 'password.recover', { recoveryCode: wrongFor(code), newPassword: OTHER });
    expect(told(wrong)).toMatchObject({ ...WRONG(4), target: 'recoveryCode' });
    const recovered = await act(user, 'password.recover', { recoveryCode: code, newPassword: OTHER });
    expect([recovered.status, recovered.body]).toEqual([200, sent.body]);
    expect((await act(user, 'password.check', { password: OTHER })).status).toBe(200);
    const again = await act(user, 'password.recover', { recoveryCode: code, newPassword: RIGHT });
    expect(refusalOf(again).details).toEqual(['INVALID_OTP recoveryCode']);
    expect(world.events).toContain('PASSWORD.RECOVERY');
  });

  it('is for a user who has a password and may use it', async () => {
    expect(refusalOf(await act(here.newcomer, 'password.sendRecoveryCode')).details).toEqual(['NO_PASSWORD']);
    const unverified = await waiting({ password: { value: RIGHT } });
    expect(refusalOf(await act(unverified, 'password.sendRecoveryCode')).details).toEqual(['ACCOUNT_NOT_USABLE']);
    const disabled = await hasPassword();
    await world.ask({ method: 'PUT', path: `${USERS}/${disabled}/enabled`, body: { enabled: false } });
    for (const type of ['password.sendRecoveryCode', 'password.recover'])
      expect(refusalOf(await act(disabled, type, { recoveryCode: '00000000', newPassword: OTHER })).details).toEqual([
        'ACCOUNT_NOT_USABLE',
      ]);
    expect((await act(NOBODY, 'password.sendRecoveryCode')).status).toBe(404);
  });
});

describe('limits on sending (SEC-36)', () => {
  it('hold for codes of users as for those of devices', async () => {
    await using limited = await startWorld({ env: { POSTERN_SEND_LIMIT_UNCONFIRMED: '2' } });
    const { environment, user } = here;
    const path = `/environments/${environment}/users/${user}/password`;
    const send = () => limited.ask({ path, type: 'password.sendRecoveryCode', body: {} });
    await limited.ask({ method: 'PUT', path, type: 'password.set', body: { value: RIGHT } });
    expect([(await send()).status, (await send()).status]).toEqual([200, 200]);
    expect(refusalOf(await send())).toMatchObject({ code: 'REQUEST_FAILED', details: ['LIMIT_EXCEEDED'] });
    // What a right code answers has reached who was meant.
    const code = await lastCode(user, limited);
    const body = { recoveryCode: code, newPassword: OTHER };
    expect((await limited.ask({ path, type: 'password.recover', body })).status).toBe(200);
    expect((await send()).status).toBe(200);
  });
});
