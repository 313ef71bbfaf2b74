import { PASSCODE_ALGORITHMS, type PasscodeAlgorithm } from './hotp.js';
import { DEFAULT_PERIOD } from './totp.js';

/** What an authenticator app is told beside the secret. */
export interface KeyTerms {
  readonly algorithm: PasscodeAlgorithm;
  readonly digits: number;
  /** In seconds. */
  readonly period: number;
}

const LONGEST_PERIOD = 300;

/**
 * `otpauth://totp/<label>?secret=<secret>[&<parameters>]`, percent-encoded, the parameters in their order (`20` §7;
 * https://github.com/google/google-authenticator/wiki/Key-Uri-Format). A parameter `secret` is left out: there is one.
 */
export function keyUri(label: string, secret: string, parameters: Readonly<Record<string, string>>): string {
  const added = Object.entries(parameters)
    .filter(([name]) => name !== 'secret')
    .map(([name, value]) => `&${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return `otpauth://totp/${encodeURIComponent(label)}?secret=${secret}${added.join('')}`;
}

/**
 * What an app makes of those parameters: the defaults of authenticator apps, unless they say what the server can do as well
 * (`20` §7).
 */
export function keyTerms(parameters: Readonly<Record<string, string>>): KeyTerms {
  const given = (name: string): string | undefined => (Object.hasOwn(parameters, name) ? parameters[name] : undefined);
  const algorithm = given('algorithm')?.toUpperCase();
  const digits = given('digits') ?? '';
  const period = Number(given('period') ?? DEFAULT_PERIOD);
  return {
    algorithm: PASSCODE_ALGORITHMS.find((known) => known === algorithm) ?? 'SHA1',
    digits: /^[678]$/.test(digits) ? Number(digits) : 6,
    period: Number.isInteger(period) && period >= 1 && period <= LONGEST_PERIOD ? period : DEFAULT_PERIOD,
  };
}
