import type { Millis } from '../kernel/clock.js';
import type { FieldProblem } from '../kernel/field-problem.js';
import type { Uuid } from '../kernel/ids.js';
import { isJsonObject } from '../kernel/json.js';
import { accept, type Outcome, reject } from '../kernel/outcome.js';
import type { EnvironmentId, StoredDocument } from '../platform/model.js';
import type { Decision, Snapshot, Write } from '../storage/port.js';
import { parsePolicy } from './configuration.js';
import type { Configuration, DeviceAuthenticationPolicy, PolicyId } from './model.js';
import { type PolicyDocument, withKnownMembers } from './policy-document.js';
import type { PolicyRejection } from './rejection.js';
import { documentProblems, nameProblems, referenceProblems } from './rules.js';

export interface CreatePolicy {
  readonly environmentId: EnvironmentId;
  /** A fact: the new policy's id. */
  readonly policyId: PolicyId;
  readonly document: PolicyDocument;
  /** Of codes; absent: what the reference allows (SEC-08). */
  readonly longestLifeTime?: Millis;
}

/** A full replacement (`30` §0.3). */
export interface UpdatePolicy {
  readonly environmentId: EnvironmentId;
  readonly policyId: Uuid;
  readonly document: PolicyDocument;
  /** Of codes; absent: what the reference allows (SEC-08). */
  readonly longestLifeTime?: Millis;
}

export interface DeletePolicy {
  readonly environmentId: EnvironmentId;
  readonly policyId: Uuid;
}

type PolicyOutcome = Outcome<DeviceAuthenticationPolicy, PolicyRejection>;

/** Adds a policy; one with `default: true` takes the flag from the former default in the same write set (`30` §1.5). */
export function createPolicy(snapshot: Snapshot, command: CreatePolicy): Decision<PolicyOutcome> {
  const { environmentId, policyId, document } = command;
  const malformed = documentProblems(document, command.longestLifeTime);
  if (malformed.length > 0) return refuse({ kind: 'InvalidDocument', problems: malformed });
  const { configuration } = snapshot;
  if (!configuration) return refuse({ kind: 'EnvironmentNotFound', environmentId });
  const problems = contextProblems(snapshot, configuration, document);
  if (problems.length > 0) return refuse({ kind: 'InvalidDocument', problems });
  return write(configuration, {
    environmentId,
    kind: 'deviceAuthenticationPolicy',
    id: policyId,
    body: withKnownMembers(document),
    createdAt: snapshot.now,
    updatedAt: snapshot.now,
  });
}

/** Replaces a policy. The current default stays the default until another policy becomes it (`30` §1.5). */
export function updatePolicy(snapshot: Snapshot, command: UpdatePolicy): Decision<PolicyOutcome> {
  const { environmentId, policyId, document } = command;
  const malformed = documentProblems(document, command.longestLifeTime);
  if (malformed.length > 0) return refuse({ kind: 'InvalidDocument', problems: malformed });
  const { configuration } = snapshot;
  if (!configuration) return refuse({ kind: 'EnvironmentNotFound', environmentId });
  const current = configuration.policies.get(policyId);
  if (!current) return refuse({ kind: 'PolicyNotFound', policyId });
  const problems = contextProblems(snapshot, configuration, document, policyId);
  if (problems.length > 0) return refuse({ kind: 'InvalidDocument', problems });
  if (current.default && !document.default) return refuse({ kind: 'DefaultCannotBeCleared' });
  return write(configuration, {
    environmentId,
    kind: 'deviceAuthenticationPolicy',
    id: policyId,
    body: withKnownMembers(document),
    createdAt: current.createdAt,
    updatedAt: Math.max(snapshot.now, current.updatedAt),
  });
}

/** Removes a policy that is not the default. Open flows under it go on under the default's rules (`10` §4.1). */
export function deletePolicy(snapshot: Snapshot, command: DeletePolicy): Decision<Outcome<undefined, PolicyRejection>> {
  const { environmentId, policyId } = command;
  const { configuration } = snapshot;
  if (!configuration) return refuse({ kind: 'EnvironmentNotFound', environmentId });
  const current = configuration.policies.get(policyId);
  if (!current) return refuse({ kind: 'PolicyNotFound', policyId });
  if (current.default) return refuse({ kind: 'DefaultCannotBeDeleted' });
  const value = { environmentId, kind: 'deviceAuthenticationPolicy', id: policyId } as const;
  return { writes: [{ kind: 'delete', entity: 'document', value }], outcome: accept(undefined) };
}

function refuse(rejection: PolicyRejection): Decision<{ readonly ok: false; readonly rejection: PolicyRejection }> {
  return { writes: [], outcome: reject(rejection) };
}

/** The policy, and the former default without its flag when this one takes it. */
function write(configuration: Configuration, stored: StoredDocument): Decision<PolicyOutcome> {
  const policy = parsePolicy(stored, configuration.mfaSettings);
  const former = configuration.defaultPolicy;
  const writes: Write[] = [{ kind: 'put', entity: 'document', value: stored }];
  if (policy.default && former.id !== policy.id) {
    const value: StoredDocument = {
      environmentId: former.environmentId,
      kind: 'deviceAuthenticationPolicy',
      id: former.id,
      body: { ...former.document, default: false },
      createdAt: former.createdAt,
      updatedAt: Math.max(stored.updatedAt, former.updatedAt),
    };
    writes.push({ kind: 'put', entity: 'document', value });
  }
  return { writes, outcome: accept(policy) };
}

/** What is wrong with a document among the objects of its environment, `self` being the policy it replaces. */
function contextProblems(
  snapshot: Snapshot,
  configuration: Configuration,
  document: PolicyDocument,
  self?: Uuid,
): readonly FieldProblem[] {
  const applications = snapshot.documents.filter((stored) => stored.kind === 'application' && namesAnApp(stored));
  return [
    ...nameProblems(document.name, configuration.policies.values(), self),
    ...referenceProblems(document, new Set<string>(applications.map(({ id }) => id))),
  ];
}

/** Whether an application can be paired: its `mobile` section names an app (`30` §1.3.3). */
function namesAnApp({ body }: StoredDocument): boolean {
  const mobile = body['mobile'];
  return isJsonObject(mobile) && ['bundleId', 'packageName', 'huaweiAppId'].some((member) => Boolean(mobile[member]));
}
