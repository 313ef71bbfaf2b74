import type { Instant } from '../kernel/clock.js';
import { KeyError, type Vault } from '../kernel/keys.js';
import { accept, type Outcome, reject } from '../kernel/outcome.js';
import type { Outgoing } from './gateway.js';
import type { LeasedMessage, MessageContent } from './message.js';
import { render } from './templates/render.js';

/** Opens and renders an outbox row; the rejection says why that cannot be done, in words that hold nothing of the message. */
export function prepare(message: LeasedMessage, vault: Vault, now: Instant): Outcome<Outgoing, string> {
  const content = open(message, vault);
  if (!content) return reject('the content does not open');
  const rendered = render(content, message.channel, now);
  if (!rendered) return reject('there is no text for the channel');
  return accept({
    id: message.id,
    channel: message.channel,
    to: content.to,
    ...(content.extension === undefined ? {} : { extension: content.extension }),
    otp: content.otp,
    environmentId: message.environmentId,
    userId: message.userId,
    ...(message.deviceAuthenticationId === undefined ? {} : { deviceAuthenticationId: message.deviceAuthenticationId }),
    ...(message.deviceId === undefined ? {} : { deviceId: message.deviceId }),
    createdAt: message.createdAt,
    deadline: message.deadline,
    // Last: what comes behind a spread costs each object a hidden class of its own (`docs/performance.md`).
    ...rendered,
  });
}

function open(message: LeasedMessage, vault: Vault): MessageContent | undefined {
  try {
    // Written by a decision as JSON of `MessageContent`, and sealed: what opens is what was written.
    return JSON.parse(vault.open(message.content)) as MessageContent;
  } catch (error) {
    if (error instanceof KeyError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
