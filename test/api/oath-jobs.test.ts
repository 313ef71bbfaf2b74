import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { days, minutes, seconds } from '../../src/kernel/duration.js';
import { nextTurn } from '../../src/kernel/turn.js';
import { refusesBadFields } from './bad-fields.js';
import { refusalOf } from './refusal.js';
import { oathToken } from './samples.js';
import { flag, id, list, MALFORMED_IDS, object, oneOf } from './shapes.js';
import { type Answer, type Body, HERE, here, NOBODY, startWorld, THERE, type World } from './world.js';

let started: World;
beforeAll(async () => {
  started = await startWorld();
});
afterAll(() => started[Symbol.asyncDispose]());

const world = (): World => started;
const CREATE = 'job.oathtokens.create';
const REVOKE = 'job.oathtokens.revoke';
const pathOf = (environment: string) => `/environments/${environment}/oathJobs`;

const importing = (tokens: readonly object[], more: Body = {}): Promise<Answer> =>
  world().ask({ path: pathOf(HERE), type: CREATE, body: { type: 'CREATE_OATH_TOKENS', tokens, ...more } });
const revoking = (tokenIds: readonly unknown[], more: Body = {}, environment = HERE): Promise<Answer> =>
  world().ask({
    path: pathOf(environment),
    type: REVOKE,
    body: { type: 'REVOKE_OATH_TOKENS', async: false, tokenIds, ...more },
  });
const readJob = (job: unknown): Promise<Answer> => world().ask({ path: `${pathOf(HERE)}/${job}` });

/** The id of the token with this serial number. */
async function tokenNamed(serialNumber: string): Promise<unknown> {
  const filter = encodeURIComponent(`serialNumber eq "${serialNumber}"`);
  const { body } = await world().ask({ path: `/environments/${HERE}/oathTokens?filter=${filter}` });
  return (body as { _embedded: { oathTokens: Body[] } })._embedded.oathTokens[0]?.['id'];
}

/** The job when it no longer goes on, which it does in turn with whoever asks. */
async function finished(job: unknown): Promise<Answer> {
  for (let reads = 0; reads < 1_000; reads++) {
    const answer = await readJob(job);
    if (answer.body['status'] !== 'IN_PROGRESS') return answer;
    await nextTurn();
  }
  throw new Error('the job does not end');
}

const serials = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => oathToken(`${prefix}${n}`));

describe('an import of OATH tokens (20 §9.2)', () => {
  it('takes what single requests would take, and lists each row that is refused, with its row and no secret', async () => {
    const secret = 'c0ffee'.repeat(10);
    const { body: taken } = await world().ask({ path: `/environments/${HERE}/oathTokens`, body: oathToken('Taken') });
    const before = started.events.length;
    const answer = await importing([
      { ...oathToken('First'), secret, rowNumber: 12 },
      {
        ...oathToken('Clocked'),
        secret,
        type: 'TOTP',
        totp: { timeStep: 60 },
        hashAlgorithm: 'HmacSHA256',
        otpLength: 8,
      },
      { ...oathToken('taken'), secret },
      { ...oathToken('FIRST'), secret, rowNumber: 15 },
      { ...oathToken('Seven'), secret, otpLength: 7, hashAlgorithm: 'HmacSHA512' },
      { serialNumber: 'not-one', secret: `${secret}x`, type: 'HOTP', otpLength: 6 },
      { ...oathToken('Timeless'), secret, type: 'TOTP' },
    ]);
    expect(answer.status, answer.text).toBe(201);
    const { _links, id: job, ...document } = answer.body;
    expect(document).toEqual({
      environment: { id: HERE },
      type: 'CREATE_OATH_TOKENS',
      status: 'DONE',
      result: { created: 2, duplicates: { count: 2, serialNumbers: ['taken', 'FIRST'] } },
      total: 7,
      succeeded: 2,
      failed: 5,
      errors: [
        { rowNumber: 3, serialNumber: 'taken', code: 'UNIQUENESS_VIOLATION', message: 'is already in use' },
        { rowNumber: 15, serialNumber: 'FIRST', code: 'UNIQUENESS_VIOLATION', message: 'is already in use' },
        {
          rowNumber: 5,
          serialNumber: 'Seven',
          code: 'INVALID_VALUE',
          message: 'otpLength must be 6 or 8; hashAlgorithm must be HmacSHA1 for the type HOTP',
        },
        {
          rowNumber: 6,
          code: 'INVALID_VALUE',
          message: 'serialNumber does not match the required pattern; secret does not match the required pattern',
        },
        { rowNumber: 7, serialNumber: 'Timeless', code: 'REQUIRED_VALUE', message: 'totp.timeStep is required' },
      ],
    });
    expect(_links).toMatchObject({ self: { href: expect.stringContaining(`${pathOf(HERE)}/${job}`) } });
    expect((await readJob(job)).body).toEqual(answer.body);
    expect(answer.text).not.toContain('c0ffee');
    // On record as by requests of their own.
    expect(started.events.slice(before)).toEqual(['OATH_TOKEN.CREATED', 'OATH_TOKEN.CREATED']);
    const clocked = await world().ask({ path: `/environments/${HERE}/oathTokens/${await tokenNamed('Clocked')}` });
    expect(clocked.body).toMatchObject({ type: 'TOTP', otpLength: 8, totp: { timeStep: 60, drift: 0 } });
    expect(await tokenNamed('Taken')).toBe(taken['id']);
  });

  it('is answered at once when it may be, and tells how far it is until it is done', async () => {
    const { status, body } = await importing(serials('Async', 250), { async: true });
    expect([status, body['status'], body['succeeded']]).toEqual([202, 'IN_PROGRESS', 0]);
    expect((await finished(body['id'])).body).toMatchObject({ status: 'DONE', total: 250, succeeded: 250, failed: 0 });
    expect(await tokenNamed('Async249')).toBeDefined();
  });

  it('has up to a thousand tokens, printed at length, and no more (SEC-53)', async () => {
    const many = serials('Many', 1_000).map((token) => ({
      ...token,
      secret: 'ab'.repeat(100),
      type: 'TOTP',
      totp: { timeStep: 30 },
      hashAlgorithm: 'HmacSHA512',
    }));
    const body = JSON.stringify({ type: 'CREATE_OATH_TOKENS', tokens: many }, undefined, 4);
    const answer = await world().ask({ path: pathOf(HERE), type: CREATE, body });
    expect([answer.status, answer.body['status'], answer.body['succeeded']]).toEqual([201, 'DONE', 1_000]);
    expect(refusalOf(await importing(Array(1_001).fill({})))).toEqual({
      status: 400,
      code: 'INVALID_DATA',
      details: ['SIZE_LIMIT_EXCEEDED tokens'],
    });
    expect(refusalOf(await importing([]))).toEqual({
      status: 400,
      code: 'INVALID_DATA',
      details: ['EMPTY_VALUE tokens'],
    });
  });

  refusesBadFields('a bad field of it is named', {
    world,
    to: () => ({ path: pathOf(HERE), type: CREATE }),
    right: () => ({ type: 'CREATE_OATH_TOKENS', async: false, tokens: [oathToken('Fields')] }),
    shape: object({ 'type*': oneOf('CREATE_OATH_TOKENS'), async: flag(), 'tokens*': list(object({})) }),
  });
});

