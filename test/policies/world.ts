import { uuidOf } from '../../src/kernel/ids.js';
import { Redacted } from '../../src/kernel/sealed.js';
import type { Environment, StoredDocument } from '../../src/platform/model.js';
import { parseConfiguration } from '../../src/policies/configuration.js';
import { deviceAuthenticationPolicies } from '../../src/policies/device-authentication/device-authentication-policies.js';
import { type NewEnvironment, provisionEnvironment } from '../../src/policies/provisioning.js';
import type { Decision, Snapshot, Write } from '../../src/storage/port.js';
import { decided } from '../helpers/decided.js';

export const NOW = Date.parse('2031-05-04T10:20:30.123Z');
export const ENVIRONMENT = uuidOf('5b1d3c7e-8f20-4a61-b9d4-0c2e7f9a1b35');
export const DEFAULT_POLICY = uuidOf('00000000-0000-4000-8000-000000000001');
/** The resource as most deployments have it. */
export const policies = deviceAuthenticationPolicies();

export const NATIVE_APP = uuidOf('00000000-0000-4000-8000-0000000000a1');
export const WORKER_APP = uuidOf('00000000-0000-4000-8000-0000000000a2');

/** A policy id that can be read in a failure message. */
export const policyId = (n: number) => uuidOf(`00000000-0000-4000-8000-${String(n).padStart(12, '0')}`);

export function newEnvironment(overrides: Partial<NewEnvironment> = {}): NewEnvironment {
  return {
    id: ENVIRONMENT,
    name: 'Shop',
    type: 'SANDBOX',
    region: 'EU',
    organizationId: uuidOf('00000000-0000-4000-8000-0000000000b1'),
    licenseId: uuidOf('00000000-0000-4000-8000-0000000000b2'),
    population: { id: uuidOf('00000000-0000-4000-8000-0000000000b3') },
    defaultPolicy: { id: DEFAULT_POLICY },
    relyingPartyId: 'example.test',
    signingKey: {
      id: uuidOf('00000000-0000-4000-8000-0000000000b4'),
      publicJwk: { kty: 'EC', crv: 'P-256' },
      privateJwk: new Redacted('{"kty":"EC"}'),
    },
    ...overrides,
  };
}

const NATIVE = {
  name: 'App',
  protocol: 'OPENID_CONNECT',
  type: 'NATIVE_APP',
  mobile: { bundleId: 'org.example' },
};

/** Two applications as the store would hold them: a native app that can be paired, and a worker that cannot. */
export function applications(): readonly StoredDocument[] {
  const application = { environmentId: ENVIRONMENT, kind: 'application', createdAt: NOW, updatedAt: NOW } as const;
  return [
    { ...application, id: NATIVE_APP, body: NATIVE },
    { ...application, id: WORKER_APP, body: { name: 'Backend', type: 'WORKER' } },
  ];
}

/** An environment's documents as a plain list: what a store does with write sets, without a store. */
export interface World {
  now: number;
  readonly environment: Environment;
  readonly documents: readonly StoredDocument[];
  snapshot(): Snapshot;
  /** Decides on the present state, applies the writes, returns the outcome. */
  run<O>(decide: (snapshot: Snapshot) => Decision<O>): O;
}

export function createWorld(environment: NewEnvironment = newEnvironment()): World {
  let row: Environment | undefined;
  const documents = new Map<string, StoredDocument>(applications().map((document) => [document.id, document]));
  const apply = (write: Write): void => {
    if (write.kind === 'insert' && write.entity === 'environment') row = write.value;
    else if (write.kind === 'put' && write.entity === 'document') documents.set(write.value.id, write.value);
    else if (write.kind === 'delete' && write.entity === 'document') documents.delete(write.value.id);
    else if (write.entity !== 'audit') throw new TypeError(`policies do not write ${write.kind} ${write.entity}`);
  };
  for (const write of provisionEnvironment(environment, NOW)) apply(write);
  if (!row) throw new TypeError('the environment was not inserted');
  const inserted = row;
  return {
    now: NOW,
    environment: inserted,
    get documents() {
      return [...documents.values()];
    },
    snapshot() {
      return {
        now: this.now,
        environment: inserted,
        configuration: parseConfiguration(ENVIRONMENT, 1, this.documents),
        devices: [],
        documents: this.documents,
      };
    },
    run(decide) {
      const { writes, outcome } = decided(decide(this.snapshot()));
      for (const write of writes) apply(write);
      return outcome;
    },
  };
}
