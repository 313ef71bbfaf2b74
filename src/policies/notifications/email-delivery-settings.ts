import type { Static } from 'typebox';
import { fits, oneOf } from '../../kernel/document-schema.js';
import type { FieldProblem } from '../../kernel/field-problem.js';
import type { JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import type { SingletonResource } from '../../platform/managed/resource.js';
import { checked } from '../../platform/managed/rules.js';
import {
  authenticationAsKept,
  authenticationProblems,
  PROVIDER_SECRETS,
  ProviderAuthentication,
  providerRequest,
  variableProblems,
} from './http-provider.js';
import { Sender } from './senders.js';

const senders = { from: Type.Optional(Sender), replyTo: Type.Optional(Sender) };

/** A mail server (wire: `30` §7.1). */
const Smtp = Type.Object({
  /** Computed; what is sent is not looked at, but tells this shape from the other. */
  protocol: Type.Optional(oneOf('SMTPS', 'SMTP')),
  host: Type.String({ maxLength: 253, pattern: '^[A-Za-z0-9.:_-]+$' }),
  port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
  username: Type.String({ minLength: 1, maxLength: 256 }),
  password: Type.String({ minLength: 1, maxLength: 1_024 }),
  ...senders,
});

/** A provider that speaks HTTP (wire: `30` §7.2). */
const Custom = Type.Object({
  protocol: Type.Literal('HTTP'),
  name: Type.String({ minLength: 1, maxLength: 256 }),
  provider: Type.Optional(oneOf('CUSTOM_PROVIDER')),
  authentication: ProviderAuthentication,
  ...senders,
  requests: Type.Array(
    Type.Object({
      deliveryMethod: oneOf('EMAIL'),
      url: Type.String({ maxLength: 2_048, pattern: '^https?://\\S+$' }),
      ...providerRequest,
    }),
    { minItems: 1, maxItems: 1 },
  ),
});
type Custom = Static<typeof Custom>;

const isFit = fits(Custom);
const isCustom = (value: JsonObject): value is JsonObject & Custom => isFit(value);

/** How an environment's mail is sent, if not by the server's own gateway (wire: `30` §7). */
export const emailDeliverySettings: SingletonResource = {
  kind: 'emailDeliverySettings',
  schema: Type.Union([Smtp, Custom]),
  noun: 'EMAIL_DELIVERY_SETTINGS',
  writeOnly: ['password', ...PROVIDER_SECRETS],
  rules: [
    checked((document) => (isCustom(document) ? customProblems(document) : [])),
    {
      completes: ({ document }) =>
        isCustom(document)
          ? {
              ...document,
              provider: 'CUSTOM_PROVIDER',
              authentication: authenticationAsKept(document.authentication),
            }
          : // Released clients are told this for port 25 too (`30` §7.1).
            { ...document, protocol: 'SMTPS' },
    },
  ],
};

function customProblems({ authentication, requests }: Custom): readonly FieldProblem[] {
  return [
    ...authenticationProblems(authentication),
    ...requests.flatMap(({ method, url, body }, index): readonly FieldProblem[] => {
      if (method === 'GET') return variableProblems(url, `requests[${index}].url`);
      // A `POST` without a body says it all in its headers: the Terraform provider's own tests have such a one.
      return body === undefined ? [] : variableProblems(body, `requests[${index}].body`);
    }),
  ];
}
