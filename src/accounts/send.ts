import type { AuditEvent } from '../audit/record.js';
import { composeContent } from '../delivery/content.js';
import type { OutboxMessage, TemplateName } from '../delivery/message.js';
import { ownWords } from '../delivery/own-contents.js';
import type { Deployment } from '../devices/eligibility.js';
import type { EmailAddress } from '../devices/sending/contact.js';
import type { Uuid } from '../kernel/ids.js';
import type { Digests } from '../kernel/keys.js';
import { Redacted } from '../kernel/sealed.js';
import { type IssuedCode, issueCode } from '../otp/code.js';
import type { UserState } from '../platform/rules.js';
import { accountLockEpoch } from '../platform/users/account.js';
import type { CodeUse, UserCode } from '../platform/users/user-code.js';
import type { Snapshot, Undecided, Write } from '../storage/port.js';
import { addressOf, bindingOf, CHANNEL, CODE_LENGTH, CODE_LIFE, codesOf, lockOf } from './code.js';
import type { AccountRejection } from './rejection.js';
import { reserveMail } from './reserve-mail.js';

/** What is said with a code, by its use (wire: `30` §9.2). */
const TEMPLATES: Readonly<Record<CodeUse, TemplateName>> = {
  verification: 'verification_code_template',
  recovery: 'recovery_code_template',
};

/** What a code is made of and where it goes. */
export interface SendFacts {
  readonly digits: string;
  readonly messageId: Uuid;
  readonly digests: Digests;
  readonly deployment: Pick<Deployment, 'channels' | 'sendLimits'>;
}

/** A code on its way, without the write of its user, whose version guards it; or why there is none. */
export type Sent =
  | ({ readonly kind: 'needs' } & Undecided)
  | { readonly kind: 'refused'; readonly rejection: AccountRejection; readonly events: readonly AuditEvent[] }
  | { readonly kind: 'sent'; readonly writes: readonly Write[]; readonly events: readonly AuditEvent[] };

/**
 * Issues a code to the user's address and puts it into the outbox; the one before is dead (SEC-06), and asking for another gives no
 * attempt back (SEC-12). Limits on sending hold as for any code (SEC-36).
 */
export function sendUserCode(snapshot: Snapshot, state: UserState, use: CodeUse, facts: SendFacts): Sent {
  const { user, factors, now } = state;
  const { environmentId, id: userId } = user;
  const { digits, messageId, digests, deployment } = facts;
  const codes = codesOf(state, use, snapshot.directory?.codes);
  const lock = lockOf(codes, now);
  if (lock) return { kind: 'refused', rejection: lock, events: [] };
  const address = addressOf(state);
  if (!address || !deployment.channels.has(CHANNEL))
    return { kind: 'refused', rejection: { kind: 'Undeliverable' }, events: [] };
  // An environment's default notification policy governs what no request names another for (`30` §5.4).
  const rules = snapshot.configuration?.defaultSendRules?.[CHANNEL];
  const sending = { environmentId, userId, address, now, digests, deployment, rules };
  const reserved = reserveMail(sending, snapshot, { environmentId, userId });
  if (reserved.kind !== 'granted') return reserved;
  const { code, issued } = issueCode(
    digits,
    bindingOf(codes, address, codes.sends, digests),
    { length: CODE_LENGTH, lifeTime: CODE_LIFE, epoch: accountLockEpoch(factors) },
    now,
    digests,
  );
  const next: UserCode = {
    ...codes,
    sends: codes.sends + 1,
    code: issued,
    ...(codes.code ? { replaced: codes.code } : {}),
  };
  const message = messageWith(code, issued, address, state, TEMPLATES[use], messageId, snapshot);
  return {
    kind: 'sent',
    writes: [
      { kind: 'put', entity: 'userCode', value: next },
      { kind: 'append', entity: 'outbox', value: message },
      ...reserved.writes,
    ],
    events: [{ type: 'NOTIFICATION.CREATED', environmentId, userId, detail: { channel: CHANNEL } }, ...reserved.events],
  };
}

function messageWith(
  otp: string,
  { expiresAt }: IssuedCode,
  to: EmailAddress,
  { user, now }: UserState,
  template: TemplateName,
  id: Uuid,
  { configuration }: Snapshot,
): OutboxMessage {
  // An environment's contents stand with each of its policies.
  const contents = configuration?.defaultPolicy.contents;
  const words = contents && ownWords(contents, { template, channel: CHANNEL, requestedLocale: undefined, user });
  const content = composeContent({ to, template, user, otp, words });
  return {
    id,
    environmentId: user.environmentId,
    channel: CHANNEL,
    userId: user.id,
    content: new Redacted(JSON.stringify(content)),
    deadline: expiresAt,
    createdAt: now,
  };
}
