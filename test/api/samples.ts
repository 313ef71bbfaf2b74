import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { ORGANIZATION_ID } from '../../src/cli/seed/world.js';
import { uuidOf } from '../../src/kernel/ids.js';
import { pemOf } from '../../src/platform/certificates/files.js';
import { PLATFORM_ROLES } from '../../src/platform/roles/roles.js';
import { factoryFido2Policies } from '../../src/policies/fido2/fido2-policy-document.js';
import { importOf, ownCertificate } from './certificate-files.js';
import { type Body, clientId, HERE, here, there, type World } from './world.js';

/** A managed resource as the tests over all operations need it: where it is, and a body that fits. A new resource is one entry. */
export interface Sample {
  /** Begins the ids of its operations: `notificationsPolicy` in `notificationsPolicy.create`. */
  readonly id: string;
  /** The path's parameter for one of them. */
  readonly parameter: string;
  /** Of the collection, below the environment; `:parameters` of samples before it are filled in. */
  readonly path: string;
  readonly body: (name: string, objects: Objects) => Body;
  /** Sent in place of the body, as this. */
  readonly file?: { readonly type: string; readonly body: Buffer };
  /** Members that stay as they are. */
  readonly fixed?: readonly string[];
}

/** Those that can be had over the organization. */
const WIDE = PLATFORM_ROLES.filter(({ applicableTo }) => applicableTo.includes('ORGANIZATION'));
/** A PNG of one transparent pixel. */
export const ONE_PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

let assignments = 0;
// One after the other: none is assigned twice to one owner.
const assignment = () => ({
  role: { id: WIDE[++assignments % WIDE.length]?.id },
  scope: { type: 'ORGANIZATION', id: ORGANIZATION_ID },
});

/** A right body for a hardware token. */
export const oathToken = (serialNumber: string): Body => ({
  serialNumber,
  secret: '3132333435363738393031323334353637383930',
  type: 'HOTP',
  otpLength: 6,
});

/** A right body for a branding theme. */
export const theme = (name: string, more: Body = {}): Body => ({
  template: 'split',
  default: false,
  configuration: {
    name,
    logoType: 'NONE',
    backgroundType: 'COLOR',
    backgroundColor: '#FF00F0',
    bodyTextColor: '#8620FF',
    buttonColor: '#0CFFFB',
    buttonTextColor: '#FF6C6C',
    cardColor: '#0FFF39',
    headingTextColor: '#FF0005',
    linkTextColor: '#8A7F06',
    ...more,
  },
});

