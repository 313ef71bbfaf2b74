import type { SingletonResource } from '../platform/managed/resource.js';
import { factoryMfaSettings } from './defaults.js';
import { MfaSettingsDocument, withKnownSettings } from './mfa-settings-document.js';

/** MFA settings of an environment; a `lockout` that is not sent is gone (wire: `30` §3). */
export const mfaSettings: SingletonResource = {
  kind: 'mfaSettings',
  schema: MfaSettingsDocument,
  noun: 'MFA_SETTINGS',
  rules: [],
  factory: () => withKnownSettings(factoryMfaSettings()),
};
