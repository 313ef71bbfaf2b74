import { type Named, OTHER_PASSWORD, RIGHT_PASSWORD } from '../api/requests.js';
import { type Ask, type Body, here, type World } from '../api/world.js';

/** What a right request is about, and its body where only the state tells what that is: a code. */
export interface State {
  readonly named: Named;
  readonly body?: Body;
}

type Arrange = (world: World, named: Named) => Promise<{ readonly named?: Partial<Named>; readonly body?: Body }>;

async function done(world: World, request: Ask): Promise<Body> {
  const { status, body, text } = await world.ask(request);
  if (status >= 300) throw new Error(`${request.path}: ${status} ${text}`);
  return body;
}

const usersPath = ({ environment }: Named): string => `/environments/${environment}/users`;
const userPath = (named: Named): string => `${usersPath(named)}/${named.user}`;

let made = 0;

/** A user whom an import has left to verify the account. */
const unverified: Arrange = async (world, named) => {
  const username = `unverified-${++made}`;
  const body = {
    username,
    email: `${username}@example.org`,
    population: { id: named.population },
    lifecycle: { status: 'VERIFICATION_REQUIRED', suppressVerificationCode: true },
  };
  const { id } = await done(world, { path: usersPath(named), type: 'user.import', body });
  return { named: { waiting: String(id) } };
};

/** Another device of the user. */
const device = async (world: World, named: Named, more: Body): Promise<string> =>
  String((await done(world, { path: `${userPath(named)}/devices`, body: more })).id);

const pending: Arrange = async (world, named) => {
  const body = { type: 'EMAIL', email: `pending-${++made}@example.org`, status: 'ACTIVATION_REQUIRED' };
  return { named: { pending: await device(world, named, body) } };
};

const pendingWithCode: Arrange = async (world, named) => {
  const arranged = await pending(world, named);
  const id = arranged.named?.pending ?? '';
  return { ...arranged, body: { otp: await world.postern.lastCode({ device: id }) } };
};

/** In the group, if not already. */
const member: Arrange = async (world, named) => {
  await world.ask({ path: `${userPath(named)}/memberOfGroups`, body: { id: named.objects['groupId'] } });
  return {};
};

const withPassword: Arrange = async (world, named) => {
  const path = `${userPath(named)}/password`;
  await done(world, { method: 'PUT', path, type: 'password.set', body: { value: RIGHT_PASSWORD } });
  return {};
};

/** A hardware token shows these, one after the other (RFC 4226, appendix D: the secret is the samples'). */
const SHOWN = ['755224', '287082'];

/** By operation; for the others things are right as they are. */
const STATES: Readonly<Record<string, Arrange>> = {
  // The samples' assignment is to a seeded user.
  'user.roleAssignment.read': async () => ({ named: { user: here.user } }),
  'user.roleAssignment.delete': async () => ({ named: { user: here.user } }),
  'user.sendVerificationCode': unverified,
  async 'user.verify'(world, named) {
    const arranged = await unverified(world, named);
    const user = arranged.named?.waiting ?? '';
    await done(world, { path: `${usersPath(named)}/${user}`, type: 'user.sendVerificationCode', body: {} });
    return { ...arranged, body: { verificationCode: await world.postern.lastCode({ user }) } };
  },
  'user.password.check': withPassword,
  'user.password.reset': withPassword,
  async 'user.password.recover'(world, named) {
    await withPassword(world, named);
    await done(world, { path: `${userPath(named)}/password`, type: 'password.sendRecoveryCode', body: {} });
    const recoveryCode = await world.postern.lastCode({ user: named.user });
    return { body: { recoveryCode, newPassword: OTHER_PASSWORD } };
  },
  'memberOfGroups.read': member,
  'memberOfGroups.remove': member,
  'deviceAuthentication.otp.check': async (world, { flow }) => ({
    body: { otp: await world.postern.lastCode({ deviceAuthentication: flow }) },
  }),
  'devices.reorder': async (world, named) => ({
    named: { sms: await device(world, named, { type: 'SMS', phone: '+15125550144' }) },
  }),
  'device.activate': pendingWithCode,
  'device.activate.put': pendingWithCode,
  'device.sendActivationCode': pending,
  'oathToken.resync': async () => ({ body: { otps: SHOWN } }),
  async 'user.oathToken.resync'(world, named) {
    const path = `/environments/${named.environment}/oathTokens/${named.objects['tokenId']}`;
    const { serialNumber } = await done(world, { path });
    await device(world, named, { type: 'OATH_TOKEN', serialNumber });
    return { body: { otps: SHOWN } };
  },
  async 'emailDeliverySettings.read'(world, { environment }) {
    const path = `/environments/${environment}/notificationsSettings/emailDeliverySettings`;
    const body = { host: 'mail.example.org', username: 'postern', password: 'a-password' };
    await done(world, { method: 'PUT', path, body });
    return {};
  },
};

/** Arranges what the right request of an operation needs beside the objects that there are. */
export async function stateFor(id: string, world: World, named: Named): Promise<State> {
  const { named: own, body } = (await STATES[id]?.(world, named)) ?? {};
  return { named: { ...named, ...own }, ...(body ? { body } : {}) };
}
