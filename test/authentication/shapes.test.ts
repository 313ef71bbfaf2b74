import { setFlagsFromString } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { signTail } from '../../src/audit/chain.js';
import { rightOtp } from '../../src/authentication/check-otp.js';
import { subjectOf } from '../../src/authentication/settle.js';
import { situate } from '../../src/authentication/situation.js';
import { prepare } from '../../src/delivery/outgoing.js';
import { parseCreateBody } from '../../src/http/routes/device-authentication-request.js';
import { guardedRows } from '../../src/storage/sql/dialects/postgres-guards.js';
import {
  deviceAuthenticationValues,
  toDeviceAuthentication,
} from '../../src/storage/sql/tables/device-authentications.js';
import { granted, refused, wrong } from './results.js';
import { ENVIRONMENT, id, keyring, T0, World } from './world.js';

/** Whether two objects share a hidden class, as V8 has it. */
const haveSameClass = (() => {
  setFlagsFromString('--allow-natives-syntax');
  return new Function('a', 'b', 'return %HaveSameMap(a, b)') as (a: object, b: object) => boolean;
})();

/** Enough for the inline caches to have seen what they will see, and for numbers to have shown what they are. */
const WARM_UP = 20;

/** Places of the plain objects in which two values, made alike, are not of one hidden class. */
function strangers(a: unknown, b: unknown, place = ''): string[] {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || a === b) return [];
  const inside = Object.keys(a).flatMap((key) =>
    strangers(Reflect.get(a, key), Reflect.get(b, key), Array.isArray(a) ? `${place}[${key}]` : `${place}.${key}`),
  );
  return Array.isArray(a) || haveSameClass(a, b) ? inside : [place || 'itself', ...inside];
}

/** The strangers between two runs of the same work, once it is warm. */
function strangersOf(work: () => unknown): readonly string[] {
  for (let round = 0; round < WARM_UP; round++) work();
  return strangers(work(), work());
}

/** What a command leaves: what is written, what is told, what is answered. */
const left = (world: World, result: unknown) => ({ writes: world.writes, events: world.events, result });

describe('what a request makes is of one hidden class each (docs/performance.md)', () => {
  it('the test itself tells classes apart', () => {
    // From one place in the code, and warm: the engine may change its mind about the class of two literals that are alike.
    const holding = (inner: object) => ({ x: [inner] });
    for (let round = 0; round < WARM_UP; round++) holding({});
    expect(strangers(holding({ a: 1, b: 2 }), holding({ b: 2, a: 1 }))).toEqual(['.x[0]']);
    const from = { a: 1, b: 2 };
    expect(strangersOf(() => ({ ...from, a: 3 }))).toEqual([]);
  });

  it.each([
    ['a one-time contact in test mode', true],
    ['a one-time contact', false],
  ])('creation and check with %s', (_, testMode) => {
    const world = new World();
    const run = () => {
      const selection = { ...world.oneTime(), testMode };
      const created = world.create({ selection });
      const { flow, testOtp } = granted(created);
      const first = left(world, created);
      const code = testOtp ?? world.code(flow.id);
      const checked = world.check(flow.id, code);
      granted(checked);
      return { first, second: left(world, checked) };
    };
    expect(strangersOf(run)).toEqual([]);
  });

  it('creation and check with a paired device, a wrong code between them', () => {
    const world = new World();
    world.addDevice(1, 'SMS');
    const run = () => {
      const created = world.create({ selection: { kind: 'device', id: id(1) } });
      const { flow } = granted(created);
      const first = left(world, created);
      const code = world.code(flow.id);
      refused(world.check(flow.id, wrong(code)));
      const checked = world.check(flow.id, code);
      granted(checked);
      return { first, second: left(world, checked) };
    };
    expect(strangersOf(run)).toEqual([]);
  });

  it.each(['a one-time contact', 'a paired device'])('what a check hands on between its steps, with %s', (what) => {
    const world = new World();
    world.addDevice(1, 'SMS');
    const selection = what === 'a paired device' ? { kind: 'device' as const, id: id(1) } : world.oneTime();
    const run = () => {
      const { flow } = granted(world.create({ selection }));
      const { selected } = flow.state;
      const situation = situate(world.snapshot({ flow: flow.id }), world.facts().deployment);
      if (!situation || !selected || flow.state.status !== 'OTP_REQUIRED') throw new Error('no code is waited for');
      const proof = rightOtp(flow.state, { detail: undefined, device: undefined, writes: [] });
      return { situation, handed: { subject: subjectOf(selected, situation), proof } };
    };
    expect(strangersOf(() => run().handed)).toEqual([]);
    expect(haveSameClass(run().situation, run().situation)).toBe(true);
  });

  it.each([
    ['a one-time contact', { oneTime: { type: 'SMS', phone: '+12125550100', testMode: true } }],
    ['a paired device', { id: id(1) }],
  ] as const)('the command in a request that names %s', (_, selectedDevice) => {
    const body = { user: { id: id(2) }, policy: { id: id(3) }, selectedDevice };
    expect(strangersOf(() => parseCreateBody(structuredClone(body)))).toEqual([]);
  });

  it('a flow as it is created and as it is read from its row', () => {
    const world = new World();
    const run = () => {
      const { flow } = granted(world.create({ selection: world.oneTime() }));
      const { document, user, expiresAt } = deviceAuthenticationValues(flow);
      const row = [flow.version, user ?? null, document ?? null, expiresAt ?? null];
      return { flow, read: toDeviceAuthentication(ENVIRONMENT, flow.id, row, 0) };
    };
    for (let round = 0; round < WARM_UP; round++) run();
    const { flow, read } = run();
    expect(haveSameClass(flow, read)).toBe(true);
  });

  it('rows of the trail, guards of PostgreSQL, outgoing messages', () => {
    const world = new World();
    world.addDevice(1, 'SMS');
    const run = () => {
      const { flow } = granted(world.create());
      const [message] = world.outbox.slice(-1);
      if (!message) throw new Error('nothing was sent');
      const guard = { entity: 'deviceAuthentication', environmentId: ENVIRONMENT, id: flow.id, version: 1 } as const;
      return {
        row: signTail({ environmentId: ENVIRONMENT, id: 'a', firstAt: T0, lastAt: T0, records: '{}' }, keyring.audit),
        guarded: guardedRows({ guards: [guard] }, world.writes),
        outgoing: prepare({ attempt: 1, ...message }, keyring.vault, T0),
      };
    };
    expect(strangersOf(run)).toEqual([]);
  });
});
