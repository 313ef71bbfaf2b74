import type { Static } from 'typebox';
import { fits, oneOf } from '../../kernel/document-schema.js';
import type { FieldProblem } from '../../kernel/field-problem.js';
import type { JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import type { ManagedResource } from '../../platform/managed/resource.js';
import { atMost, checked, immutable, leavesReferrers, notReferredToBy } from '../../platform/managed/rules.js';
import {
  authenticationAsKept,
  authenticationProblems,
  PROVIDER_SECRETS,
  ProviderAuthentication,
  providerRequest,
  variableProblems,
} from './http-provider.js';
import { PHONE_CHAIN } from './notifications-settings.js';
import { type VendorAccount, vendorLogin } from './vendor-accounts.js';

const KIND = 'phoneDeliverySettings';
/** Of one environment (`30` §8). */
const MOST = 10;

const Name = Type.String({ minLength: 1, maxLength: 256 });
const Secret = Type.String({ minLength: 1, maxLength: 1_024 });

/** A number to send from (wire: `30` §8.3); there is no check of its format. */
const Numbers = Type.Optional(
  Type.Array(
    Type.Object({
      number: Type.String({ minLength: 1, maxLength: 64 }),
      type: oneOf('PHONE_NUMBER', 'TOLL_FREE', 'SHORT_CODE'),
      capabilities: Type.Optional(Type.Array(oneOf('SMS', 'VOICE'), { maxItems: 2 })),
      selected: Type.Optional(Type.Boolean()),
      available: Type.Optional(Type.Boolean()),
      supportedCountries: Type.Optional(
        Type.Array(Type.String({ maxLength: 2, pattern: '^[A-Z]{2}$' }), { maxItems: 300 }),
      ),
    }),
    { maxItems: 100 },
  ),
);

const account = { name: Type.Optional(Name), authToken: Secret, numbers: Numbers };
const withSid = { sid: Type.String({ minLength: 1, maxLength: 64 }), ...account };

/** A provider that speaks HTTP (wire: `30` §8.2). */
const Custom = Type.Object({
  provider: Type.Literal('CUSTOM_PROVIDER'),
  name: Name,
  authentication: ProviderAuthentication,
  requests: Type.Array(
    Type.Object({
      deliveryMethod: oneOf('SMS', 'VOICE'),
      url: Type.String({ maxLength: 2_048, pattern: '^https://\\S+$' }),
      ...providerRequest,
      phoneNumberFormat: Type.Optional(oneOf('FULL', 'NUMBER_ONLY')),
      beforeTag: Type.Optional(Type.String({ maxLength: 256 })),
      afterTag: Type.Optional(Type.String({ maxLength: 256 })),
    }),
    { minItems: 1, maxItems: 20 },
  ),
  numbers: Numbers,
});
type Custom = Static<typeof Custom>;

const isFit = fits(Custom);
const isCustom = (value: JsonObject): value is JsonObject & Custom => isFit(value);

/**
 * Phone delivery settings of an environment (wire: `30` §8). `accounts` stand for the vendors: credentials that are none of theirs
 * are refused.
 */
export function phoneDeliverySettings(accounts: readonly VendorAccount[]): ManagedResource {
  return {
    kind: KIND,
    schema: Type.Union([
      Type.Object({ provider: Type.Literal('CUSTOM_TWILIO'), ...withSid }),
      Type.Object({ provider: Type.Literal('CUSTOM_SYNIVERSE'), ...account }),
      Type.Object({ provider: Type.Literal('CUSTOM_TWILIO_VERIFY'), ...withSid }),
      Custom,
    ]),
    noun: 'PHONE_DELIVERY_SETTINGS',
    writeOnly: ['authToken', ...PROVIDER_SECRETS],
    rules: [
      checked((document) => (isCustom(document) ? customProblems(document) : [])),
      immutable('provider'),
      vendorLogin(accounts),
      atMost(KIND, MOST),
      { completes: ({ document }) => withKeptAuthentication(document) },
      notReferredToBy('notificationsPolicy', 'providerConfiguration.conditions.*.fallbackChain.*.id'),
      // The environment's chain goes on without it (`30` §8.4).
      leavesReferrers('notificationsSettings', [`${PHONE_CHAIN}.*`]),
    ],
  };
}

function withKeptAuthentication(document: JsonObject): JsonObject {
  return isCustom(document) ? { ...document, authentication: authenticationAsKept(document.authentication) } : document;
}

function customProblems({ authentication, requests, numbers = [] }: Custom): readonly FieldProblem[] {
  return [
    ...authenticationProblems(authentication),
    // A `POST` may say it all in its own way, or nothing (`30` §8.2).
    ...requests.flatMap(({ method, url }, index) =>
      method === 'GET' ? variableProblems(url, `requests[${index}].url`) : [],
    ),
    ...numbers.flatMap(({ type, supportedCountries = [] }, index): FieldProblem[] => {
      const target = `numbers[${index}].supportedCountries`;
      const count = supportedCountries.length;
      if (type === 'PHONE_NUMBER')
        return count > 0 ? [{ problem: 'invalid', target, message: 'is not for a PHONE_NUMBER' }] : [];
      if (count === 0) return [{ problem: 'required', target }];
      return type === 'SHORT_CODE' && count > 1
        ? [{ problem: 'invalid', target, message: 'must be one country for a SHORT_CODE' }]
        : [];
    }),
  ];
}
