import type { Static } from 'typebox';
import { durationIn, fits, oneOf, unitRangeProblems } from '../../kernel/document-schema.js';
import type { FieldProblem } from '../../kernel/field-problem.js';
import type { JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import type { ManagedResource, Rule } from '../../platform/managed/resource.js';
import { checked, notReferredToBy, oneDefault, refersTo, unique } from '../../platform/managed/rules.js';

const KIND = 'notificationsPolicy';
/** The built-in sender, wherever a chain of phone providers may name it (`30` §6.2). */
export const BUILT_IN_PHONE_PROVIDER = 'PINGONE_TWILIO';

const Country = Type.String({ maxLength: 2, pattern: '^[A-Z]{2}$' });
const Count = Type.Integer({ minimum: 0, maximum: 2_147_483_647 });

const Quota = Type.Object({
  type: oneOf('USER', 'ENVIRONMENT'),
  deliveryMethods: Type.Array(oneOf('SMS', 'Voice', 'WhatsApp', 'Email'), { minItems: 1, maxItems: 3 }),
  total: Type.Optional(Count),
  claimed: Type.Optional(Count),
  unclaimed: Type.Optional(Count),
});

const CoolDown = Type.Object({
  enabled: Type.Boolean(),
  periods: Type.Optional(
    Type.Array(durationIn(['SECONDS', 10, 600], ['MINUTES', 1, 10]), { minItems: 3, maxItems: 3 }),
  ),
  resendLimit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10 })),
  // Released clients send more than the reference lists, and expect it back (`30` §5.2).
  groupBy: Type.Optional(Type.String({ maxLength: 64 })),
});

/** The writable members of a notification policy (wire: `30` §5.2). */
export const NotificationsPolicyDocument = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 256 }),
  default: Type.Optional(Type.Boolean()),
  quotas: Type.Array(Quota, { maxItems: 2 }),
  countryLimit: Type.Optional(
    Type.Object({
      type: oneOf('NONE', 'ALLOWED', 'DENIED'),
      countries: Type.Optional(Type.Array(Country, { maxItems: 300 })),
      deliveryMethods: Type.Optional(Type.Array(oneOf('SMS', 'Voice'), { minItems: 1, maxItems: 2 })),
    }),
  ),
  cooldownConfiguration: Type.Optional(
    Type.Object({ sms: CoolDown, voice: CoolDown, email: CoolDown, whatsApp: CoolDown }),
  ),
  providerConfiguration: Type.Optional(
    Type.Object({
      conditions: Type.Array(
        Type.Object({
          deliveryMethods: Type.Optional(Type.Array(oneOf('SMS', 'VOICE'), { minItems: 1, maxItems: 2 })),
          countries: Type.Optional(Type.Array(Country, { minItems: 1, maxItems: 300 })),
          fallbackChain: Type.Array(Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) }), {
            minItems: 1,
            maxItems: 10,
          }),
        }),
        { minItems: 1, maxItems: 100 },
      ),
    }),
  ),
});
export type NotificationsPolicyDocument = Static<typeof NotificationsPolicyDocument>;

const isFit = fits(NotificationsPolicyDocument);

/** Whether a stored document is one. */
export function isNotificationsPolicy(value: JsonObject): value is JsonObject & NotificationsPolicyDocument {
  return isFit(value);
}

/** Notification policies of an environment (wire: `30` §5). */
export const notificationsPolicies: ManagedResource = {
  kind: KIND,
  schema: NotificationsPolicyDocument,
  noun: 'NOTIFICATION_POLICY',
  rules: [
    checked((document) => (isNotificationsPolicy(document) ? problemsOf(document) : [])),
    unique(KIND, 'name'),
    oneDefault(KIND),
    refersTo('phoneDeliverySettings', 'providerConfiguration.conditions.*.fallbackChain.*.id', 'a phone provider', {
      also: [BUILT_IN_PHONE_PROVIDER],
    }),
    notReferredToBy('deviceAuthenticationPolicy', 'notificationsPolicy.id'),
    withDefaults(),
  ],
};

