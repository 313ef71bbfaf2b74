import { isIP } from 'node:net';
import type { Millis } from '../kernel/clock.js';
import { unitRangeProblems } from '../kernel/document-schema.js';
import { toMillis } from '../kernel/duration.js';
import type { FieldProblem } from '../kernel/field-problem.js';
import { PolicyDocument, withKnownMembers } from './device-authentication/policy-document.js';
import type { SentMethod } from './model.js';

type Application = NonNullable<PolicyDocument['mobile']['applications']>[number];

/** What is wrong with a document that fits its schema, before anything is looked up. */
export function documentProblems(document: PolicyDocument, longestLifeTime?: Millis): readonly FieldProblem[] {
  const applications = document.mobile.applications ?? [];
  return [
    ...unitRangeProblems(PolicyDocument, withKnownMembers(document)),
    // The Terraform provider sends `whatsApp` with every policy, switched off.
    ...(document.whatsApp?.enabled && (document.desktop || document.yubikey)
      ? [{ problem: 'invalid', target: 'whatsApp', message: 'must not be combined with desktop or yubikey' } as const]
      : []),
    ...(longestLifeTime === undefined ? [] : lifeTimeProblems(document, longestLifeTime)),
    ...applications.flatMap((application, index) => applicationProblems(application, `mobile.applications[${index}]`)),
  ];
}

const SENT_METHODS: readonly SentMethod[] = ['sms', 'voice', 'email', 'whatsApp'];

/** Codes that would live longer than the deployment's profile allows (SEC-08). */
function lifeTimeProblems(document: PolicyDocument, longest: Millis): readonly FieldProblem[] {
  return SENT_METHODS.flatMap((method) => {
    const lifeTime = document[method]?.otp.lifeTime;
    if (!lifeTime || toMillis(lifeTime) <= longest) return [];
    const maximum = Math.floor(longest / toMillis({ duration: 1, timeUnit: lifeTime.timeUnit }));
    return [{ problem: 'outOfRange', target: `${method}.otp.lifeTime.duration`, minimum: 1, maximum } as const];
  });
}

/** The least time between the two timeouts, and the greatest total, in seconds (`30` §1.3.3). */
const TIMEOUT_GAP = 15;
const GREATEST_TOTAL = 90;
/** What holds when a timeout is not sent (`30` §1.3.3). */
const DEFAULT_DEVICE_TIMEOUT = 25;
const DEFAULT_TOTAL_TIMEOUT = 40;

function applicationProblems(application: Application, path: string): readonly FieldProblem[] {
  return [...timeoutProblems(application, path), ...addressProblems(application, path)];
}

function timeoutProblems(application: Application, path: string): readonly FieldProblem[] {
  const timeouts = application.newRequestDurationConfiguration;
  if (!timeouts) return [];
  const minimum = (timeouts.deviceTimeout?.duration ?? DEFAULT_DEVICE_TIMEOUT) + TIMEOUT_GAP;
  if ((timeouts.totalTimeout?.duration ?? DEFAULT_TOTAL_TIMEOUT) >= minimum) return [];
  const target = `${path}.newRequestDurationConfiguration.totalTimeout.duration`;
  return [{ problem: 'outOfRange', target, minimum, maximum: GREATEST_TOTAL }];
}

function addressProblems(application: Application, path: string): readonly FieldProblem[] {
  const { anyIPAdress = true, onlyTheseIpAddresses: addresses = [] } = application.ipPairingConfiguration ?? {};
  const target = `${path}.ipPairingConfiguration.onlyTheseIpAddresses`;
  if (!anyIPAdress && addresses.length === 0) return [{ problem: 'required', target }];
  return addresses.flatMap((address, index) =>
    isAddressOrRange(address)
      ? []
      : [
          {
            problem: 'invalid',
            target: `${target}[${index}]`,
            message: 'must be an IP address or a CIDR range',
          } as const,
        ],
  );
}

/** An IPv4 or IPv6 address, alone or with a CIDR prefix length (RFC 4632, RFC 4291 §2.3). */
function isAddressOrRange(text: string): boolean {
  const [, address = '', prefix] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  return version !== 0 && (prefix === undefined || Number(prefix) <= (version === 4 ? 32 : 128));
}
