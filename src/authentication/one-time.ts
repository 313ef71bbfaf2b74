import { isAtCeiling, isDestinationAtCeiling } from '../devices/counting/counting.js';
import { isDeliverable } from '../devices/eligibility.js';
import { KINDS } from '../devices/kinds/index.js';
import type { DestinationUse } from '../devices/model.js';
import type { EnvironmentId } from '../platform/model.js';
import type { OneTimeContact } from './command.js';
import type { SelectedDevice } from './model.js';
import type { AuthenticationRejection } from './rejection.js';
import type { Circumstances } from './situation.js';

export type SelectedOneTime = Extract<SelectedDevice, { readonly kind: 'oneTime' }>;

/** A contact as the flow keeps it: its keyed hash and its mask. The contact itself goes with the message and nowhere else. */
export function selectedOneTime(oneTime: OneTimeContact, contactKey: string): SelectedOneTime {
  return {
    kind: 'oneTime',
    type: oneTime.type,
    contactKey,
    maskedContact: oneTime.contact.masked,
    testMode: oneTime.testMode,
  };
}

/** Why a contact of this type cannot be used here and now (`10` §4.3, §4.4, §13A); the first reason that holds. */
export function oneTimeRefusal(
  { type, testMode }: Pick<SelectedOneTime, 'type' | 'testMode'>,
  environmentId: EnvironmentId,
  { policy, deployment }: Circumstances,
): AuthenticationRejection | undefined {
  if (!policy.methods[KINDS[type].method].enabled) return { kind: 'OneTimeTypeRefused' };
  if (isDeliverable({ type, testMode, environmentId }, deployment)) return undefined;
  return { kind: testMode ? 'OneTimeTestModeRefused' : 'OneTimeTypeRefused' };
}

/** A ceiling of the user's for this type, or of the contact's for everyone: nothing is sent and nothing compared (SEC-13, SEC-14). */
export function isOneTimeAtCeiling(
  type: SelectedOneTime['type'],
  { factors }: Circumstances,
  destination: DestinationUse,
): boolean {
  return isAtCeiling(factors, type) || isDestinationAtCeiling(destination);
}
