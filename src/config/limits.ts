import { minutes, seconds } from '../kernel/duration.js';
import { isNetwork } from '../kernel/networks.js';
import type { LimitsConfig } from './config.js';
import { type LIMIT_OPTIONS, NUMBER_TYPES } from './limit-options.js';
import type { OptionValues } from './option.js';

type LimitValues = OptionValues<typeof LIMIT_OPTIONS>;
type Complain = (name: 'refused-number-types' | 'trusted-proxies', what: string, remedy: string) => void;

/** In the `strict` profile, unless told otherwise (SEC-36). */
const STRICT_PAUSE = 30;
/** In that profile, of a code (SEC-08). */
const STRICT_LIFE_TIME = minutes(10);
/** In that profile, of a passcode, in steps before and after now (SEC-22). */
const STRICT_PASSCODE_WINDOW = 1;

/** The settings of `LIMIT_OPTIONS` as the parts of the server take them. */
export function limitsOf(set: LimitValues, complain: Complain): LimitsConfig {
  const isStrict = set.profile === 'strict';
  return {
    ...(isStrict ? { longestLifeTime: STRICT_LIFE_TIME, widestPasscodeWindow: STRICT_PASSCODE_WINDOW } : {}),
    exactOrigins: isStrict,
    send: {
      unconfirmed: set['send-limit-unconfirmed'],
      hourly: set['send-limit-hourly'],
      daily: set['send-limit-daily'],
      pause: seconds(set['send-pause'] ?? (isStrict ? STRICT_PAUSE : 0)),
      prefix: set['send-breaker'],
    },
    refusedNumberTypes: numberTypesOf(set['refused-number-types'], complain),
    failureAlarm: set['failure-alarm'],
    requests: {
      clientRate: set['client-rate'],
      flowRate: set['flow-rate'],
      atOnce: set['max-requests'],
      tenantShare: set['tenant-share'] / 100,
      tokenFailures: set['token-failures'],
      trustedProxies: proxiesOf(set['trusted-proxies'] ?? [], complain),
    },
  };
}

function numberTypesOf(list: readonly string[], complain: Complain): LimitsConfig['refusedNumberTypes'] {
  if (list.length === 1 && list[0] === 'none') return [];
  const known = NUMBER_TYPES.filter((type) => list.includes(type));
  if (known.length !== new Set(list).size)
    complain(
      'refused-number-types',
      `has members that are no types of numbers: ${JSON.stringify(list.filter((text) => !NUMBER_TYPES.some((type) => type === text)))}.`,
      `Write any of ${NUMBER_TYPES.join(', ')}, or \`none\` alone.`,
    );
  return known;
}

function proxiesOf(list: readonly string[], complain: Complain): readonly string[] {
  const wrong = list.filter((text) => !isNetwork(text));
  if (wrong.length > 0)
    complain(
      'trusted-proxies',
      `has members that are neither addresses nor networks: ${wrong.map((text) => JSON.stringify(text)).join(', ')}.`,
      'Write IP addresses, or networks as in 10.0.0.0/8, separated by commas.',
    );
  return list;
}
