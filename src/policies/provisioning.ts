import type { AuditEvent } from '../audit/record.js';
import type { Instant, Millis } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import type { JsonObject } from '../kernel/json.js';
import type { Redacted } from '../kernel/sealed.js';
import type { DocumentKind, Environment, PopulationId, StoredDocument } from '../platform/model.js';
import type { Write } from '../storage/port.js';
import { factoryMfaSettings, factoryPolicy } from './defaults.js';
import { type PolicyDocument, withKnownMembers } from './device-authentication/policy-document.js';
import { factoryDocuments, factoryId } from './factory.js';
import { type MfaSettingsDocument, withKnownSettings } from './mfa-settings-document.js';
import type { PolicyId } from './model.js';

/** What the environment's tokens are signed with; a fact, made beforehand. */
export interface SigningKeyMaterial {
  /** Also the `kid`. */
  readonly id: Uuid;
  readonly publicJwk: JsonObject;
  /** JSON of the private JWK. */
  readonly privateJwk: Redacted<string>;
}

/** A policy to begin with; its `default` flag is set by its place in `NewEnvironment`. */
export interface NewPolicy {
  readonly id: PolicyId;
  /** Absent = the factory policy. */
  readonly document?: PolicyDocument;
}

/** An environment to be made. Whatever is absent is the factory's. */
export interface NewEnvironment
  extends Pick<
    Environment,
    'id' | 'name' | 'description' | 'icon' | 'type' | 'region' | 'organizationId' | 'licenseId' | 'billOfMaterials'
  > {
  readonly population: { readonly id: PopulationId; readonly name?: string };
  readonly defaultPolicy: NewPolicy;
  readonly otherPolicies?: readonly NewPolicy[];
  readonly mfaSettings?: MfaSettingsDocument;
  /** Of its FIDO policies: the host by which people reach the server. */
  readonly relyingPartyId: string;
  /** Of a code by the factory policy, where the server bounds it beyond the reference (SEC-08). */
  readonly longestLifeTime?: Millis | undefined;
  readonly signingKey: SigningKeyMaterial;
}

/**
 * The write set of a new environment: its row, its default population, its policies with one default, its settings and its
 * signing key (`30` §0.5: visible as soon as the environment is; `00` §7.1). Documents are as if sent: schema and ranges have
 * been checked by whoever took them in.
 */
export function provisionEnvironment(environment: NewEnvironment, now: Instant): readonly Write[] {
  const { writes, events } = newEnvironment(environment, now);
  const value = { environmentId: environment.id, at: now, by: {}, events };
  return [...writes, { kind: 'append', entity: 'audit', value }];
}

/** The same without its record: what is written, and what is to be on record of it, by whoever asked for it. */
export function newEnvironment(
  environment: NewEnvironment,
  now: Instant,
): { readonly writes: readonly Write[]; readonly events: readonly AuditEvent[] } {
  const { population, defaultPolicy, otherPolicies = [], mfaSettings, ...more } = environment;
  const { signingKey, relyingPartyId, longestLifeTime, ...identity } = more;
  const factory = factoryPolicy(longestLifeTime === undefined ? {} : { longestLifeTime });
  const put = (kind: DocumentKind, id: Uuid, body: JsonObject, secret?: Redacted<string>): Write => {
    const value: StoredDocument = { environmentId: environment.id, kind, id, body, createdAt: now, updatedAt: now };
    return { kind: 'put', entity: 'document', value: secret ? { ...value, secret } : value };
  };
  const putPolicy = ({ id, document = factory }: NewPolicy, isDefault: boolean): Write =>
    put('deviceAuthenticationPolicy', id, withKnownMembers({ ...document, default: isDefault }));
  const writes: readonly Write[] = [
    {
      kind: 'insert',
      entity: 'environment',
      value: { ...identity, configVersion: 1, defaultPopulationId: population.id, createdAt: now, updatedAt: now },
    },
    put('population', population.id, { name: population.name ?? 'Default', default: true }),
    putPolicy(defaultPolicy, true),
    ...otherPolicies.map((policy) => putPolicy(policy, false)),
    put('mfaSettings', environment.id, withKnownSettings(mfaSettings ?? factoryMfaSettings())),
    ...factoryDocuments({ environmentId: environment.id, relyingPartyId }).map((document, at): Write => {
      const { kind, parent, body } = document;
      return {
        kind: 'put',
        entity: 'document',
        value: {
          environmentId: environment.id,
          kind,
          id: factoryId(environment.id, document),
          ...(parent === undefined ? {} : { parent }),
          body,
          // A millisecond apart, so that they are listed by creation in the order of the reference.
          createdAt: now + at,
          updatedAt: now + at,
        },
      };
    }),
    put('signingKey', signingKey.id, signingKey.publicJwk, signingKey.privateJwk),
  ];
  return { writes, events: provisioningEvents(environment) };
}

/** The trail of an environment begins with the environment (`00` §11.4). */
function provisioningEvents({
  id: environmentId,
  population,
  defaultPolicy,
  otherPolicies = [],
  signingKey,
}: NewEnvironment): readonly AuditEvent[] {
  return [
    { type: 'ENVIRONMENT.CREATED', environmentId },
    { type: 'POPULATION.CREATED', environmentId, detail: { populationId: population.id } },
    ...[defaultPolicy, ...otherPolicies].map(
      ({ id }): AuditEvent => ({
        type: 'DEVICE_AUTHENTICATION_POLICY.CREATED',
        environmentId,
        detail: { policyId: id },
      }),
    ),
    { type: 'KEY.CREATED', environmentId, detail: { keyId: signingKey.id } },
  ];
}
