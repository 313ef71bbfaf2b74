/**
 * Fills a database of `postern dev` through the store's own door, so that rows have whatever form the storage gives them. Adds
 * what is missing: argv is JSON { sqlite: folder } or { postgres: url }, { users, from, to }, where `from` authentications are
 * there already and `to` shall be, and `from` 0 means that nothing is there. Needs a build.
 */
import { idOf, seededUser } from '../generator/flows.js';

const { composition } = await import('../../dist/app/composition.js');
const { demoWorld } = await import('../../dist/cli/demo.js');
const { provisionWorld } = await import('../../dist/cli/seed/provision.js');
const { usersWrites } = await import('../../dist/cli/seed/writes.js');
const { loadConfig } = await import('../../dist/config/load.js');

const plan = JSON.parse(process.argv[2]);
/** Rows of one unit, and units under way: few enough that no unit takes long. */
const USERS_AT_ONCE = 50;
const FLOWS_AT_ONCE = 200;
const UNITS = 4;
const DAY = 86_400_000;

const flags = plan.sqlite ? [['data', plan.sqlite]] : [['database-url', plan.postgres]];
const loaded = loadConfig('dev', composition.sources(new Map(flags)), composition.gatewayTable, true);
if (!loaded.ok) throw new Error(JSON.stringify(loaded.rejection));
const parts = await composition.openStore(loaded.value.config);
const { store, random, digests } = parts;
const world = demoWorld();
const [demo] = world.environments;
const environmentId = demo.environment.id;
const policyId = demo.environment.defaultPolicy.id;

/** Commits `writes(first, last, now)` for all numbers from `from` on, so many at once. */
async function inUnits(from, to, atOnce, writes) {
  let next = from;
  const lane = async () => {
    while (next < to) {
      const first = next;
      next = Math.min(to, first + atOnce);
      const last = next;
      await store.transact({ environmentId }, ({ now }) => ({ writes: writes(first, last, now), outcome: undefined }));
    }
  };
  await Promise.all(Array.from({ length: UNITS }, lane));
}

const range = (first, last) => Array.from({ length: last - first }, (_, at) => first + at);
const digits = (number, length) => String(number).padStart(length, '0');

/** Three devices each; the first is the one that `seededUser` names, and it is in test mode, so that its codes come back. */
function user(number) {
  const { id, device } = seededUser(number);
  return {
    id,
    username: `user${number}`,
    enabled: true,
    mfaEnabled: true,
    profile: { email: `user${number}@example.org`, name: { given: 'User', family: String(number) } },
    devices: [
      { id: device, seed: { type: 'SMS', phone: `+1415555${digits(number % 10_000, 4)}`, testMode: true } },
      { id: idOf(`device ${number} 1`), seed: { type: 'EMAIL', email: `user${number}@example.org` } },
      { id: idOf(`device ${number} 2`), seed: { type: 'VOICE', phone: `+1415555${digits(number % 10_000, 4)}` } },
    ],
  };
}

/** A completed flow of some user, of the last day, kept for longer than the bench lasts. */
function flow(number, now) {
  const { id, device } = seededUser(number % plan.users);
  const at = now - DAY + Math.floor((number / plan.to) * DAY);
  return {
    kind: 'insert',
    entity: 'deviceAuthentication',
    value: {
      id: random.timeOrderedUuid(at),
      environmentId,
      version: 1,
      userId: id,
      policyId,
      state: {
        status: 'COMPLETED',
        selected: { kind: 'device', id: device, type: 'SMS' },
        authenticators: ['mfa', 'sms'],
      },
      sends: 1,
      createdAt: at,
      updatedAt: at,
      expiresAt: now + 10 * DAY,
    },
  };
}

try {
  if (plan.from === 0) {
    await provisionWorld(parts, world);
    await inUnits(0, plan.users, USERS_AT_ONCE, (first, last, now) =>
      usersWrites(demo, range(first, last).map(user), digests, now).filter(({ kind }) => kind !== 'append'),
    );
  }
  await inUnits(plan.from, plan.to, FLOWS_AT_ONCE, (first, last, now) =>
    range(first, last).map((number) => flow(number, now)),
  );
} finally {
  await parts[Symbol.asyncDispose]();
}
