import { hash, X509Certificate } from 'node:crypto';
import type { Clock } from '../../kernel/clock.js';
import type { Uuid } from '../../kernel/ids.js';
import type { JsonObject } from '../../kernel/json.js';
import type { Vault } from '../../kernel/keys.js';
import { accept, type Outcome } from '../../kernel/outcome.js';
import type { Random } from '../../kernel/random.js';
import { type Protected, Redacted } from '../../kernel/sealed.js';
import type { ManagedRejection } from '../managed/rejection.js';
import type { ManagedResource } from '../managed/resource.js';
import { readSecrets } from '../managed/secrets.js';
import type { ManagedService, Place } from '../managed/service.js';
import type { StoredDocument } from '../model.js';
import type { KeyMaker, OwnedKey } from './key-maker.js';
import { parseName } from './name.js';
import {
  type DrawnIds,
  keyIdsOf,
  periodsDue,
  type Rotation,
  rotated,
  rotationOf,
  rotationPolicies,
  validityPeriodOf,
} from './rotation-policy.js';

/** A key of a policy, public half (RFC 7517 §4, RFC 7518 §6.3). */
export interface RotationJwk {
  readonly kty: 'RSA';
  readonly e: string;
  readonly n: string;
  readonly kid: Uuid;
  readonly use: 'sig';
  readonly x5t: string;
  readonly x5c: readonly string[];
}

export interface RotationService extends ManagedService {
  /** The keys in rotation, the oldest first; those that are not there yet are made. */
  keySet(place: Place, id: Uuid): Promise<Outcome<readonly RotationJwk[], ManagedRejection>>;
}

interface RotationParts {
  readonly managed: ManagedService;
  readonly keyMaker: KeyMaker;
  readonly random: Pick<Random, 'uuid'>;
  readonly vault: Pick<Vault, 'open'>;
  readonly clock: Clock;
}

/** A pure function over keys. */
type Open = (secret: Protected) => string;

/** What changes of a policy by itself: the document stays as it is, whatever it has become meanwhile. */
function changing(next: (body: JsonObject, now: number) => Rotation, made: Made, open: Open): ManagedResource {
  const resource = rotationPolicies();
  return {
    ...resource,
    seals({ current, now }) {
      if (!current) return undefined;
      const sealed = current.secret ? readSecrets(open(current.secret)) : {};
      const kept = keyIdsOf(next(current.body, now)).flatMap((id) => {
        // Whoever was first has made it.
        const key = sealed[id] ?? made.get(id)?.privateKey.reveal();
        return key === undefined ? [] : [[id, key] as const];
      });
      return kept.length === 0 ? undefined : new Redacted(JSON.stringify(Object.fromEntries(kept)));
    },
    rules: [
      {
        completes({ document, current, now }) {
          if (!current) return document;
          const rotation = next(current.body, now);
          const fresh = keyIdsOf(rotation).flatMap((id) => {
            const key = made.get(id);
            return key ? [[id, key.certificate.toString('base64')] as const] : [];
          });
          return {
            ...current.body,
            ...rotation,
            certificates: { ...Object.fromEntries(fresh), ...rotation.certificates },
          };
        },
      },
    ],
  };
}

type Made = ReadonlyMap<Uuid, OwnedKey>;
const NOTHING: Made = new Map();

/**
 * The commands of managed resources on key rotation policies. A policy is rotated when it is next looked at after its period: until
 * then nobody can tell.
 */
export function createRotationService({ managed, keyMaker, random, vault, clock }: RotationParts): RotationService {
  const open: Open = (secret) => vault.open(secret);
  const draw = (): DrawnIds => [random.uuid(), random.uuid(), random.uuid()];

  /** As it stands now. Where it cannot be written it stays as it was: the next one to look tries again. */
  async function upToDate(stored: StoredDocument): Promise<StoredDocument> {
    const { environmentId, id, body } = stored;
    if (periodsDue(body, clock.now()) === 0) return stored;
    const drawn = draw();
    const resource = changing((before, now) => rotated(before, now, drawn), NOTHING, open);
    const done = await managed.replace(resource, { environmentId }, id, {});
    return done.ok ? done.value : stored;
  }

  async function read(resource: ManagedResource, place: Place, id: Uuid) {
    const found = await managed.read(resource, place, id);
    return found.ok ? accept(await upToDate(found.value)) : found;
  }

  /** By policy: whoever asks while its keys are made waits for the same ones. */
  const making = new Map<Uuid, Promise<StoredDocument>>();

  /** The policy with all of its keys, or as it is when it is gone meanwhile. */
  async function withKeys(stored: StoredDocument): Promise<StoredDocument> {
    const { id, body } = stored;
    const { certificates, ...rotation } = rotationOf(body);
    const missing = keyIdsOf(rotation).filter((key) => !(key in certificates));
    if (missing.length === 0) return stored;
    const ours = making.get(id) ?? makeKeys(stored, missing).finally(() => making.delete(id));
    making.set(id, ours);
    return ours;
  }

  async function makeKeys(stored: StoredDocument, missing: readonly Uuid[]): Promise<StoredDocument> {
    const { environmentId, id, body } = stored;
    const made = new Map<Uuid, OwnedKey>();
    for (const key of missing) made.set(key, await keyOf(body));
    const done = await managed.replace(changing(rotationOf, made, open), { environmentId }, id, {});
    return done.ok ? done.value : stored;
  }

  function keyOf(body: JsonObject): Promise<OwnedKey> {
    const name = parseName(String(body['dn'])) ?? [];
    return keyMaker.make({
      algorithm: 'RSA',
      keyLength: Number(body['keyLength']),
      subject: name,
      issuer: name,
      signatureAlgorithm: 'SHA256withRSA',
      validityPeriod: validityPeriodOf(body),
    });
  }

  return {
    ...managed,
    async list(resource, place, list, isListed) {
      const listed = await managed.list(resource, place, list, isListed);
      if (!listed.ok) return listed;
      return accept({ ...listed.value, items: await Promise.all(listed.value.items.map(upToDate)) });
    },
    read,
    create: (_, place, document, by) => managed.create(rotationPolicies(draw()), place, document, by),
    async keySet(place, id) {
      const found = await read(rotationPolicies(), place, id);
      if (!found.ok) return found;
      const { body } = await withKeys(found.value);
      const rotation = rotationOf(body);
      return accept(
        keyIdsOf(rotation).flatMap((kid) => {
          const der = rotation.certificates[kid];
          return der === undefined ? [] : [jwkOf(kid, Buffer.from(der, 'base64'))];
        }),
      );
    },
  };
}

function jwkOf(kid: Uuid, der: Buffer): RotationJwk {
  const { n = '', e = '' } = new X509Certificate(der).publicKey.export({ format: 'jwk' });
  // SHA-1 is the member's definition (RFC 7517 §4.8): a name, and nothing rests on it.
  return { kty: 'RSA', e, n, kid, use: 'sig', x5t: hash('sha1', der, 'base64url'), x5c: [der.toString('base64')] };
}
