import { codeEpochOf } from '../devices/counting/counting.js';
import { tokensIn, widestWindowOf } from '../devices/eligibility.js';
import { kindOf } from '../devices/kinds/index.js';
import type { PasscodeVerdict } from '../devices/kinds/kind.js';
import type { Device } from '../devices/model.js';
import { accountLockEpoch } from '../platform/users/account.js';
import type { Snapshot } from '../storage/port.js';
import type { Begun } from './begun.js';
import type { Facts } from './command.js';
import type { Recipient } from './send.js';
import type { Circumstances } from './situation.js';

/** Asks for a passcode that the device makes by itself: nothing is sent (`10` §4.2 step 5). */
export function askPasscode({ sends }: Recipient, { factors }: Circumstances, device: Device): Begun {
  return {
    kind: 'begun',
    state: {
      status: 'OTP_REQUIRED',
      challenge: 'passcode',
      selected: { kind: 'device', id: device.id, type: device.type },
      epoch: codeEpochOf(factors, device.type, device),
      accountEpoch: accountLockEpoch(factors),
    },
    sends,
    writes: [],
    messages: 0,
    events: [],
  };
}

/** Holds a passcode against what the device would make now. */
export function judgePasscode(
  device: Device,
  passcode: string,
  { now, policy, deployment }: Pick<Circumstances, 'now' | 'policy' | 'deployment'>,
  { open }: Pick<Facts, 'open'>,
  loaded: Pick<Snapshot, 'oathTokens'>,
): PasscodeVerdict {
  const kind = kindOf(device.type);
  const { secret } = device;
  if (kind.challenge !== 'passcode') throw new TypeError(`device ${device.id} makes no passcodes`);
  return kind.judgePasscode(device, passcode, () => (secret ? open(secret) : ''), {
    now,
    methods: policy.methods,
    open,
    ...tokensIn(loaded),
    ...widestWindowOf(deployment),
  });
}
