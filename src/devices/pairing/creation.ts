import type { FieldProblem } from '../../kernel/field-problem.js';
import { parseUuid } from '../../kernel/ids.js';
import { accept, type Outcome, reject } from '../../kernel/outcome.js';
import type { PolicyId } from '../../policies/model.js';
import { KINDS } from '../kinds/index.js';
import type { DeviceKind, Members, Particulars } from '../kinds/kind.js';
import type { DeviceStatus, DeviceType, PairingNotification } from '../model.js';

/** A create request whose members have the right types and sizes (`20` §6.1); its kind's own members are among the others. */
export interface CreationRequest extends Members {
  readonly type: DeviceType;
  readonly status?: DeviceStatus;
  readonly nickname?: string;
  readonly policy?: { readonly id?: string; readonly type?: string };
  readonly notification?: {
    readonly template?: Omit<PairingNotification, 'policyId'>;
    readonly policy?: { readonly id?: string };
  };
  readonly testMode?: boolean;
}

/** A create request that makes sense; whether it is allowed is decided with user, policy and settings at hand. */
export interface Creation {
  readonly type: DeviceType;
  readonly particulars: Particulars;
  /** Absent: what the caller gets by default (`20` §3.2). */
  readonly status?: DeviceStatus;
  readonly nickname?: string;
  /** Absent: the environment's default policy. */
  readonly policyId?: PolicyId;
  readonly notification?: PairingNotification;
  readonly testMode: boolean;
}

/** The text of the real service, observed by a client (`20` §6.1). */
const POLICY_FORM = "policy must contain either 'id' or 'type'. valid 'type'=[DEFAULT]";
/**
 * Characters of all variables together. No source names a limit; without one, 50 pending devices could make a user's factors too
 * big to load (`design.md` §3).
 */
const MAX_VARIABLES = 4096;

/** Every problem at once, before anything is looked up (`00` §2.6). */
export function parseCreation(request: CreationRequest): Outcome<Creation, readonly FieldProblem[]> {
  const { type, status, nickname, notification, testMode = false } = request;
  const kind: DeviceKind = KINDS[type];
  const particulars = kind.parseMembers(request);
  const policy = parsePolicy(request.policy);
  const problems = [
    ...(particulars.ok ? [] : particulars.rejection),
    ...(policy.ok ? [] : [policy.rejection]),
    ...memberProblems(kind, request),
    ...variableProblems(notification?.template?.variables),
  ];
  if (!particulars.ok || !policy.ok || problems.length > 0) return reject(problems);
  const told = notificationOf(notification);
  return accept({
    type,
    particulars: particulars.value,
    testMode,
    ...(status === undefined ? {} : { status }),
    ...(nickname ? { nickname } : {}),
    ...(policy.value === undefined ? {} : { policyId: policy.value }),
    ...(told ? { notification: told } : {}),
  });
}

/** Exactly one of `id` and `type`, whose only value is `DEFAULT` (`20` §2.2). `undefined`: the default policy. */
function parsePolicy(policy: CreationRequest['policy']): Outcome<PolicyId | undefined, FieldProblem> {
  if (!policy) return accept(undefined);
  const { id, type } = policy;
  if ((id === undefined) === (type === undefined))
    return reject({ problem: 'invalid', target: 'policy', message: POLICY_FORM });
  if (id === undefined)
    return type === 'DEFAULT'
      ? accept(undefined)
      : reject({ problem: 'invalid', target: 'policy.type', message: POLICY_FORM, allowedValues: ['DEFAULT'] });
  const policyId = parseUuid(id);
  return policyId ? accept(policyId) : reject({ problem: 'invalid', target: 'policy.id', message: 'must be an id' });
}

/** Members that only some kinds take, and that mean too much to be ignored (`20` §5, §6.5). */
function memberProblems(kind: DeviceKind, { testMode, extension, type }: CreationRequest): readonly FieldProblem[] {
  const refuse = (target: string): FieldProblem => ({
    problem: 'invalid',
    target,
    message: `must not be given with the type ${type}`,
  });
  return [
    ...(testMode && !kind.allowsTestMode ? [refuse('testMode')] : []),
    ...(extension !== undefined && !kind.allowsExtension ? [refuse('extension')] : []),
  ];
}

function variableProblems(variables: PairingNotification['variables']): readonly FieldProblem[] {
  const characters = Object.entries(variables ?? {}).reduce(
    (sum, [name, value]) => sum + name.length + value.length,
    0,
  );
  return characters > MAX_VARIABLES
    ? [{ problem: 'tooLong', target: 'notification.template.variables', maximum: MAX_VARIABLES }]
    : [];
}

/** `undefined`: the request says nothing of it. */
function notificationOf({
  template = {},
  policy,
}: NonNullable<CreationRequest['notification']> = {}): PairingNotification | undefined {
  const { locale, variant, variables } = template;
  // The schema has accepted it as an id.
  const policyId = policy?.id === undefined ? undefined : parseUuid(policy.id);
  const notification = {
    ...(locale === undefined ? {} : { locale }),
    ...(variant === undefined ? {} : { variant }),
    ...(variables === undefined ? {} : { variables }),
    ...(policyId === undefined ? {} : { policyId }),
  };
  return Object.keys(notification).length > 0 ? notification : undefined;
}
