import type { Static } from 'typebox';
import type { CheckBrowserCommand, CreateCommand, OneTimeContact } from '../../authentication/command.js';
import type { NotificationRequest } from '../../authentication/model.js';
import type { PresentedBrowser } from '../../devices/browsers/browser.js';
import { KINDS, SENT_TYPES } from '../../devices/kinds/index.js';
import { parseUuid, type Uuid } from '../../kernel/ids.js';
import { Type } from '../../kernel/json-schema.js';
import { accept, type Outcome, reject } from '../../kernel/outcome.js';
import { RELYING_PARTY_ID } from '../../policies/fido2/fido2-policy-document.js';
import {
  type ErrorDetail,
  empty,
  invalid,
  invalidData,
  notFound,
  required,
  tooLong,
  type WireError,
} from '../errors.js';
import { Compatibility } from '../hal/device-authentication.js';
import { SESSION_ID_LENGTH } from './device-request.js';

/** An id in a body: one of another form is a validation error (`00` §2.5). */
export const IdText = Type.String({ pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' });
const Reference = Type.Object({ id: IdText });

/** Base64URL of at least 32 bytes, with or without padding (`10` §3.1). */
const Challenge = Type.String({
  pattern: '^(?:[A-Za-z0-9_-]{4}){10,}(?:[A-Za-z0-9_-]{3}=?|[A-Za-z0-9_-]{4}(?:[A-Za-z0-9_-]{2}(?:==)?)?)$',
});
/** `en`, `fr-CA` (`10` §3.1); `en_GB` is the form some contents use (`30` §9.3). */
const Locale = Type.String({ pattern: '^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,4}$' });

/** What a device has made and the user has typed (`10` §10.4, SEC-09). */
const Passcode = Type.String({ pattern: '^[0-9]{6,10}$' });

const OneTime = Type.Object({
  type: Type.Enum(SENT_TYPES),
  phone: Type.Optional(Type.String()),
  email: Type.Optional(Type.String()),
  testMode: Type.Optional(Type.Boolean()),
});

/** The body of a create request (wire: `10` §3.1); members that are not listed are ignored. */
export const CreateBody = Type.Object({
  // A malformed id is answered as an unknown one (`10` §3.1), so its form is not part of the schema.
  user: Type.Optional(Type.Object({ id: Type.Optional(Type.String()) })),
  policy: Type.Optional(Reference),
  selectedDevice: Type.Optional(
    Type.Object({
      id: Type.Optional(IdText),
      oneTime: Type.Optional(OneTime),
      otp: Type.Optional(Passcode),
    }),
  ),
  otp: Type.Optional(Passcode),
  rp: Type.Optional(Type.Object({ id: Type.Optional(Type.String({ maxLength: 253, pattern: RELYING_PARTY_ID })) })),
  webAuthn: Type.Optional(Type.Object({ challenge: Type.Optional(Challenge) })),
  compatibility: Type.Optional(Compatibility),
  mobilePayload: Type.Optional(Type.String()),
  application: Type.Optional(Reference),
  notification: Type.Optional(
    Type.Object({
      template: Type.Optional(
        Type.Object({
          name: Type.Optional(Type.String({ minLength: 1 })),
          variant: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
          locale: Type.Optional(Locale),
          variables: Type.Optional(Type.Record(Type.String(), Type.String())),
        }),
      ),
      policy: Type.Optional(Reference),
      clientContext: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    }),
  ),
});

/** The body of a check of a remembered browser (wire: `10` §14). What the payload says is the page's own and read by nobody here. */
export const CheckBrowserBody = Type.Object({
  // As above.
  user: Type.Object({ id: Type.String() }),
  policy: Reference,
  payload: Type.Object({ type: Type.String({ minLength: 1 }), value: Type.String({ minLength: 1 }) }),
  deviceSession: Type.Optional(
    Type.Object({ id: Type.Optional(Type.String({ minLength: 1, maxLength: SESSION_ID_LENGTH })) }),
  ),
});

type Body = Static<typeof CreateBody>;

const TEMPLATES = ['strong_authentication', 'transaction'] as const;
/** Serialized bytes of `notification.clientContext` (`10` §3.1). */
const CLIENT_CONTEXT_BYTES = 4096;

/** The bytes that the caller chose, in the one spelling that they are kept in. */
const canonicalChallenge = (text: string): string => Buffer.from(text, 'base64url').toString('base64url');

/** The command that a body asks for; else every problem at once, before anything is looked up (SEC-09). */
export function parseCreateBody(body: Body): Outcome<CreateCommand, WireError> {
  const problems: ErrorDetail[] = [];
  const selection = parseSelection(body.selectedDevice ?? {}, problems);
  const notification = parseNotification(body.notification ?? {}, problems);
  if (body.mobilePayload !== undefined) problems.push(invalid('mobilePayload', 'is not supported by this server'));
  // No `user` at all asks for a flow without one (`10` §11.5); one without an id is a slip.
  if (body.user && body.user.id === undefined) problems.push(required('user.id'));
  if (problems.length > 0) return reject(invalidData(...problems));

  const otp = body.selectedDevice?.otp ?? body.otp;
  const user = body.user?.id;
  const userId = user === undefined ? undefined : parseUuid(user);
  if (user !== undefined && userId === undefined) return reject(notFound());
  // Member by member: one hidden class, whatever the request (docs/performance.md).
  return accept({
    userId,
    assertion: parseAssertion(body),
    compatibility: body.compatibility,
    policyId: body.policy && idOf(body.policy.id),
    selection,
    otp,
    applicationId: body.application && idOf(body.application.id),
    notification,
  });
}

/** The same for a check of the browser that presented this cookie, if it did. */
export function parseCheckBrowser(
  { user, policy, deviceSession }: Static<typeof CheckBrowserBody>,
  browser: PresentedBrowser | undefined,
): Outcome<CheckBrowserCommand, WireError> {
  const userId = parseUuid(user.id);
  if (userId === undefined) return reject(notFound());
  const sessionId = deviceSession?.id;
  return accept({
    userId,
    policyId: idOf(policy.id),
    ...(browser ? { browser } : {}),
    ...(sessionId === undefined ? {} : { sessionId }),
  });
}

/** What the request fixes of an assertion; absent when it fixes nothing. */
function parseAssertion({ rp, webAuthn }: Body): CreateCommand['assertion'] {
  const rpId = rp?.id;
  const challenge = webAuthn?.challenge;
  if (rpId === undefined && challenge === undefined) return undefined;
  return {
    ...(rpId === undefined ? {} : { rpId }),
    ...(challenge === undefined ? {} : { challenge: canonicalChallenge(challenge) }),
  };
}

/** A text that a schema has accepted as an id. */
export function idOf(text: string): Uuid {
  const id = parseUuid(text);
  if (id === undefined) throw new TypeError('an id passed the schema and is none');
  return id;
}

function parseSelection(
  { id, oneTime }: NonNullable<Body['selectedDevice']>,
  problems: ErrorDetail[],
): CreateCommand['selection'] {
  if (id !== undefined && oneTime)
    problems.push(invalid('selectedDevice.oneTime', 'must not be combined with selectedDevice.id'));
  if (oneTime) return parseOneTime(oneTime, problems);
  return id === undefined ? undefined : { kind: 'device', id: idOf(id) };
}

/** Only the member that the type asks for is looked at. */
function parseOneTime(oneTime: Static<typeof OneTime>, problems: ErrorDetail[]): OneTimeContact | undefined {
  const { type, testMode = false } = oneTime;
  const kind = KINDS[type];
  const target = `selectedDevice.oneTime.${kind.contactField}`;
  const text = oneTime[kind.contactField];
  const contact = text === undefined ? undefined : kind.parseContact(text);
  if (text === undefined) problems.push(required(target));
  else if (text === '') problems.push(empty(target));
  else if (!contact) problems.push(invalid(target, 'is not valid'));
  if (testMode && !kind.allowsTestMode)
    problems.push(invalid('selectedDevice.oneTime.testMode', `is not available for ${type}`));
  return contact && { kind: 'oneTime', type, contact, testMode };
}

/** What a code sent by the server needs; `clientContext` is for pushes. */
function parseNotification(
  { template, policy, clientContext }: NonNullable<Body['notification']>,
  problems: ErrorDetail[],
): NotificationRequest | undefined {
  if (clientContext && Buffer.byteLength(JSON.stringify(clientContext)) > CLIENT_CONTEXT_BYTES)
    problems.push(tooLong('notification.clientContext', CLIENT_CONTEXT_BYTES));
  if (!template && !policy) return undefined;
  const { variant, locale, variables } = template ?? {};
  const name = TEMPLATES.find((known) => known === template?.name?.toLowerCase());
  if (template?.name !== undefined && name === undefined)
    problems.push(invalid('notification.template.name', 'is not one of the allowed values', TEMPLATES));
  return {
    ...(name === undefined ? {} : { template: name }),
    ...(variant === undefined ? {} : { variant }),
    ...(locale === undefined ? {} : { locale }),
    ...(variables === undefined ? {} : { variables }),
    ...(policy ? { policyId: idOf(policy.id) } : {}),
  };
}
