import { afterAll, beforeAll } from 'vitest';
import { refusesBadFields, refusesRequests } from './bad-fields.js';
import { managed } from './managed.js';
import { flag, id, integer, object, oneOf, type Shape, text } from './shapes.js';
import { HERE, here, NOBODY, startWorld, there, type World } from './world.js';

let started: World;
let group = '';
beforeAll(async () => {
  started = await startWorld();
  const made = await started.ask({ path: GROUPS, body: { name: 'Taken' } });
  group = String(made.body['id']);
});
afterAll(() => started[Symbol.asyncDispose]());

const world = (): World => started;
const USERS = `/environments/${HERE}/users`;
const GROUPS = `/environments/${HERE}/groups`;

const content = (): Shape =>
  object({
    'name*': text({ max: 256, malformed: ['a\tb', 'a\u202eb'] }),
    description: text({ max: 1_024, mayBeEmpty: true }),
    externalId: text({ max: 1_024 }),
    population: object({ 'id*': id() }),
    customData: object({}),
  });
const whole = (name: string) => ({
  name,
  description: 'All of us',
  externalId: '42',
  population: { id: here.population },
  customData: { floor: 3 },
});

refusesBadFields('a new group (00 §8.8)', {
  world,
  to: () => ({ path: GROUPS }),
  right: () => whole('Staff'),
  shape: content(),
});

refusesBadFields('a group, replaced (00 §8.8)', {
  world,
  to: () => ({ path: `${GROUPS}/${group}`, method: 'PUT' }),
  right: () => whole('Taken'),
  shape: content(),
});

refusesRequests('a new group, refused as a whole (00 §8.8)', { world, to: () => ({ path: GROUPS }) }, [
  { name: 'nothing', body: () => ({}), details: ['REQUIRED_VALUE name'] },
  ...[NOBODY, there.population, here.user].map((value) => ({
    name: `the population ${value}`,
    body: () => ({ name: 'New', population: { id: value } }),
    details: ['INVALID_VALUE population.id'],
  })),
  { name: 'a name that is taken', body: () => ({ name: 'Taken' }), details: ['UNIQUENESS_VIOLATION name'] },
]);

refusesBadFields('a membership (00 §8.8)', {
  world,
  to: () => ({ path: `${USERS}/${here.newcomer}/memberOfGroups` }),
  right: () => ({ id: group }),
  shape: object({ 'id*': id() }),
});

refusesBadFields('a user’s attributes, changed (00 §8.2)', {
  world,
  to: () => ({ path: `${USERS}/${here.newcomer}`, method: 'PATCH' }),
  right: () => ({ username: 'changed.user', title: 'Boss' }),
  shape: object({ title: text({ max: 256 }), emailVerified: flag() }),
});

refusesBadFields('enabled (00 §8.4)', {
  world,
  to: () => ({ path: `${USERS}/${here.newcomer}/enabled`, method: 'PUT' }),
  right: () => ({ enabled: true }),
  shape: object({ 'enabled*': flag() }),
});

// The default of a new environment lets nobody change a password on the day it was set.
beforeAll(async () => {
  const path = `/environments/${HERE}/passwordPolicies`;
  const { listed, put } = managed(() => world(), path);
  const basic = (await listed()).find(({ name }) => name === 'Basic');
  await put(`${path}/${basic?.['id']}`, { ...basic, default: true });
});

refusesBadFields('a password, set (00 §8.7)', {
  world,
  to: () => ({ path: `${USERS}/${here.newcomer}/password`, method: 'PUT', type: 'password.set' }),
  right: () => ({ value: 'Correct horse, 7', forceChange: false, bypassPolicy: false }),
  shape: object({ 'value*': text({ max: 256 }), forceChange: flag(), bypassPolicy: flag() }),
});

refusesBadFields('a password, changed (00 §8.7)', {
  world,
  to: () => ({ path: `${USERS}/${here.newcomer}/password`, method: 'PUT', type: 'password.reset' }),
  right: () => ({ newPassword: 'Battery staple, 8', currentPassword: 'Correct horse, 7' }),
  shape: object({ 'newPassword*': text({ max: 256 }), currentPassword: text({ max: 256 }) }),
});

const token = (serialNumber: string) => ({
  serialNumber,
  secret: '3132333435363738393031323334353637383930',
  type: 'HOTP',
  otpLength: 6,
});

refusesBadFields('an OATH token (20 §9.1)', {
  world,
  to: () => ({ path: `/environments/${HERE}/oathTokens` }),
  right: () => ({ ...token('SN0001'), hashAlgorithm: 'HmacSHA1', hotp: { counter: 3 }, rowNumber: 1 }),
  shape: object({
    'serialNumber*': text(),
    'secret*': text({ malformed: ['31323334', 'xyz', `${'31'.repeat(20)}3`] }),
    'type*': oneOf('HOTP', 'TOTP'),
    'otpLength*': integer(6, 8),
    hashAlgorithm: oneOf('HmacSHA1', 'HmacSHA256', 'HmacSHA512'),
    hotp: object({}),
  }),
});

refusesRequests(
  'an OATH token, refused for one member beside another (20 §9.1)',
  {
    world,
    to: () => ({ path: `/environments/${HERE}/oathTokens` }),
  },
  [
    ...[-1, Number.MAX_SAFE_INTEGER].map((counter) => ({
      name: `the count ${counter}`,
      body: () => ({ ...token('SN0002'), hotp: { counter } }),
      details: ['OUT_OF_RANGE hotp.counter'],
    })),
    {
      name: 'the length of no token',
      body: () => ({ ...token('SN0002'), otpLength: 7 }),
      details: ['INVALID_VALUE otpLength'],
    },
    {
      name: 'no time step',
      body: () => ({ ...token('SN0002'), type: 'TOTP' }),
      details: ['REQUIRED_VALUE totp.timeStep'],
    },
    {
      name: 'a serial number that is taken',
      body: () => token('SN0001'),
      details: ['UNIQUENESS_VIOLATION serialNumber'],
    },
  ],
);
