import { CHANNEL, CODE_LENGTH } from '../accounts/code.js';
import { reserveMail } from '../accounts/reserve-mail.js';
import type { AuditEvent } from '../audit/record.js';
import { composeContent } from '../delivery/content.js';
import type { TemplateName } from '../delivery/message.js';
import { ownWords } from '../delivery/own-contents.js';
import type { Deployment } from '../devices/eligibility.js';
import { canonicalContact, type EmailAddress } from '../devices/sending/contact.js';
import { days } from '../kernel/duration.js';
import type { Uuid } from '../kernel/ids.js';
import type { Digests } from '../kernel/keys.js';
import { Redacted } from '../kernel/sealed.js';
import { type CodeBinding, issueCode } from '../otp/code.js';
import type { EnvironmentId } from '../platform/model.js';
import type { CodeCount } from '../platform/users/user-code.js';
import type { Snapshot, Undecided, Write } from '../storage/port.js';
import type { SenderRejection } from './rejection.js';

const TEMPLATE: TemplateName = 'email_verification_admin';
/** Public API documentation: *Activate Trusted Email Address*. */
const CODE_LIFE = days(1);

/** What a code is made of and where it goes. */
export interface SendFacts {
  readonly digits: string;
  readonly messageId: Uuid;
  readonly digests: Digests;
  readonly deployment: Pick<Deployment, 'channels' | 'sendLimits'>;
}

/** To whom, after which others. */
interface Request {
  readonly place: { readonly environmentId: EnvironmentId; readonly id: Uuid };
  readonly address: EmailAddress;
  readonly codes: CodeCount;
}

/** A code on its way, to be kept with its address, whose write guards it; or why there is none. */
export type Sent =
  | ({ readonly kind: 'needs' } & Undecided)
  | { readonly kind: 'refused'; readonly rejection: SenderRejection; readonly events: readonly AuditEvent[] }
  | {
      readonly kind: 'sent';
      readonly codes: CodeCount;
      readonly writes: readonly Write[];
      readonly events: readonly AuditEvent[];
    };

/** Issues a code to an address and puts it into the outbox. The operator's limits on sending hold as for any code (SEC-36). */
export function sendCode(snapshot: Snapshot, { place, address, codes }: Request, facts: SendFacts): Sent {
  const { environmentId, id } = place;
  const { digits, messageId, digests, deployment } = facts;
  const { now, configuration } = snapshot;
  if (!deployment.channels.has(CHANNEL)) return { kind: 'refused', rejection: { kind: 'Undeliverable' }, events: [] };
  // No notification policy: it governs what is sent to users. Limits that count by user count by the address.
  const sending = {
    environmentId,
    userId: id,
    address,
    now,
    digests,
    deployment,
    rules: undefined,
  } as const;
  const reserved = reserveMail(sending, snapshot, { environmentId });
  if (reserved.kind !== 'granted') return reserved;
  const { code, issued } = issueCode(
    digits,
    bindingAt(place, address, digests)(codes.sends),
    { length: CODE_LENGTH, lifeTime: CODE_LIFE, epoch: 0 },
    now,
    digests,
  );
  const recipient = { username: address, profile: {} };
  const contents = configuration?.defaultPolicy.contents;
  const words =
    contents &&
    ownWords(contents, { template: TEMPLATE, channel: CHANNEL, requestedLocale: undefined, user: recipient });
  const content = composeContent({
    to: address,
    template: TEMPLATE,
    user: recipient,
    otp: code,
    words,
    variables: { code },
  });
  return {
    kind: 'sent',
    codes: { ...codes, sends: codes.sends + 1, code: issued, ...(codes.code ? { replaced: codes.code } : {}) },
    writes: [
      {
        kind: 'append',
        entity: 'outbox',
        value: {
          id: messageId,
          environmentId,
          channel: CHANNEL,
          userId: undefined,
          content: new Redacted(JSON.stringify(content)),
          deadline: issued.expiresAt,
          createdAt: now,
        },
      },
      ...reserved.writes,
    ],
    events: [
      { type: 'TRUSTED_EMAIL.SEND_CODE', environmentId, detail: { id } },
      { type: 'NOTIFICATION.CREATED', environmentId, detail: { channel: CHANNEL } },
      ...reserved.events,
    ],
  };
}

/** The code is one address's in one environment: no other takes it (SEC-06). */
export function bindingAt(
  { environmentId, id }: Request['place'],
  address: EmailAddress,
  digests: Pick<Digests, 'contact'>,
): (sendNumber: number) => CodeBinding {
  const device = digests.contact(environmentId, canonicalContact(address));
  return (sendNumber) => ({ environmentId, subject: id, device, purpose: 'verification', sendNumber });
}