/** Parents before what stands below them. */
export const SAMPLES: readonly Sample[] = [
  {
    id: 'application',
    parameter: 'applicationId',
    path: '/applications',
    body: (name) => ({
      name,
      type: 'WEB_APP',
      protocol: 'OPENID_CONNECT',
      enabled: true,
      tokenEndpointAuthMethod: 'CLIENT_SECRET_BASIC',
      grantTypes: ['AUTHORIZATION_CODE'],
    }),
  },
  {
    id: 'roleAssignment',
    parameter: 'roleAssignmentId',
    path: '/applications/:applicationId/roleAssignments',
    body: assignment,
  },
  {
    id: 'user.roleAssignment',
    parameter: 'userRoleAssignmentId',
    path: '/users/:userId/roleAssignments',
    body: assignment,
  },
  {
    id: 'fido2Policy',
    parameter: 'fido2PolicyId',
    path: '/fido2Policies',
    body: (name) => ({ ...factoryFido2Policies('example.test')[1], name }),
  },
  {
    id: 'fidoPolicy',
    parameter: 'fidoPolicyId',
    path: '/fidoPolicies',
    body: (name) => ({ name, attestationRequirements: 'NONE', residentKeyRequirement: 'DISCOURAGED' }),
  },
  {
    id: 'fidoDeviceMetadata',
    parameter: 'metadataId',
    path: '/fidoDevicesMetadata',
    // The name of a sample ends in its number.
    body: (name) => ({
      aaguid: `00000000-0000-4000-8000-${String(name.split(' ').at(-1)).padStart(12, '0')}`,
      metadataStatement: { description: name, attestationRootCertificates: [] },
    }),
  },
  {
    id: 'group',
    parameter: 'groupId',
    path: '/groups',
    body: (name) => ({ name, description: 'Some of them' }),
  },
  {
    id: 'holdingGroup',
    parameter: 'holdingGroupId',
    path: '/groups',
    body: (name) => ({ name }),
  },
  {
    id: 'group.memberOfGroups',
    parameter: 'holderId',
    path: '/groups/:groupId/memberOfGroups',
    body: (_name, objects) => ({ id: objects['holdingGroupId'] ?? '00000000-0000-4000-8000-000000000000' }),
  },
  {
    id: 'group.roleAssignment',
    parameter: 'groupRoleAssignmentId',
    path: '/groups/:groupId/roleAssignments',
    body: assignment,
  },
  {
    id: 'image',
    parameter: 'imageId',
    path: '/images',
    body: () => ({}),
    file: { type: 'image/png', body: ONE_PIXEL },
  },
  {
    id: 'theme',
    parameter: 'themeId',
    path: '/themes',
    body: (name) => theme(name),
  },
  {
    id: 'key',
    parameter: 'keyId',
    path: '/keys',
    body: (name) => ({
      name,
      algorithm: 'EC',
      keyLength: 256,
      signatureAlgorithm: 'SHA256withECDSA',
      subjectDN: `CN=${name}, O=Postern, C=US`,
      usageType: 'SIGNING',
      validityPeriod: 365,
      default: false,
    }),
  },
  {
    id: 'keyRotationPolicy',
    parameter: 'keyRotationPolicyId',
    path: '/keyRotationPolicies',
    body: (name) => ({
      name,
      algorithm: 'RSA',
      dn: `CN=${name}, O=Postern, C=US`,
      keyLength: 2048,
      signatureAlgorithm: 'SHA256withRSA',
      usageType: 'SIGNING',
      rotationPeriod: 90,
      validityPeriod: 365,
    }),
  },
  {
    id: 'certificate',
    parameter: 'certificateId',
    path: '/certificates',
    body: () => ({}),
    file: importOf(pemOf(ownCertificate(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey))),
  },
  {
    id: 'pushCredential',
    parameter: 'pushCredentialId',
    path: '/applications/:applicationId/pushCredentials',
    body: (name) => ({ type: 'HMS', clientId: name, clientSecret: 'a-secret-for-tests' }),
  },
  {
    id: 'language',
    parameter: 'languageId',
    path: '/languages',
    // The name of a sample ends in its number: `sq-100`, `sq-101`, …
    body: (name) => ({ locale: `sq-${100 + Number(name.split(' ').at(-1))}`, enabled: false, default: false }),
    fixed: ['locale'],
  },
  {
    id: 'templateContent',
    parameter: 'contentId',
    path: '/templates/:templateName/contents',
    body: (variant) => ({ deliveryMethod: 'SMS', locale: 'en', variant, content: 'News.' }),
  },
  {
    id: 'notificationsPolicy',
    parameter: 'notificationsPolicyId',
    path: '/notificationsPolicies',
    body: (name) => ({ name, quotas: [] }),
  },
  {
    id: 'phoneDeliverySettings',
    parameter: 'phoneDeliverySettingsId',
    path: '/notificationsSettings/phoneDeliverySettings',
    body: (name) => ({
      provider: 'CUSTOM_PROVIDER',
      name,
      authentication: { method: 'BASIC', username: 'postern', password: 'a-password-for-tests' },
      requests: [{ deliveryMethod: 'SMS', method: 'POST', url: 'https://sms.example.org/send' }],
    }),
  },
  {
    id: 'oathToken',
    parameter: 'tokenId',
    path: '/oathTokens',
    body: (name) => oathToken(name.replaceAll(' ', '')),
  },
  {
    id: 'population',
    parameter: 'populationId',
    path: '/populations',
    body: (name) => ({ name, description: 'Some of them' }),
  },
  {
    id: 'gateway',
    parameter: 'gatewayId',
    path: '/gateways',
    body: (name) => ({ name, enabled: false, type: 'PING_FEDERATE' }),
  },
  {
    id: 'identityProvider',
    parameter: 'identityProviderId',
    path: '/identityProviders',
    body: (name) => ({
      type: 'GOOGLE',
      name,
      enabled: false,
      clientId: 'a-client',
      clientSecret: 'a-secret-for-tests',
    }),
  },
  {
    id: 'identityProviderAttribute',
    parameter: 'providerAttributeId',
    path: '/identityProviders/:identityProviderId/attributes',
    body: (name) => ({ name, value: `\${providerAttributes.email}`, update: 'ALWAYS' }),
  },
  {
    id: 'alertChannel',
    parameter: 'alertChannelId',
    path: '/alertChannels',
    body: (alertName) => ({
      alertName,
      channelType: 'EMAIL',
      addresses: ['admin@example.org'],
      includeSeverities: ['ERROR'],
    }),
  },
  {
    id: 'emailDomain',
    parameter: 'emailDomainId',
    path: '/emailDomains',
    body: (name) => ({ domainName: `${name.replace(/\W/g, '-')}.example.org` }),
  },
  {
    id: 'passwordPolicy',
    parameter: 'passwordPolicyId',
    path: '/passwordPolicies',
    body: (name) => ({ name, excludesCommonlyUsed: false, excludesProfileData: true, notSimilarToCurrent: false }),
  },
  {
    id: 'subscription',
    parameter: 'subscriptionId',
    path: '/subscriptions',
    body: (name) => ({
      name,
      enabled: false,
      httpEndpoint: { url: 'https://hooks.example.org/events' },
      filterOptions: { includedActionTypes: ['USER.LOCKED'] },
      verifyTlsCertificates: true,
    }),
  },
  {
    id: 'signOnPolicy',
    parameter: 'signOnPolicyId',
    path: '/signOnPolicies',
    body: (name) => ({ name }),
  },
  {
    id: 'signOnPolicyAction',
    parameter: 'actionId',
    path: '/signOnPolicies/:signOnPolicyId/actions',
    body: () => ({ type: 'MULTI_FACTOR_AUTHENTICATION', priority: 1 }),
  },
  {
    id: 'signOnPolicyAssignment',
    parameter: 'signOnPolicyAssignmentId',
    path: '/applications/:applicationId/signOnPolicyAssignments',
    body: (_name, objects) => ({ signOnPolicy: { id: objects['signOnPolicyId'] }, priority: 1 }),
  },
  {
    id: 'resource',
    parameter: 'resourceId',
    path: '/resources',
    body: (name) => ({ name, audience: 'orders' }),
  },
  {
    id: 'resourceAttribute',
    parameter: 'resourceAttributeId',
    path: '/resources/:resourceId/attributes',
    body: (name) => ({ name, value: `\${user.email}` }),
  },
  {
    id: 'scope',
    parameter: 'scopeId',
    path: '/resources/:resourceId/scopes',
    body: (name) => ({ name: name.replaceAll(' ', ':') }),
  },
  {
    id: 'grant',
    parameter: 'grantId',
    path: '/applications/:applicationId/grants',
    body: (_name, objects) => ({ resource: { id: objects['resourceId'] }, scopes: [{ id: objects['scopeId'] }] }),
  },
];

