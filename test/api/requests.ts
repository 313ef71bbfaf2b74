import { generateKeyPairSync } from 'node:crypto';
import { activityId } from '../../src/audit/activity.js';
import { LICENSE_ID, ORGANIZATION_ID } from '../../src/cli/seed/world.js';
import type { Route } from '../../src/http/route.js';
import { parseUuid, uuidOf } from '../../src/kernel/ids.js';
import { namedId } from '../../src/kernel/keys.js';
import { pemOf } from '../../src/platform/certificates/files.js';
import { roleByName } from '../../src/platform/roles/roles.js';
import { factoryPolicy } from '../../src/policies/defaults.js';
import { formOf, importOf, keystore, ownCertificate } from './certificate-files.js';
import { makeSamples, NAMES, type Objects, oathToken, replacementOf, SAMPLES, sampleBody } from './samples.js';
import { type Ask, type Body, clientId, HERE, here, NOBODY, SECRET, type Tenant, type World } from './world.js';

/** Good under the policy that a new environment begins with. */
export const RIGHT_PASSWORD = 'Correct horse, 7';
export const OTHER_PASSWORD = 'Battery staple 8!';

/** Whether an operation answers with a resource or a list of them: a file or a key set says nothing of where it is from. */
export const hasLinks = ({ replies }: Pick<Route, 'replies'>): boolean =>
  JSON.stringify(replies[200] ?? null).includes('"_links"');

/** The objects that a request names, in its path or its body. */
export interface Named extends Tenant {
  /** An active device of `user`, and one that waits for its code. */
  readonly device: string;
  readonly pending: string;
  /** A user who has to verify the account, and was sent nothing. */
  readonly waiting: string;
  /** Open, of `user`, waiting for a code. */
  readonly flow: string;
  /** What the trail of the environment begins with. */
  readonly activity: string;
  /** One of each managed resource. */
  readonly objects: Objects;
}

/** Objects that nobody has. */
export const nobodys: Named = {
  environment: NOBODY,
  population: NOBODY,
  policy: NOBODY,
  otherPolicy: NOBODY,
  user: NOBODY,
  newcomer: NOBODY,
  email: NOBODY,
  sms: NOBODY,
  device: NOBODY,
  pending: NOBODY,
  waiting: NOBODY,
  flow: NOBODY,
  activity: NOBODY,
  objects: {
    ...Object.fromEntries(
      ['applicationId', 'oathJobId', 'trustedEmailId', ...SAMPLES.map(({ parameter }) => parameter)].map((name) => [
        name,
        NOBODY,
      ]),
    ),
    ...NAMES,
  },
};

/** The seeded objects of a tenant, with a pending device and an open flow made for the occasion. */
export async function namedIn(world: World, tenant: Tenant = here): Promise<Named> {
  const pending = await world.ask({
    path: `/environments/${tenant.environment}/users/${tenant.user}/devices`,
    body: { type: 'SMS', phone: '+15125550133', status: 'ACTIVATION_REQUIRED', testMode: true },
  });
  const flow = await world.ask({
    path: `/${tenant.environment}/deviceAuthentications`,
    body: { user: { id: tenant.user }, selectedDevice: { id: tenant.email } },
  });
  // An environment has none until somebody writes them.
  const mail = await world.ask({
    method: 'PUT',
    path: `/environments/${tenant.environment}/notificationsSettings/emailDeliverySettings`,
    body: MAIL_SERVER,
  });
  await world.postern.app.sealer.seal();
  const objects = await makeSamples(world, tenant.environment);
  const member = await world.ask({
    path: `/environments/${tenant.environment}/users/${tenant.user}/memberOfGroups`,
    body: { id: objects['groupId'] },
  });
  const password = await world.ask({
    method: 'PUT',
    path: `/environments/${tenant.environment}/users/${tenant.user}/password`,
    type: 'password.set',
    body: { value: RIGHT_PASSWORD },
  });
  if (password.status !== 200 || mail.status !== 200) throw new Error(password.text + mail.text);
  if ([pending, flow, member].some(({ status }) => status !== 201))
    throw new Error(`${pending.text} ${flow.text} ${member.text}`);
  await pairToken(world, tenant, objects);
  return {
    ...tenant,
    device: tenant.email,
    pending: String(pending.body['id']),
    waiting: await waitingIn(world, tenant),
    flow: String(flow.body['id']),
    activity: activityId(uuidOf(tenant.environment), 1, 0),
    objects,
  };
}

