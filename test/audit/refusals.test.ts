import { describe, expect, it } from 'vitest';
import { reportRefused } from '../../src/app/refused.js';
import { Refusals } from '../../src/audit/refusals.js';
import { startSealer } from '../../src/audit/sealer.js';
import { minutes, seconds } from '../../src/kernel/duration.js';
import { silentLogger } from '../../src/kernel/log.js';
import { TEST_TIME, testClock } from '../helpers/store.js';
import { uuid } from './world.js';

const environmentId = uuid();

function arrange() {
  const clock = testClock();
  const refusals = new Refusals(() => clock.now());
  const refuse = (reason: string, flow = FLOW) =>
    refusals.note(
      { type: 'REQUEST.REFUSED', environmentId, deviceAuthenticationId: flow, detail: { reason } },
      { clientId: CLIENT },
    );
  const taken = () => refusals.take().map(({ events: [event] }) => event?.detail);
  return { clock, refusals, refuse, taken };
}
const FLOW = uuid();
const CLIENT = uuid();

describe('refusals that change nothing (SEC-72)', () => {
  it('are on record at once, and then once a minute with their number', () => {
    const { clock, refuse, taken } = arrange();
    refuse('DeviceLocked');
    expect(taken()).toEqual([{ reason: 'DeviceLocked', count: 1, since: TEST_TIME }]);
    for (let second = 1; second < 60; second++) {
      clock.advance(seconds(1));
      for (let n = 0; n < 1_000; n++) refuse('DeviceLocked');
      expect(taken()).toEqual([]);
    }
    clock.advance(seconds(1));
    expect(taken()).toEqual([{ reason: 'DeviceLocked', count: 59_000, since: TEST_TIME + seconds(1) }]);
  });

  it('are told apart by reason and by flow', () => {
    const { refuse, taken } = arrange();
    refuse('DeviceLocked');
    refuse('WrongState');
    refuse('DeviceLocked', uuid());
    expect(taken()).toHaveLength(3);
  });

  it('leave nothing behind once a minute has passed without one', () => {
    const { clock, refuse, taken } = arrange();
    refuse('DeviceLocked');
    taken();
    clock.advance(minutes(1));
    expect(taken()).toEqual([]);
    refuse('DeviceLocked');
    expect(taken()).toHaveLength(1);
  });

  it('are all handed out at the end', () => {
    const { refusals, refuse, taken } = arrange();
    refuse('DeviceLocked');
    taken();
    refuse('DeviceLocked');
    expect(refusals.take(true)).toHaveLength(1);
    expect(refusals.take(true)).toHaveLength(0);
  });

  it('that could not be put on record are counted again, and due at once', () => {
    const { clock, refusals, refuse, taken } = arrange();
    refuse('DeviceLocked');
    refuse('DeviceLocked');
    const due = refusals.take();
    clock.advance(seconds(1));
    refuse('DeviceLocked');
    refusals.giveBack(due);
    expect(taken()).toEqual([{ reason: 'DeviceLocked', count: 3, since: TEST_TIME }]);
  });

  it('of ever new flows are counted together beyond a number of them, and memory is bounded', () => {
    const { refuse, taken } = arrange();
    for (let n = 0; n < 30_000; n++) refuse('NotFound', uuid());
    const due = taken();
    expect(due).toHaveLength(10_001);
    expect(due.at(-1)).toMatchObject({ count: 20_000 });
  });
  it('by ever new clients are one kind beyond a number of them, so that none is lost (SEC-72)', () => {
    const { refusals, taken } = arrange();
    const detail = { operation: 'token.issue', reason: 'ClientNotAuthenticated' };
    for (let n = 0; n < 30_000; n++)
      refusals.note({ type: 'REQUEST.REFUSED', environmentId, detail: { ...detail, client: uuid() } }, {});
    expect(refusals.lost).toBe(0);
    const due = taken();
    expect(due).toHaveLength(10_001);
    expect(due.at(-1)).toEqual({ ...detail, count: 20_000, since: TEST_TIME });
  });

  it('of more environments than fit are counted as lost, and the log is told once a minute', async () => {
    const { refusals } = arrange();
    for (let n = 0; n < 12_345; n++)
      refusals.note({ type: 'REQUEST.REFUSED', environmentId: uuid(), detail: { reason: 'x' } }, {});
    expect(refusals.lost).toBe(345);
    const warnings: object[] = [];
    const audit = {
      append: async () => {},
      waiting: async () => [],
      seal: async () => 0,
      chains: async () => [],
      purge: async () => 0,
    };
    const logger = { ...silentLogger, warn: (fields: object) => void warnings.push(fields) };
    await using sealer = startSealer({ audit, refusals, logger, retention: minutes(1) });
    await sealer.seal();
    refusals.note({ type: 'REQUEST.REFUSED', environmentId: uuid(), detail: { reason: 'y' } }, {});
    await sealer.seal();
    expect(warnings).toEqual([{ refusals: 345 }]);
  });
});

describe('a sealed value that does not open (SEC-66)', () => {
  it('is told each time and on record once a minute, with its row', () => {
    const { refusals, taken } = arrange();
    const told: string[] = [];
    const report = reportRefused(silentLogger, { emit: ({ type }) => told.push(type) }, refusals);
    const place = { table: 'devices', column: 'secret', environmentId, row: FLOW };
    for (let n = 0; n < 3; n++) report(place);
    expect(told).toEqual(Array(3).fill('SEALED_VALUE.REFUSED'));
    expect(taken()).toEqual([{ table: 'devices', column: 'secret', row: FLOW, count: 3, since: TEST_TIME }]);
    report({ ...place, environmentId: '' });
    expect(taken()).toEqual([]);
  });
});
