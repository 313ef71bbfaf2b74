import type { Device } from '../devices/model.js';
import { unreachable } from '../kernel/outcome.js';
import type { DeviceSelection } from '../policies/model.js';

/**
 * The device that a policy's selection method takes without asking, out of at least one eligible device in order; `undefined`:
 * the user must choose (`10` §4.2).
 */
export function chooseDevice(
  method: DeviceSelection,
  eligible: readonly Device[],
  order: readonly string[] | null,
): Device | undefined {
  const [first] = eligible;
  switch (method) {
    case 'ALWAYS_DISPLAY_DEVICES':
      return undefined;
    case 'PROMPT_TO_SELECT':
      return eligible.length === 1 ? first : undefined;
    case 'DEFAULT_TO_FIRST':
      return eligible.length === 1 || (order !== null && order.length > 0) ? first : undefined;
    default:
      return unreachable(method);
  }
}