/** A user whom an import has left to verify the account. */
async function waitingIn(world: World, { environment, population }: Tenant): Promise<string> {
  const { status, body, text } = await world.ask({
    path: `/environments/${environment}/users`,
    type: 'user.import',
    body: {
      username: 'waiting',
      email: 'waiting@example.org',
      population: { id: population },
      lifecycle: { status: 'VERIFICATION_REQUIRED', suppressVerificationCode: true },
    },
  });
  if (status !== 201) throw new Error(text);
  return String(body['id']);
}

const MAIL_SERVER = { host: 'mail.example.org', username: 'postern', password: 'a-password' };

/** The user's token is one that a pending device of the user's names. */
async function pairToken(world: World, { environment, user }: Tenant, objects: Objects): Promise<void> {
  const token = await world.ask({ path: `/environments/${environment}/oathTokens/${objects['tokenId']}` });
  const { status, text } = await world.ask({
    path: `/environments/${environment}/users/${user}/devices`,
    body: { type: 'OATH_TOKEN', serialNumber: token.body['serialNumber'] },
  });
  if (status !== 201) throw new Error(text);
}

const FORM = 'grant_type=client_credentials';
const TOKEN_FORM = 'token=nobodys';
const BASIC = `Basic ${Buffer.from(`${clientId(HERE, 'backend')}:${SECRET}`).toString('base64')}`;

const VARIANT = `?filter=${encodeURIComponent('variant eq "nobody’s"')}`;
const SINCE = 'recordedat ge "2026-01-01T00:00:00Z"';
/** Queries of operations that need one. */
const QUERIES: Readonly<Record<string, string>> = {
  'templateContents.variant.rename': VARIANT,
  'templateContents.variant.delete': VARIANT,
  'activity.list': `?filter=${encodeURIComponent(SINCE)}`,
};

const OTHERS = ownCertificate(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);

/** Environments made: their names are unique. */
let made = 0;

/** Of a predefined scope of a predefined resource. */
function grantOf({ environment }: Named, resource: string, scope: string): Body {
  const home = parseUuid(environment) ?? uuidOf(NOBODY);
  const id = namedId(home, `resource//${resource}`);
  return { resource: { id }, scopes: [{ id: namedId(home, `scope/${id}/${scope}`) }] };
}

