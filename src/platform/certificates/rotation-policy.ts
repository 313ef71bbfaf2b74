import type { Instant } from '../../kernel/clock.js';
import { oneOf } from '../../kernel/document-schema.js';
import { days } from '../../kernel/duration.js';
import type { FieldProblem } from '../../kernel/field-problem.js';
import { isUuid, type Uuid } from '../../kernel/ids.js';
import type { JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import type { ManagedResource, Rule } from '../managed/resource.js';
import { atMost, checked, notReferredToBy } from '../managed/rules.js';
import { RSA_LENGTHS } from './key.js';
import { parseName } from './name.js';

export const ROTATION_POLICY = 'keyRotationPolicy';
/** Of one environment, as the vendor's documentation has it. */
const MOST_POLICIES = 5;
/** Days, where a policy does not say. */
const ROTATION_PERIOD = 90;
const VALIDITY_PERIOD = 365;
const SHORTEST_PERIOD = 30;
const MOST_DAYS = 36_500;

/** What keys are made under a policy, and how often. No section tells of it; the public clients do. */
const RotationPolicyDocument = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 256 }),
  algorithm: oneOf('RSA'),
  dn: Type.String({ minLength: 1, maxLength: 1_024 }),
  keyLength: Type.Integer(),
  signatureAlgorithm: oneOf('SHA256withRSA'),
  usageType: oneOf('SIGNING'),
  rotationPeriod: Type.Optional(Type.Integer()),
  validityPeriod: Type.Optional(Type.Integer({ minimum: SHORTEST_PERIOD + 1, maximum: MOST_DAYS })),
});

/** Where applications name policies. */
export const ROTATION_PLACES = ['signing.keyRotationPolicy.id', 'idpSigning.keyRotationPolicy.id'] as const;

/** What a schema cannot say of a policy by itself: a key outlives the time until the next one comes. */
function rotationPolicyProblems(document: JsonObject): readonly FieldProblem[] {
  const { dn, keyLength } = document;
  const [period, maximum] = [rotationPeriodOf(document), validityPeriodOf(document) - 1];
  return [
    ...(RSA_LENGTHS.includes(Number(keyLength))
      ? []
      : [{ problem: 'invalid', target: 'keyLength', message: `must be one of ${RSA_LENGTHS.join(', ')}` } as const]),
    ...(parseName(String(dn))
      ? []
      : [{ problem: 'invalid', target: 'dn', message: 'must be a distinguished name' } as const]),
    ...(period < SHORTEST_PERIOD || period > maximum
      ? [{ problem: 'outOfRange', target: 'rotationPeriod', minimum: SHORTEST_PERIOD, maximum } as const]
      : []),
  ];
}

const numberOr = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise);
const rotationPeriodOf = ({ rotationPeriod }: JsonObject): number => numberOr(rotationPeriod, ROTATION_PERIOD);

/** Days that the certificate of a policy's key is good for. */
export const validityPeriodOf = ({ validityPeriod }: JsonObject): number => numberOr(validityPeriod, VALIDITY_PERIOD);

/** The keys of a policy: the one that was in use, the one that is, and the one that will be. */
interface KeyIds {
  readonly previousKeyId?: Uuid;
  readonly currentKeyId: Uuid;
  readonly nextKeyId: Uuid;
}

/** How far a policy is. A key is made when it is first asked for: `certificates` has those that have been. */
export interface Rotation extends KeyIds {
  /** When `currentKeyId` came into use. */
  readonly rotatedAt: Instant;
  /** By key, DER, base64. */
  readonly certificates: Readonly<Record<string, string>>;
}

/** Members of a stored policy that are its rotation. */
const MEMBERS = ['previousKeyId', 'currentKeyId', 'nextKeyId', 'rotatedAt', 'certificates'] as const;
/** Those that are not shown as they are stored. */
export const UNSHOWN_ROTATION: readonly string[] = MEMBERS;

export class RotationPolicyError extends Error {
  override readonly name = 'RotationPolicyError';
}

/** Throws `RotationPolicyError` when the document is not one that was stored here. */
export function rotationOf(body: JsonObject): Rotation {
  const { previousKeyId, currentKeyId, nextKeyId, rotatedAt, certificates } = body;
  if (!isId(currentKeyId) || !isId(nextKeyId) || typeof rotatedAt !== 'number')
    throw new RotationPolicyError('a key rotation policy does not decode');
  return {
    ...(isId(previousKeyId) ? { previousKeyId } : {}),
    currentKeyId,
    nextKeyId,
    rotatedAt,
    certificates: Object.fromEntries(Object.entries(certificates ?? {}).map(([id, der]) => [id, String(der)])),
  };
}

const isId = (value: unknown): value is Uuid => typeof value === 'string' && isUuid(value);

/** The oldest first. */
export function keyIdsOf({ previousKeyId, currentKeyId, nextKeyId }: KeyIds): readonly Uuid[] {
  return [...(previousKeyId ? [previousKeyId] : []), currentKeyId, nextKeyId];
}

/** How many periods have gone by since the last rotation. */
export function periodsDue(body: JsonObject, now: Instant): number {
  return Math.max(0, Math.floor((now - rotationOf(body).rotatedAt) / days(rotationPeriodOf(body))));
}

/** Ids for the keys of a whole rotation: nobody looks further ahead than what is shown. */
export type DrawnIds = readonly [Uuid, Uuid, Uuid];

/**
 * A policy's keys after the periods that have gone by, as if it had been rotated at the end of each: of a policy that nobody has looked
 * at for long, all of them are new. Certificates of keys that are out of the rotation are forgotten.
 */
export function rotated(body: JsonObject, now: Instant, drawn: DrawnIds): Rotation {
  const before = rotationOf(body);
  const periods = periodsDue(body, now);
  if (periods === 0) return before;
  const [previousKeyId, currentKeyId, nextKeyId] = inLine(before, periods, drawn);
  const after = { previousKeyId, currentKeyId, nextKeyId };
  return {
    ...after,
    rotatedAt: before.rotatedAt + periods * days(rotationPeriodOf(body)),
    certificates: Object.fromEntries(
      Object.entries(before.certificates).filter(([id]) => Object.values<string>(after).includes(id)),
    ),
  };
}

function inLine({ currentKeyId, nextKeyId }: Rotation, periods: number, drawn: DrawnIds): DrawnIds {
  if (periods === 1) return [currentKeyId, nextKeyId, drawn[0]];
  return periods === 2 ? [nextKeyId, drawn[0], drawn[1]] : drawn;
}

const RULES: readonly Rule[] = [
  checked(rotationPolicyProblems),
  atMost(ROTATION_POLICY, MOST_POLICIES),
  ...ROTATION_PLACES.map((place) => notReferredToBy('application', place)),
];

/** Key rotation policies of an environment: what is said of them, and the keys that are in rotation. */
export function rotationPolicies(drawn?: DrawnIds): ManagedResource {
  return {
    kind: ROTATION_POLICY,
    schema: RotationPolicyDocument,
    noun: 'KEY_ROTATION_POLICY',
    seals: ({ current }) => current?.secret,
    rules: [
      ...RULES,
      {
        completes({ document, current, now }) {
          if (current) return { ...document, ...rotationOf(current.body) };
          if (!drawn) throw new RotationPolicyError('a policy is made with the ids of its keys');
          return { ...document, currentKeyId: drawn[0], nextKeyId: drawn[1], rotatedAt: now, certificates: {} };
        },
      },
    ],
  };
}
