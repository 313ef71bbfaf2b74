import { describe, expect, it } from 'vitest';
import type { OutboxMessage } from '../../src/delivery/message.js';
import { uuidOf } from '../../src/kernel/ids.js';
import type { Snapshot } from '../../src/storage/port.js';
import { StorageFault } from '../../src/storage/sql/fault.js';
import type { Call } from '../../src/storage/sql/statement.js';
import { GUARDED, type Guarded, inLockOrder, type Rank, WriteSetBuilder } from '../../src/storage/sql/write-set.js';

const ENVIRONMENT = uuidOf('00000000-0000-4000-8000-00000000000e');
const USER = uuidOf('00000000-0000-4000-8000-00000000000a');
const GROUP = uuidOf('00000000-0000-4000-8000-000000000009');
const FLOW = uuidOf('00000000-0000-4000-8000-00000000000f');
const CONTACT = 'keyed-hash';

/** What was loaded, each aggregate at a version of its own; only what guards look at. */
const TOKEN = uuidOf('00000000-0000-4000-8000-0000000000aa');
const BROWSER = uuidOf('00000000-0000-4000-8000-0000000000bb');
const JOB = uuidOf('00000000-0000-4000-8000-0000000000cc');
const SNAPSHOT = {
  now: 1,
  devices: [],
  documents: [],
  environment: { id: ENVIRONMENT, configVersion: 2 },
  directory: { group: { id: GROUP, version: 6 } },
  user: { id: USER, version: 3 },
  factors: { userId: USER, version: 4 },
  deviceAuthentication: { id: FLOW, version: 5 },
  destination: { contactKey: CONTACT, version: 0 },
  oathTokens: [{ id: TOKEN, version: 6 }],
  browsers: [{ id: BROWSER, version: 7 }],
  recoveryCodes: { userId: USER, version: 8 },
  oathJob: { id: JOB, version: 9 },
  // The members that guards never read are left out.
} as unknown as Snapshot;

const LOADED: Record<Guarded, readonly [id: string, version: number]> = {
  environment: [ENVIRONMENT, 2],
  group: [GROUP, 6],
  user: [USER, 3],
  factors: [USER, 4],
  deviceAuthentication: [FLOW, 5],
  destination: [CONTACT, 0],
  oathToken: [TOKEN, 6],
  browser: [BROWSER, 7],
  recoveryCodes: [USER, 8],
  oathJob: [JOB, 9],
};
/** A statement by name; it never runs here. */
const call = (name: string): Call => ({ statement: { name }, values: [] }) as unknown as Call;

describe('guards of a write set (SEC-10)', () => {
  it.each(GUARDED)('on %s are taken for what was loaded, at the version that was loaded', (entity) => {
    const [id, version] = LOADED[entity];
    const builder = new WriteSetBuilder();
    builder.guard(entity, ENVIRONMENT, id, version);
    expect(builder.build(SNAPSHOT).guards).toEqual([{ entity, environmentId: ENVIRONMENT, id, version }]);
  });

  it.each(GUARDED)('on another %s, another version of it, or one that was not loaded are a fault', (entity) => {
    const [id, version] = LOADED[entity];
    for (const [otherId, otherVersion] of [
      [id, version + 1],
      ['another', version],
    ] as const) {
      const builder = new WriteSetBuilder();
      builder.guard(entity, ENVIRONMENT, otherId, otherVersion);
      expect(() => builder.build(SNAPSHOT)).toThrow(StorageFault);
      expect(() => builder.build(SNAPSHOT)).toThrow(
        `a decision guards ${entity} ${otherId} at version ${otherVersion}, which was not loaded`,
      );
    }
    const builder = new WriteSetBuilder();
    builder.guard(entity, ENVIRONMENT, id, version);
    expect(() => builder.build({ now: 1, devices: [], documents: [] })).toThrow(StorageFault);
  });

  it('come in the one order in which everyone locks: by table, then by id, each row once', () => {
    const builder = new WriteSetBuilder();
    for (const entity of [...GUARDED].reverse()) builder.guard(entity, ENVIRONMENT, ...LOADED[entity]);
    builder.guard('user', ENVIRONMENT, ...LOADED.user);
    expect(builder.build(SNAPSHOT).guards.map(({ entity }) => entity)).toEqual(GUARDED);

    const a = { entity: 'user', id: 'a' } as const;
    const b = { entity: 'user', id: 'b' } as const;
    expect([inLockOrder(a, b), inLockOrder(b, a), inLockOrder(a, { ...a })]).toEqual([-1, 1, 0]);
    expect(inLockOrder({ ...b, entity: 'environment' }, a)).toBeLessThan(0);
    expect(inLockOrder({ ...a, entity: 'destination' }, b)).toBeGreaterThan(0);
  });

  it('of two versions of one row cannot both hold', () => {
    const builder = new WriteSetBuilder();
    builder.guard('user', ENVIRONMENT, USER, 3);
    expect(() => builder.guard('user', ENVIRONMENT, USER, 4)).toThrow(
      `a write set guards two versions of user ${USER}`,
    );
    expect(() => builder.guard('factors', ENVIRONMENT, USER, 4)).not.toThrow();
  });
});