/** A body that fits, for every operation that takes one. */
const BODIES: Readonly<Record<string, (named: Named) => Body | string>> = {
  'token.issue': () => FORM,
  'token.issueByClient': () => FORM,
  'token.introspect': () => TOKEN_FORM,
  'token.revoke': () => TOKEN_FORM,
  'signOnPolicyAssignment.create': ({ objects }) => ({ signOnPolicy: { id: objects['signOnPolicyId'] }, priority: 1 }),
  'signOnPolicyAssignment.update': ({ objects }) => ({ signOnPolicy: { id: objects['signOnPolicyId'] }, priority: 2 }),
  // An application has one for each resource.
  'grant.create': (named) => grantOf(named, 'openid', 'profile'),
  'grant.update': (named) => grantOf(named, 'PingOne API', 'p1:read:device'),
  'application.secret.rotate': () => ({}),
  'license.name.update': () => ({ name: 'Renamed' }),
  'environment.create': () => ({ name: `Another ${++made}`, type: 'SANDBOX', region: 'NA' }),
  'environment.update': ({ environment }) => ({ name: `Again ${environment}`, type: 'SANDBOX', region: 'NA' }),
  'environment.type.update': () => ({ type: 'SANDBOX' }),
  'environment.status.update': () => ({ status: 'ACTIVE' }),
  'environment.billOfMaterials.update': () => ({ products: [{ type: 'PING_ONE_MFA' }] }),
  'user.create': () => ({ username: 'new.user', email: 'new.user@example.org' }),
  'user.import': ({ population }) => ({
    username: 'imported',
    email: 'imported@example.org',
    population: { id: population },
    password: { value: RIGHT_PASSWORD },
  }),
  'user.password.set': () => ({ value: RIGHT_PASSWORD }),
  'user.password.reset': () => ({ newPassword: OTHER_PASSWORD, currentPassword: RIGHT_PASSWORD }),
  'user.password.check': () => ({ password: RIGHT_PASSWORD }),
  'user.password.forceChange': () => ({}),
  'user.password.unlock': () => ({}),
  'trustedEmail.create': () => ({ emailAddress: 'noreply@example.org' }),
  'trustedEmail.sendVerificationCode': () => ({}),
  'trustedEmail.activate': () => ({ verificationCode: '00000000' }),
  'user.sendVerificationCode': () => ({}),
  'user.verify': () => ({ verificationCode: '00000000' }),
  'user.password.sendRecoveryCode': () => ({}),
  'user.password.recover': () => ({ recoveryCode: '00000000', newPassword: OTHER_PASSWORD }),
  'user.replace': () => ({ username: 'replaced', email: 'replaced@example.org' }),
  'user.update': () => ({ nickname: 'Annie' }),
  'user.enabled.update': () => ({ enabled: true }),
  'user.mfaEnabled.update': () => ({ mfaEnabled: true }),
  'user.bypassMFA.update': () => ({ bypassMFAEnabledUntil: '2031-06-01T00:00:00.000Z' }),
  'user.population.update': ({ population }) => ({ id: population }),
  'user.verifyStatus.update': () => ({ verifyStatus: 'ENABLED' }),
  'user.identityProvider.update': () => ({ type: 'PING_ONE' }),
  'group.memberOfGroups.create': ({ objects }) => ({ id: objects['holdingGroupId'] ?? NOBODY }),
  'memberOfGroups.add': ({ objects }) => ({ id: objects['groupId'] ?? NOBODY }),
  'user.account.lock': () => ({ unlockAt: '2031-06-01T00:00:00Z' }),
  'user.account.unlock': () => ({}),
  'deviceAuthentication.create': ({ user }) => ({ user: { id: user } }),
  'deviceAuthentication.payload.check': ({ user, policy }) => ({
    user: { id: user },
    policy: { id: policy },
    payload: { type: 'BROWSER', value: 'signals' },
  }),
  'deviceAuthentication.device.select': ({ sms }) => ({ device: { id: sms } }),
  'deviceAuthentication.otp.check': () => ({ otp: '000000' }),
  'deviceAuthentication.assertion.check': () => ({ origin: 'https://postern.test', assertion: '{}' }),
  'deviceAuthentication.cancel.push.authentication': () => ({ reason: 'CHANGE_DEVICE' }),
  'device.create': () => ({ type: 'EMAIL', email: 'another@example.org' }),
  'devices.reorder': ({ sms, email }) => ({ order: [{ id: sms }, { id: email }] }),
  'devices.order.remove': () => ({}),
  'devices.order.delete': () => ({}),
  'device.activate': () => ({ otp: '000000' }),
  'device.activate.put': () => ({ otp: '000000' }),
  'device.sendActivationCode': () => ({}),
  'device.block': () => ({}),
  'device.unblock': () => ({}),
  'device.unlock': () => ({}),
  'device.nickname.update': () => ({ nickname: 'Blue key' }),
  'device.logs.update': () => ({ status: 'PENDING' }),
  'deviceAuthenticationPolicy.create': () => ({ ...factoryPolicy({ name: 'Third', default: false }) }),
  'deviceAuthenticationPolicies.fido2.migrate': () => ({}),
  'deviceAuthenticationPolicy.update': () => ({ ...factoryPolicy({ name: 'Second again', default: false }) }),
  'activity.query': () => ({ filter: SINCE }),
  'templateContents.variant.rename': () => ({ variant: 'another' }),
  // An application has one of each type.
  'pushCredential.create': () => ({ type: 'FCM_HTTP_V1', googleServiceAccountCredentials: '{}' }),
  'notificationsSettings.update': () => ({ deliveryMode: 'ALL' }),
  'emailDeliverySettings.update': () => MAIL_SERVER,
  'oathJob.import': () => ({ type: 'CREATE_OATH_TOKENS', tokens: [oathToken(`J${++made}`)] }),
  'oathJob.revoke': () => ({ type: 'REVOKE_OATH_TOKENS', tokenIds: [NOBODY] }),
  'oathToken.resync': () => ({ otps: ['000000', '000000'] }),
  'user.oathToken.resync': () => ({ otps: ['000000', '000000'] }),
  // The default one could not be deleted.
  'theme.default.update': () => ({ default: false }),
  'brandingSettings.update': () => ({ companyName: 'Postern Ltd' }),
  'population.defaultIdentityProvider.update': ({ objects }) => ({ id: objects['identityProviderId'] ?? NOBODY }),
  'mfaSettings.update': () => ({ pairing: { maxAllowedDevices: 5 } }),
};

