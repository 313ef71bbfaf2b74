import { minutes, seconds } from '../../src/kernel/duration.js';
import type { FactorRules, Methods, SentMethod } from '../../src/policies/model.js';

const factory: FactorRules = { enabled: true, pairingDisabled: false, failureCount: 3, coolDown: minutes(2) };

/** A new environment's rules of the methods whose proof the user's own device makes (`30` §1.4). */
export const DEVICE_METHODS: Omit<Methods, SentMethod> = {
  totp: { ...factory, gracePeriod: 5, uriParameters: {} },
  fido2: factory,
  oathToken: factory,
  mobile: { ...factory, stepSize: seconds(30) },
};