describe('statements of a write set', () => {
  it('write each row once', () => {
    const builder = new WriteSetBuilder();
    builder.once('device', 'a');
    builder.once('device', 'b');
    builder.once('user', 'a');
    expect([builder.wrote('device', 'a'), builder.wrote('device', 'c')]).toEqual([true, false]);
    expect(() => builder.once('device', 'a')).toThrow('a write set writes device a twice');
  });

  it('run by rank, whatever the order in which a decision asked for them; one row each unless said otherwise', () => {
    const builder = new WriteSetBuilder();
    const ranks: readonly Rank[] = [5, 3, 0, 4, 1, 2];
    for (const rank of ranks) builder.step(rank, call(String(rank)));
    builder.step(3, call('many'), 'any');
    const { steps } = builder.build(SNAPSHOT);
    expect(steps.map((step) => [step.call.statement.name, step.rows])).toEqual([
      ['0', 'one'],
      ['1', 'one'],
      ['2', 'one'],
      ['3', 'one'],
      ['many', 'any'],
      ['4', 'one'],
      ['5', 'one'],
    ]);
  });

  it('count last, by the names of the counters, so that everybody locks them in one order', () => {
    const builder = new WriteSetBuilder();
    for (const name of ['b', 'c', 'a']) {
      builder.count(name, call(`count ${name}`));
      builder.tally(name, call(`tally ${name}`));
    }
    builder.claim(call('claim'));
    builder.step(5, call('step'));
    const { claims, steps } = builder.build(SNAPSHOT);
    expect(claims.map(({ statement }) => statement.name)).toEqual(['claim', 'count a', 'count b', 'count c']);
    expect(steps.map((step) => [step.call.statement.name, step.rows])).toEqual([
      ['step', 'one'],
      ['tally a', 'any'],
      ['tally b', 'any'],
      ['tally c', 'any'],
    ]);
  });

  it('keep what may find its key taken apart from the rest, and messages as they came', () => {
    const builder = new WriteSetBuilder();
    const message = { id: FLOW } as unknown as OutboxMessage;
    builder.claim(call('claim'));
    builder.append(message);
    const set = builder.build(SNAPSHOT);
    expect(set.claims.map(({ statement }) => statement.name)).toEqual(['claim']);
    expect([set.steps, set.guards]).toEqual([[], []]);
    expect(set.appended).toEqual([message]);
    expect(new WriteSetBuilder().build(SNAPSHOT)).toEqual({
      ...{ guards: [], claims: [], steps: [], appended: [], audit: [] },
      erases: false,
    });
  });
});