describe('a revocation of OATH tokens (20 §9.2)', () => {
  /** A token of a user, and the device that it is paired as. */
  async function paired(serialNumber: string): Promise<{ readonly token: unknown; readonly device: string }> {
    await importing([oathToken(serialNumber)]);
    const devices = `/environments/${HERE}/users/${here.newcomer}/devices`;
    const { body } = await world().ask({ path: devices, body: { type: 'OATH_TOKEN', serialNumber, status: 'ACTIVE' } });
    return { token: await tokenNamed(serialNumber), device: `${devices}/${body['id']}` };
  }

  it('leaves what somebody has, unless it is told to unpair, and takes the device away then', async () => {
    await importing([oathToken('Free1'), oathToken('Free2')]);
    const [free, other] = [await tokenNamed('Free1'), await tokenNamed('Free2')];
    const { token, device } = await paired('Somebodys');
    const left = await revoking([free, token, NOBODY, free, other]);
    expect(left.status).toBe(201);
    const { _links, id: _, ...document } = left.body;
    expect(document).toEqual({
      environment: { id: HERE },
      type: 'REVOKE_OATH_TOKENS',
      status: 'DONE',
      result: { revoked: 2 },
      total: 5,
      succeeded: 2,
      failed: 3,
      errors: [
        { tokenId: token, code: 'CONSTRAINT_VIOLATION', message: expect.stringContaining('forceUnpair') },
        { tokenId: NOBODY, code: 'NOT_FOUND', message: expect.any(String) },
        { tokenId: free, code: 'NOT_FOUND', message: expect.any(String) },
      ],
    });
    expect((await world().ask({ path: device })).status).toBe(200);
    const before = started.events.length;
    const forced = await revoking([token], { forceUnpair: true, async: true });
    expect(forced.status).toBe(202);
    expect((await finished(forced.body['id'])).body).toMatchObject({ status: 'DONE', result: { revoked: 1 } });
    expect(started.events.slice(before)).toEqual(['OATH_TOKEN.REVOKED', 'DEVICE.DELETED']);
    expect((await world().ask({ path: device })).status).toBe(404);
  });

  it('of another environment’s tokens finds none, and its jobs are not there (SEC-42)', async () => {
    await importing([oathToken('Ours')]);
    const token = await tokenNamed('Ours');
    const { body } = await revoking([token], { forceUnpair: true }, THERE);
    expect(body).toMatchObject({ succeeded: 0, errors: [{ tokenId: token, code: 'NOT_FOUND' }] });
    expect(await tokenNamed('Ours')).toBe(token);
    expect(refusalOf(await readJob(body['id']))).toEqual({ status: 404, code: 'NOT_FOUND' });
  });

  refusesBadFields('a bad field of it is named', {
    world,
    to: () => ({ path: pathOf(HERE), type: REVOKE }),
    right: () => ({ type: 'REVOKE_OATH_TOKENS', async: true, forceUnpair: false, tokenIds: [NOBODY] }),
    shape: object({
      'type*': oneOf('REVOKE_OATH_TOKENS'),
      async: flag(),
      forceUnpair: flag(),
      'tokenIds*': list(id(), { max: 1_000, of: NOBODY }),
    }),
  });
});

describe('a job (20 §9.2)', () => {
  it('is there for a day after its end, and then for nobody', async () => {
    const { body } = await importing([oathToken('Kept')]);
    await started.advance(days(1) - seconds(1));
    await started.postern.app.store.purge(100);
    expect((await readJob(body['id'])).status).toBe(200);
    await started.advance(minutes(1));
    await started.postern.app.store.purge(100);
    expect(refusalOf(await readJob(body['id']))).toEqual({ status: 404, code: 'NOT_FOUND' });
    expect(refusalOf(await readJob(MALFORMED_IDS[0]))).toEqual({ status: 404, code: 'NOT_FOUND' });
  });
});