/** Objects that have names in place of ids, the same in every environment. */
export const NAMES = { templateName: 'general' };

let names = 0;
/** A right body with a name that nothing else has. */
export const sampleBody = ({ id, body }: Sample, objects: Objects = {}): Body => body(`${id} ${++names}`, objects);

/** Samples that were made, as they were sent. */
const made = new Map<string, Body>();

/** A right body to replace a sample with. */
export function replacementOf(sample: Sample, objects: Objects): Body {
  const before = made.get(objects[sample.parameter] ?? '');
  const kept = (sample.fixed ?? []).flatMap((name) => (before ? [[name, before[name]] as const] : []));
  return { ...sampleBody(sample), ...Object.fromEntries(kept) };
}

/** The ids of objects, by the parameters that name them in paths. */
export type Objects = Readonly<Record<string, string>>;

export const withObjects = (path: string, objects: Objects): string =>
  path.replace(/:(\w+)/g, (all, name: string) => objects[name] ?? all);

/** Whom samples stand below that tests name by themselves. */
const seededIn = (environment: string): Objects => ({ userId: (environment === HERE ? here : there).user });

/** Takes away what `makeSamples` made, as far as it is still there: of some there may be few. */
export async function removeSamples(world: World, environment: string, objects: Objects): Promise<void> {
  for (const { path, parameter } of [...SAMPLES].reverse()) {
    const id = objects[parameter];
    const at = `/environments/${environment}${withObjects(path, { ...objects, ...seededIn(environment) })}/${id}`;
    if (id !== undefined) await world.ask({ method: 'DELETE', path: at });
  }
}

/** One of each sample, made in this environment. */
export async function makeSamples(world: World, environment: string): Promise<Objects> {
  // What samples stand below and that is seeded.
  const objects: Record<string, string> = { applicationId: clientId(environment, 'backend'), ...NAMES };
  for (const sample of SAMPLES) {
    const path = `/environments/${environment}${withObjects(sample.path, { ...objects, ...seededIn(environment) })}`;
    const sent = sampleBody(sample, objects);
    const { status, body, text } = await world.ask({ path, ...(sample.file ?? { body: sent }) });
    if (status !== 201) throw new Error(`${sample.id}: ${text}`);
    objects[sample.parameter] = String(body['id']);
    made.set(String(body['id']), sent);
  }
  objects['trustedEmailId'] = await trustedIn(world, environment, objects);
  objects['oathJobId'] = await importIn(world, environment);
  return objects;
}

/** An address that waits for its code; no owner of the sample's domain has published anything. */
async function trustedIn(world: World, environment: string, { emailDomainId: parent }: Objects): Promise<string> {
  const environmentId = uuidOf(environment);
  const id = uuidOf(randomUUID());
  await world.postern.app.store.transact({ environmentId }, ({ now }) => {
    const body = { emailAddress: 'noreply@example.org', status: 'VERIFICATION_REQUIRED' };
    const times = { createdAt: now, updatedAt: now };
    const value = { environmentId, kind: 'trustedEmail', id, parent: String(parent), body, ...times } as const;
    return { writes: [{ kind: 'put', entity: 'document', value }], outcome: undefined };
  });
  return id;
}

/** A job that is done. */
async function importIn(world: World, environment: string): Promise<string> {
  const { status, body, text } = await world.ask({
    path: `/environments/${environment}/oathJobs`,
    type: 'job.oathtokens.create',
    body: { type: 'CREATE_OATH_TOKENS', tokens: [oathToken(`J${++names}`)] },
  });
  if (status !== 201) throw new Error(text);
  return String(body['id']);
}
