import { kindOf } from '../devices/kinds/index.js';
import type { Device } from '../devices/model.js';
import { unreachable } from '../kernel/outcome.js';
import type { Snapshot } from '../storage/port.js';
import { askAssertion } from './ask-assertion.js';
import type { Begun, NotBegun } from './begun.js';
import type { ChallengeFacts } from './command.js';
import type { DeviceAuthentication, DeviceAuthenticationState, ReplacedCode } from './model.js';
import { askPasscode } from './passcode.js';
import { bindingDevice, pairedAddressee, type Recipient, sendCode } from './send.js';
import type { Circumstances } from './situation.js';

/**
 * Puts an eligible paired device to its proof, by the challenge of its kind (`10` §4.2 step 5). What was asked for before is dead at
 * once (SEC-06).
 */
export function challengeDevice(
  flow: Recipient & Pick<DeviceAuthentication, 'assertion'>,
  circumstances: Circumstances,
  device: Device,
  before: DeviceAuthenticationState | undefined,
  facts: ChallengeFacts,
  loaded: Pick<Snapshot, 'destination' | 'counters'>,
): Begun | NotBegun {
  const kind = kindOf(device.type);
  switch (kind.challenge) {
    case 'otp':
      return sendCode(flow, circumstances, pairedAddressee(device, kind), replacedBy(before), facts, loaded);
    case 'passcode':
      return askPasscode(flow, circumstances, device);
    case 'assertion':
      return askAssertion(flow, circumstances, device, facts);
    default:
      return unreachable(kind);
  }
}

/** The code that a new one replaces, if one was sent. */
function replacedBy(before: DeviceAuthenticationState | undefined): ReplacedCode | undefined {
  if (before?.status !== 'OTP_REQUIRED' || before.challenge) return undefined;
  return { code: before.code, device: bindingDevice(before.selected) };
}
