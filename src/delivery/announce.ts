import type { ActionType } from '../audit/action.js';
import type { BusinessEvent, EventSink } from '../events.js';
import type { Logger } from '../kernel/log.js';
import type { LeasedMessage, OutboxMessage, Settlement } from './message.js';

/** `NOTIFICATION.CREATED` (`10` §16): a message is on its way. */
export function announceQueued(events: EventSink, message: OutboxMessage): void {
  events.emit(eventOf('NOTIFICATION.CREATED', message, {}));
}

/** `NOTIFICATION.UPDATED`: what a provider made of it; `NOTIFICATION.REJECTED`: nobody will send it (`10` §9.7, §16). */
export function settledEvent(message: LeasedMessage, settlement: Settlement): BusinessEvent {
  const { result, gateway } = settlement;
  const type = result === 'abandoned' ? 'NOTIFICATION.REJECTED' : 'NOTIFICATION.UPDATED';
  const detail = { gateway, attempt: message.attempt, result };
  return eventOf(type, message, settlement.result === 'accepted' ? detail : { ...detail, reason: settlement.reason });
}

/** Tells of an attempt whose result is recorded. */
export function announceSettled(
  events: EventSink,
  logger: Logger,
  message: LeasedMessage,
  settlement: Settlement,
  event: BusinessEvent,
): void {
  events.emit(event);
  if (settlement.result === 'accepted') return;
  const { id: outboxId, environmentId, channel, attempt } = message;
  const { gateway, result, reason } = settlement;
  const fields = { outboxId, environmentId, channel, gateway, attempt, result, reason };
  if (settlement.result === 'abandoned') logger.error(fields, 'a message was given up: check the gateway it names');
  else logger.warn(fields, 'a message could not be sent yet');
}

/** A fault, without its text: that of a gateway may repeat what it was given (SEC-71). */
export function reportFault(logger: Logger, where: string, error: unknown): void {
  const isError = error instanceof Error;
  const trace = isError ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : [];
  const code = isError && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  logger.error({ where, fault: isError ? error.name : typeof error, code, trace }, 'a fault during delivery');
}

function eventOf(
  type: ActionType,
  message: OutboxMessage,
  detail: NonNullable<BusinessEvent['detail']>,
): BusinessEvent {
  return {
    type,
    environmentId: message.environmentId,
    userId: message.userId,
    ...(message.deviceId === undefined ? {} : { deviceId: message.deviceId }),
    ...(message.deviceAuthenticationId === undefined ? {} : { deviceAuthenticationId: message.deviceAuthenticationId }),
    detail: { channel: message.channel, ...detail },
  };
}