/** The policy that a new environment has (`30` §5.3). */
export function factoryNotificationsPolicy(): JsonObject & NotificationsPolicyDocument {
  const off = { enabled: false };
  return {
    name: 'Default Notification Policy',
    default: true,
    quotas: [],
    countryLimit: { type: 'NONE', countries: [] },
    cooldownConfiguration: { sms: off, voice: off, email: off, whatsApp: off },
  };
}

/** `default` is always shown; a limit on countries always says for which methods (`30` §5.2). */
function withDefaults(): Rule {
  return {
    completes({ document }) {
      const complete = { ...document, default: document['default'] ?? false };
      const { countryLimit } = document as JsonObject & NotificationsPolicyDocument;
      return !countryLimit || countryLimit.type === 'NONE' || countryLimit.deliveryMethods
        ? complete
        : { ...complete, countryLimit: { ...countryLimit, deliveryMethods: ['SMS', 'Voice'] } };
    },
  };
}

function problemsOf(document: JsonObject & NotificationsPolicyDocument): readonly FieldProblem[] {
  return [
    ...unitRangeProblems(NotificationsPolicyDocument, document),
    ...quotaProblems(document),
    ...countryProblems(document),
    ...coolDownProblems(document),
    ...conditionProblems(document),
  ];
}

/** Messages of a day to one user at most, where a policy limits them (`30` §5.2). */
const MOST_PER_USER = 50;

function quotaProblems({ quotas }: NotificationsPolicyDocument): readonly FieldProblem[] {
  const groups = quotas.map(({ deliveryMethods }) => new Set(deliveryMethods.map((method) => method === 'Email')));
  return quotas.flatMap(({ type, total, claimed, unclaimed }, index): FieldProblem[] => {
    const at = `quotas[${index}]`;
    const problems: FieldProblem[] = [];
    const [isEmail] = groups[index] ?? [];
    if (groups[index]?.size !== 1)
      problems.push({ problem: 'invalid', target: `${at}.deliveryMethods`, message: 'must not mix Email with others' });
    else if (groups.slice(0, index).some((group) => group.has(isEmail ?? false)))
      problems.push({ problem: 'invalid', target: `${at}.deliveryMethods`, message: 'has a quota already' });
    const hasParts = claimed !== undefined && unclaimed !== undefined;
    if (total === undefined && !hasParts) problems.push({ problem: 'required', target: `${at}.total` });
    if (total !== undefined && (claimed !== undefined || unclaimed !== undefined))
      problems.push({ problem: 'invalid', target: `${at}.total`, message: 'excludes claimed and unclaimed' });
    for (const [member, value] of Object.entries({ total, claimed, unclaimed }))
      if (type === 'USER' && value !== undefined && value > MOST_PER_USER)
        problems.push({ problem: 'outOfRange', target: `${at}.${member}`, minimum: 0, maximum: MOST_PER_USER });
    return problems;
  });
}

function countryProblems({ countryLimit }: NotificationsPolicyDocument): readonly FieldProblem[] {
  return countryLimit && countryLimit.type !== 'NONE' && !countryLimit.countries?.length
    ? [{ problem: 'required', target: 'countryLimit.countries' }]
    : [];
}

function coolDownProblems({ cooldownConfiguration }: NotificationsPolicyDocument): readonly FieldProblem[] {
  return Object.entries(cooldownConfiguration ?? {}).flatMap(([method, { enabled, periods, resendLimit }]) => {
    const at = `cooldownConfiguration.${method}`;
    return [
      ...(enabled && !periods ? [{ problem: 'required', target: `${at}.periods` } as const] : []),
      ...(enabled && resendLimit === undefined ? [{ problem: 'required', target: `${at}.resendLimit` } as const] : []),
    ];
  });
}

function conditionProblems({ providerConfiguration }: NotificationsPolicyDocument): readonly FieldProblem[] {
  if (!providerConfiguration) return [];
  const catchAll = providerConfiguration.conditions.filter(({ countries }) => !countries);
  return catchAll.length === 1
    ? []
    : [
        {
          problem: 'invalid',
          target: 'providerConfiguration.conditions',
          message: 'must have exactly one condition without countries',
        },
      ];
}
