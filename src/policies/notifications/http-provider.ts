import type { Static } from 'typebox';
import { oneOf } from '../../kernel/document-schema.js';
import type { FieldProblem } from '../../kernel/field-problem.js';
import type { JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';

const Text = Type.String({ minLength: 1, maxLength: 1_024 });
/** A token may be a signed one. */
const Secret = Type.String({ minLength: 1, maxLength: 8_192 });

/** What each way to authenticate needs; the others' members are not kept (wire: `30` §7.2, §8.2). */
const NEEDS = {
  NONE: [],
  BASIC: ['username', 'password'],
  BEARER: ['authToken'],
  CUSTOM_HEADER: ['headerName', 'headerValue'],
  OAUTH2: ['authUrl', 'clientId', 'clientSecret'],
} as const;

/** How a provider that speaks HTTP is told who is calling (wire: `30` §7.2, §8.2). */
export const ProviderAuthentication = Type.Object({
  method: oneOf('BASIC', 'BEARER', 'CUSTOM_HEADER', 'OAUTH2', 'NONE'),
  username: Type.Optional(Text),
  password: Type.Optional(Secret),
  authToken: Type.Optional(Secret),
  headerName: Type.Optional(Type.String({ maxLength: 256, pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$" })),
  headerValue: Type.Optional(Secret),
  authUrl: Type.Optional(Type.String({ maxLength: 2_048, pattern: '^https?://\\S+$' })),
  clientId: Type.Optional(Text),
  clientSecret: Type.Optional(Secret),
  /** The server's own; there is one way only. */
  grantType: Type.Optional(oneOf('CLIENT_CREDENTIALS')),
  clientAuthenticationMethod: Type.Optional(oneOf('BASIC_AUTH_HEADER')),
});
export type ProviderAuthentication = Static<typeof ProviderAuthentication>;

/** Members of it that are never shown, below `authentication`. */
export const PROVIDER_SECRETS = ['password', 'authToken', 'headerValue', 'clientSecret'].map(
  (member) => `authentication.${member}`,
);

/** Members of a request to a provider that all providers have. */
export const providerRequest = {
  method: oneOf('GET', 'POST'),
  headers: Type.Optional(Type.Record(Type.String(), Type.String({ maxLength: 2_048 }))),
  body: Type.Optional(Type.String({ maxLength: 16_384 })),
};

/** What a way to authenticate needs and has not got. */
export function authenticationProblems(authentication: ProviderAuthentication): readonly FieldProblem[] {
  return NEEDS[authentication.method].flatMap((member) =>
    authentication[member] === undefined ? [{ problem: 'required', target: `authentication.${member}` } as const] : [],
  );
}

/** The members that count, and what the server adds to them (`30` §7.2). */
export function authenticationAsKept(authentication: ProviderAuthentication): JsonObject {
  const { method } = authentication;
  const members = NEEDS[method].flatMap((name) => {
    const value = authentication[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    method,
    ...Object.fromEntries(members),
    ...(method === 'OAUTH2'
      ? { grantType: 'CLIENT_CREDENTIALS', clientAuthenticationMethod: 'BASIC_AUTH_HEADER' }
      : {}),
  };
}

/** Without these nobody would be told anything. */
const NEEDED = ['$' + '{to}', '$' + '{message}'];

/** A text that must say to whom and what, and does not. */
export function variableProblems(text: string, target: string): readonly FieldProblem[] {
  const missing = NEEDED.filter((variable) => !text.includes(variable));
  return missing.length === 0 ? [] : [{ problem: 'invalid', target, message: `must contain ${missing.join(' and ')}` }];
}
