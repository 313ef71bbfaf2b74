import type { Digests } from '../kernel/keys.js';
import { matchesCode } from '../otp/code.js';
import type { DeviceAuthentication, SentCodeState } from './model.js';
import { bindingDevice, bindingOf } from './send.js';

/** Holds what was submitted against the code that was sent; `malformed` was not compared (SEC-09). */
export function judgeCode(
  otp: string,
  state: SentCodeState,
  flow: DeviceAuthentication,
  digests: Digests,
): 'right' | 'wrong' | 'replayed' | 'malformed' {
  const { code, selected } = state;
  if (otp.length !== code.length) return 'malformed';
  if (matchesCode(otp, bindingOf(flow, bindingDevice(selected), code.sendNumber), code, digests)) return 'right';
  return isReplay(otp, state, flow, digests) ? 'replayed' : 'wrong';
}

/** A code that was right before a newer one replaced it: answered as wrong, recorded as what it is (SEC-18). */
function isReplay(otp: string, { replaced }: SentCodeState, flow: DeviceAuthentication, digests: Digests): boolean {
  if (!replaced || otp.length !== replaced.code.length) return false;
  return matchesCode(otp, bindingOf(flow, replaced.device, replaced.code.sendNumber), replaced.code, digests);
}
