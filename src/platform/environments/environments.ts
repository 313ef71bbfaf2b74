import type { AuditEvent, Requester } from '../../audit/record.js';
import type { Refusals } from '../../audit/refusals.js';
import { createTrail, telling } from '../../audit/trail.js';
import type { EventSink } from '../../events.js';
import type { JsonObject } from '../../kernel/json.js';
import { type Outcome, reject } from '../../kernel/outcome.js';
import type { Random } from '../../kernel/random.js';
import type { Plan, Snapshot, Store, Write } from '../../storage/port.js';
import type { Directory } from '../directory.js';
import type { Actor, ApplicationId, Environment, EnvironmentId, PopulationId, RoleAssignment } from '../model.js';
import { creatorsRoles, followEnvironment } from '../roles/role-assignments.js';
import { createSigningKey, type SigningKeyMaterial } from '../tokens/signing-key.js';
import {
  createEnvironment,
  deleteEnvironment,
  type EnvironmentDecision,
  type EnvironmentRejection,
  type EnvironmentTerms,
  type Licenses,
  replaceEnvironment,
  setBillOfMaterials,
  setDeletePending,
  setEnvironmentType,
} from './environment-rules.js';
import { allEnvironments, organizationsOf } from './organization.js';

type Result = Promise<Outcome<Environment, EnvironmentRejection>>;

/** Commands on environments (wire: `00` §7.1); reading them is the platform's. */
export interface EnvironmentService {
  /** In the caller's organization. The caller gets its roles over the new environment before this resolves. */
  create(terms: EnvironmentTerms, billOfMaterials: JsonObject | undefined, actor: Actor, by?: Requester): Result;
  replace(environmentId: EnvironmentId, terms: EnvironmentTerms, by?: Requester): Result;
  setType(environmentId: EnvironmentId, type: Environment['type'], by?: Requester): Result;
  setDeletePending(environmentId: EnvironmentId, isPending: boolean, by?: Requester): Result;
  setBillOfMaterials(environmentId: EnvironmentId, document: JsonObject, by?: Requester): Result;
  /** Gone at once, with all that belongs to it. */
  remove(environmentId: EnvironmentId, actor: Actor, by?: Requester): Result;
}

/** All of a new environment that is not the factory's to say. */
export type EnvironmentToMake = Pick<
  Environment,
  'id' | 'name' | 'description' | 'icon' | 'type' | 'region' | 'organizationId' | 'licenseId' | 'billOfMaterials'
> & {
  readonly population: { readonly id: PopulationId };
  readonly defaultPolicy: { readonly id: PopulationId };
  readonly signingKey: SigningKeyMaterial;
};

export interface Provisioned {
  readonly writes: readonly Write[];
  readonly events: readonly AuditEvent[];
}

export interface EnvironmentServiceParts {
  readonly store: Pick<Store, 'load' | 'transact' | 'environments'>;
  readonly random: Pick<Random, 'uuid'>;
  readonly directory: Directory;
  readonly events: EventSink;
  readonly refusals?: Refusals;
  /** What a new environment contains (`30` §0.5), and what is to be on record of it. */
  readonly provision: (environment: EnvironmentToMake, now: Snapshot['now']) => Provisioned;
  /** Told when the roles of an application have changed; without its id, when clients are gone with their environment. */
  readonly onRoles: (applicationId?: ApplicationId) => void;
}

export function createEnvironmentService(parts: EnvironmentServiceParts): EnvironmentService {
  const { store, random, directory, provision, onRoles } = parts;
  const trail = createTrail(parts);

  const change = (
    plan: Plan,
    type: 'ENVIRONMENT.UPDATED' | 'ENVIRONMENT.DELETED',
    by: Requester | undefined,
    decide: (snapshot: Snapshot) => EnvironmentDecision,
  ): Result =>
    trail.transact(plan, by, (snapshot) =>
      telling(decide(snapshot), ({ id }): readonly AuditEvent[] => [{ type, environmentId: id }]),
    );

  /** The licences of an organization, and which of them an environment has that names none. */
  async function licensesOf(organizationId: Environment['organizationId']): Promise<Licenses> {
    const all = await allEnvironments((page) => store.environments(page));
    const organization = organizationsOf(all).find(({ id }) => id === organizationId);
    return new Set(organization?.licenses.map(({ id }) => id));
  }

  /** In the caller's own environment, and so in a unit of its own. */
  async function follow(actor: Actor, roles: (roles: readonly RoleAssignment[]) => readonly RoleAssignment[]) {
    const { environmentId, applicationId: id } = actor;
    const plan: Plan = { environmentId, documents: [{ kind: 'application', id }] };
    await store.transact(plan, (snapshot) => followEnvironment(snapshot, id, roles));
    onRoles(id);
  }

  return {
    async create(terms, billOfMaterials, actor, by) {
      const organizationId = await directory.organizationOf(actor.environmentId);
      if (!organizationId) return reject({ kind: 'EnvironmentNotFound', environmentId: actor.environmentId });
      const licenses = await licensesOf(organizationId);
      const { licenseId = [...licenses][0], ...rest } = terms;
      if (!licenseId) throw new TypeError('an organization has no licence');
      const [id, population, defaultPolicy] = [random.uuid(), { id: random.uuid() }, { id: random.uuid() }];
      const signingKey = createSigningKey(random.uuid());
      const plan: Plan = { environmentId: id, environmentName: { organizationId, name: terms.name } };
      const made = await trail.transact(plan, by, (snapshot) => {
        const { now } = snapshot;
        const identity = { id, ...rest, organizationId, licenseId, population, defaultPolicy, signingKey };
        const bill = billOfMaterials ? { billOfMaterials: { document: billOfMaterials, updatedAt: now } } : {};
        const { writes, events } = provision({ ...identity, ...bill }, now);
        return telling(createEnvironment(snapshot, { ...rest, licenseId }, licenses, writes), () => events);
      });
      if (made.ok) await follow(actor, (roles) => [...roles, ...creatorsRoles(actor, made.value)]);
      return made;
    },

    async replace(environmentId, terms, by) {
      const organizationId = await directory.organizationOf(environmentId);
      if (!organizationId) return reject({ kind: 'EnvironmentNotFound', environmentId });
      const licenses = await licensesOf(organizationId);
      const plan: Plan = { environmentId, environmentName: { organizationId, name: terms.name } };
      return change(plan, 'ENVIRONMENT.UPDATED', by, (snapshot) =>
        replaceEnvironment(snapshot, environmentId, terms, licenses),
      );
    },

    setType: (environmentId, type, by) =>
      change({ environmentId }, 'ENVIRONMENT.UPDATED', by, (snapshot) =>
        setEnvironmentType(snapshot, environmentId, type),
      ),

    setDeletePending: (environmentId, isPending, by) =>
      change({ environmentId }, 'ENVIRONMENT.UPDATED', by, (snapshot) =>
        setDeletePending(snapshot, environmentId, isPending),
      ),

    setBillOfMaterials: (environmentId, document, by) =>
      change({ environmentId }, 'ENVIRONMENT.UPDATED', by, (snapshot) =>
        setBillOfMaterials(snapshot, environmentId, document),
      ),

    async remove(environmentId, actor, by) {
      const removed = await change({ environmentId }, 'ENVIRONMENT.DELETED', by, (snapshot) =>
        deleteEnvironment(snapshot, environmentId),
      );
      if (!removed.ok) return removed;
      directory.forget(environmentId);
      onRoles();
      if (actor.environmentId !== environmentId)
        await follow(actor, (roles) => roles.filter(({ scope }) => scope.id !== environmentId));
      return removed;
    },
  };
}
