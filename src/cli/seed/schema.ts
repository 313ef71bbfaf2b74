import type { Static, TSchema } from 'typebox';
import { KINDS, SENT_TYPES } from '../../devices/kinds/index.js';
import type { Members } from '../../devices/kinds/kind.js';
import { Type } from '../../kernel/json-schema.js';
import { PolicyDocument } from '../../policies/device-authentication/policy-document.js';
import { MfaSettingsDocument } from '../../policies/mfa-settings-document.js';

/**
 * The seed file (`docs/seed-file.md` is made from this): what `postern dev --seed` creates in place of the demo environment.
 * Members are named as the API names them; a member that is not listed is a mistake and is reported.
 */

const closed = { additionalProperties: false } as const;

const oneOf = <const V extends string>(values: readonly V[], description: string) =>
  Type.Enum([...values], { description });

const text = (minLength: number, maxLength: number, description: string) =>
  Type.String({ minLength, maxLength, description });

const id = (of: string) =>
  Type.Optional(
    Type.String({
      pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
      description: `UUID in lower case. Default: one derived from the names of ${of}, the same at every start.`,
    }),
  );

/** Members of a device that do not depend on its type. */
export const COMMON_DEVICE_MEMBERS = {
  id: id('the device’s type and contact and of all that it belongs to'),
  type: oneOf(SENT_TYPES, 'What it proves itself by.'),
  nickname: Type.Optional(text(1, 100, 'Name the user gave it.')),
  testMode: Type.Optional(
    Type.Boolean({ description: 'Codes are answered by the API instead of being sent (`EMAIL`, `SMS`, `VOICE`).' }),
  ),
};

/** The types' own members, from their kinds: `email`, `phone`, `extension`, … A kind's rules say which of them it needs. */
const DEVICE_MEMBERS: Readonly<Record<string, TSchema>> = Object.fromEntries(
  SENT_TYPES.flatMap((type) =>
    Object.entries<TSchema>(KINDS[type].members).map(([name, schema]) => [name, Type.Optional(schema)]),
  ),
);

const CommonDevice = Type.Object(COMMON_DEVICE_MEMBERS);
export type SeedDevice = Static<typeof CommonDevice> & Members;

// The kinds' members are not known to the type, only that there are some.
const Device = Type.Unsafe<SeedDevice>(Type.Object({ ...COMMON_DEVICE_MEMBERS, ...DEVICE_MEMBERS }, closed));

const User = Type.Object(
  {
    id: id('the user and the environment'),
    username: text(1, 128, 'Unique in the environment, whatever the case.'),
    email: text(3, 254, 'Address of the profile.'),
    enabled: Type.Optional(Type.Boolean({ description: 'Default: `true`.' })),
    mfaEnabled: Type.Optional(Type.Boolean({ description: 'Default: `true`.' })),
    name: Type.Optional(
      Type.Object(
        {
          given: Type.Optional(text(1, 256, 'Given name.')),
          family: Type.Optional(text(1, 256, 'Family name.')),
          formatted: Type.Optional(text(1, 256, 'Full name.')),
        },
        closed,
      ),
    ),
    mobilePhone: Type.Optional(text(1, 32, 'Number of the profile; codes go to devices only.')),
    preferredLanguage: Type.Optional(text(1, 100, 'Language of messages, as in `Accept-Language`.')),
    devices: Type.Optional(
      Type.Array(Device, { maxItems: 15, description: 'Active devices in order; the first is the default.' }),
    ),
  },
  closed,
);

const ROLES = [
  'Organization Admin',
  'Environment Admin',
  'Identity Data Admin',
  'Identity Data Read Only',
  'Client Application Developer',
  'Configuration Read Only',
] as const;

const Client = Type.Object(
  {
    id: id('the client and the environment'),
    name: text(1, 256, 'What it is called.'),
    secret: text(8, 512, 'Its secret. Anybody who can read the file has it: never one that protects anything.'),
    tokenEndpointAuthMethod: Type.Optional(
      oneOf(
        ['CLIENT_SECRET_BASIC', 'CLIENT_SECRET_POST'],
        'How it proves itself at the token endpoint. Default: `CLIENT_SECRET_BASIC`.',
      ),
    ),
    roles: Type.Optional(
      Type.Array(oneOf(ROLES, 'A role of `docs/roles.md`.'), {
        description: 'Its roles. Default: all of them.',
      }),
    ),
    roleScope: Type.Optional(
      oneOf(['ORGANIZATION', 'ENVIRONMENT'], 'What the roles cover. Default: `ORGANIZATION`, every environment.'),
    ),
  },
  closed,
);

const Policy = Type.Object(
  { id: id('the policy and the environment'), ...PolicyDocument.properties },
  { description: 'As the API takes it (`POST …/deviceAuthenticationPolicies`); read-only members are ignored.' },
);

const Environment = Type.Object(
  {
    id: id('the environment'),
    name: text(1, 256, 'Unique in the file.'),
    description: Type.Optional(text(0, 1024, 'Free text.')),
    type: Type.Optional(oneOf(['SANDBOX', 'PRODUCTION'], 'Default: `SANDBOX`.')),
    region: Type.Optional(oneOf(['NA', 'CA', 'EU', 'AU', 'SG', 'AP'], 'Default: `NA`.')),
    population: Type.Optional(
      Type.Object(
        { id: id('the environment'), name: Type.Optional(text(1, 256, 'Default: `Default`.')) },
        { ...closed, description: 'The default population, which every user belongs to.' },
      ),
    ),
    deviceAuthenticationPolicies: Type.Optional(
      Type.Array(Policy, { minItems: 1, description: 'Exactly one has `default: true`. Default: the factory policy.' }),
    ),
    mfaSettings: Type.Optional(
      Type.Object(MfaSettingsDocument.properties, { description: 'As the API takes them. Default: factory settings.' }),
    ),
    users: Type.Optional(Type.Array(User, { description: 'Users of the default population.' })),
    clients: Type.Optional(
      Type.Array(Client, {
        description: 'Worker applications. The first of the first environment is in the ready file.',
      }),
    ),
  },
  closed,
);

export const SeedFile = Type.Object(
  { environments: Type.Array(Environment, { minItems: 1, description: 'Environments to create.' }) },
  closed,
);

export type SeedFile = Static<typeof SeedFile>;
export type SeedEnvironment = Static<typeof Environment>;
export type SeedUser = Static<typeof User>;
export type SeedClient = Static<typeof Client>;

/** Roles that a seeded client may have; all of them when it names none. */
export const SEED_ROLES: typeof ROLES = ROLES;

/** Members that the documentation refers to the API for, instead of listing theirs. */
export const DOCUMENTED_BY_THE_API: ReadonlySet<TSchema> = new Set<TSchema>([
  Policy,
  Environment.properties.mfaSettings,
]);