/** Forms in place of bodies. */
const FILES: Readonly<Record<string, ReturnType<typeof formOf>>> = {
  'key.import': importOf(keystore('open')),
  // Of another key: good as far as that.
  'key.csr.import': formOf({ file: pemOf(OTHERS) }),
  'key.csr.import.put': formOf({ file: pemOf(OTHERS) }),
};

const WAITING = new Set(['user.sendVerificationCode', 'user.verify']);
const PENDING = new Set(['device.activate', 'device.activate.put', 'device.sendActivationCode']);

/** A request for this operation that is right in every way, about these objects. */
export function rightRequest(route: Route, named: Named): Ask {
  const ids: Readonly<Record<string, string>> = {
    envId: named.environment,
    organizationId: ORGANIZATION_ID,
    licenseId: LICENSE_ID,
    roleId: roleByName('Environment Admin').id,
    userId: WAITING.has(route.id) ? named.waiting : named.user,
    deviceId: PENDING.has(route.id) ? named.pending : named.device,
    policyId: named.otherPolicy,
    populationId: named.population,
    id: named.flow,
    activityId: named.activity,
    ...named.objects,
  };
  const path = route.path.replace(/:(\w+)/g, (_all, name: string) => {
    const id = ids[name];
    if (id === undefined) throw new TypeError(`no object for :${name} of ${route.id}`);
    return id;
  });
  const file = FILES[route.id] ?? SAMPLES.find(({ id }) => route.id === `${id}.create`)?.file;
  const body = BODIES[route.id]?.(named) ?? file?.body ?? sampleFor(route, named.objects);
  if (route.accepts !== undefined && body === undefined) throw new TypeError(`no body for ${route.id}`);
  return {
    method: route.method,
    path: `${path}${QUERIES[route.id] ?? ''}`,
    ...(route.permission === 'public' ? { token: null, headers: { authorization: BASIC } } : {}),
    ...(route.accepts === undefined ? {} : { type: file?.type ?? route.accepts }),
    ...(body === undefined ? {} : { body }),
  };
}

/** What creates or replaces one of the samples. */
function sampleFor({ id, accepts }: Route, objects: Objects): Body | undefined {
  const sample = SAMPLES.find((candidate) => id === `${candidate.id}.create` || id === `${candidate.id}.update`);
  if (!sample || accepts !== 'application/json') return undefined;
  return id.endsWith('.update') ? replacementOf(sample, objects) : sampleBody(sample);
}

/** Operations that delete come last, so that what the others need is still there. */
export function deletingLast(routes: readonly Route[]): readonly Route[] {
  const rank = ({ id, method }: Route): number =>
    id === 'environment.delete'
      ? 3
      : id === 'user.delete' || id === 'group.delete'
        ? 2
        : method === 'DELETE' || id.startsWith('devices.order')
          ? 1
          : 0;
  // What stands below something goes before it.
  const depth = ({ path }: Route): number => path.split('/').length;
  return [...routes].sort((a, b) => rank(a) - rank(b) || (rank(a) === 0 ? 0 : depth(b) - depth(a)));
}
