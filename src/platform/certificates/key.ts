import { X509Certificate } from 'node:crypto';
import { oneOf } from '../../kernel/document-schema.js';
import type { FieldProblem } from '../../kernel/field-problem.js';
import type { JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import type { Redacted } from '../../kernel/sealed.js';
import type { ManagedResource, Rule } from '../managed/resource.js';
import { atMost, checked, notReferredToBy } from '../managed/rules.js';
import { parseName } from './name.js';
import { certificateOf, keyNameOf, oneDefaultOfUsage, UsageType } from './stored.js';
import { readCertificate, SIGNATURE_ALGORITHMS } from './x509.js';

const KIND = 'key';
/** Of one environment. */
const MOST_KEYS = 100;
const MOST_DAYS = 36_500;

/** Bits that a key may have. */
export const RSA_LENGTHS: readonly number[] = [2048, 3072, 4096, 7680];
const LENGTHS: Readonly<Record<string, readonly number[]>> = {
  RSA: RSA_LENGTHS,
  EC: [224, 256, 384, 521],
};
const Name = Type.String({ minLength: 1, maxLength: 1_024 });

/** A key that is to be made. */
const KeyDocument = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 256 }),
  algorithm: oneOf('RSA', 'EC'),
  keyLength: Type.Integer(),
  signatureAlgorithm: oneOf(...SIGNATURE_ALGORITHMS),
  subjectDN: Name,
  issuerDN: Type.Optional(Name),
  usageType: UsageType,
  validityPeriod: Type.Integer({ minimum: 1, maximum: MOST_DAYS }),
  serialNumber: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
  default: Type.Optional(Type.Boolean()),
  customCRL: Type.Optional(Type.String({ minLength: 1, maxLength: 2_048 })),
});

/** What can be changed of one. */
const KeyUpdate = Type.Object({
  usageType: UsageType,
  default: Type.Boolean(),
  issuerDN: Type.Optional(Name),
});

/** What a schema cannot say of a key by itself. */
function keyProblems(document: JsonObject): readonly FieldProblem[] {
  const { algorithm, keyLength, signatureAlgorithm, usageType } = document;
  const invalid = (target: string, message: string, allowedValues?: readonly string[]): FieldProblem => ({
    problem: 'invalid',
    target,
    message,
    ...(allowedValues ? { allowedValues } : {}),
  });
  const lengths = LENGTHS[String(algorithm)] ?? [];
  const suffix = algorithm === 'RSA' ? 'withRSA' : 'withECDSA';
  return [
    ...(lengths.includes(Number(keyLength))
      ? []
      : [invalid('keyLength', `must be one of ${lengths.join(', ')} for ${algorithm}`)]),
    ...(String(signatureAlgorithm).endsWith(suffix)
      ? []
      : [invalid('signatureAlgorithm', `must be one for ${algorithm} keys`, signaturesOf(suffix))]),
    ...['subjectDN', 'issuerDN'].flatMap((member) => {
      const name = document[member];
      return name === undefined || parseName(String(name)) ? [] : [invalid(member, 'must be a distinguished name')];
    }),
    ...(document['customCRL'] !== undefined && usageType !== 'ISSUANCE'
      ? [invalid('customCRL', 'is for keys that certificates are issued with')]
      : []),
  ];
}

const signaturesOf = (suffix: string): readonly string[] =>
  SIGNATURE_ALGORITHMS.filter((name) => name.endsWith(suffix));

/** Where applications name keys: that of assertions, and that of their users' certificates. */
export const SIGNING_KEY = 'idpSigning.key.id';
export const ISSUING_KEY = 'kerberos.key.id';
/** Where subscriptions name a key: the one by which they are somebody to their receivers. */
export const CLIENT_KEY = 'tlsClientAuthKeyPair.id';

const APPLICATION = 'application';
const RULES: readonly Rule[] = [
  oneDefaultOfUsage(KIND),
  ...[SIGNING_KEY, ISSUING_KEY].map((place) => notReferredToBy(APPLICATION, place)),
  notReferredToBy('subscription', CLIENT_KEY),
];

/** What was made for a key: the private key as PKCS #8, PEM, and what is stored beside what was asked for. */
export interface MadeKey {
  readonly privateKey: Redacted<string>;
  readonly facts: JsonObject;
}

/** Keys of an environment, each with a certificate of its own. No section tells of them; the public clients do. */
export function keys(made?: MadeKey): ManagedResource {
  return {
    kind: KIND,
    schema: KeyDocument,
    noun: 'KEY',
    seals: () => made?.privateKey,
    rules: [
      checked(keyProblems),
      atMost(KIND, MOST_KEYS),
      ...RULES,
      {
        completes: ({ document }) => {
          const { subjectDN, issuerDN = subjectDN } = document;
          return {
            ...document,
            default: document['default'] === true,
            ...(issuerDN === undefined ? {} : { issuerDN }),
            ...made?.facts,
          };
        },
      },
    ],
  };
}

/** The same, once they are there: what a key is for changes, and nothing else. */
export const changedKeys: ManagedResource = {
  kind: KIND,
  schema: KeyUpdate,
  noun: 'KEY',
  seals: ({ current }) => current?.secret,
  rules: [
    {
      problems: ({ document: { issuerDN }, current }) =>
        issuerDN === undefined || issuerDN === current?.body['issuerDN']
          ? []
          : [{ problem: 'invalid', target: 'issuerDN', message: 'cannot be changed' }],
    },
    ...RULES,
    { completes: ({ document, current }) => ({ ...current?.body, ...document }) },
  ],
};

/** Keys that come in files, each with its certificate. */
export function importedKeys(imported: MadeKey): ManagedResource {
  return {
    kind: KIND,
    schema: Type.Object({ usageType: UsageType }),
    noun: 'KEY',
    seals: () => imported.privateKey,
    rules: [
      atMost(KIND, MOST_KEYS),
      { completes: ({ document }) => ({ ...document, default: false, ...imported.facts }) },
    ],
  };
}

/** Keys whose certificate is another than before; `facts` are what is stored of it. A name that came of the former goes with it. */
export function certifiedKeys(facts: JsonObject): ManagedResource {
  return {
    ...changedKeys,
    rules: [
      {
        problems: ({ current }) =>
          !current || isOfSameKey(certificateOf(current), certificateOf({ body: facts }))
            ? []
            : [{ problem: 'invalid', target: 'file', message: 'must be a certificate of this key' }],
        completes({ document, current }) {
          if (!current) return document;
          const { name } = current.body;
          const former = readCertificate(certificateOf(current));
          return { ...current.body, ...facts, ...(former && name !== keyNameOf(former) ? { name: name ?? '' } : {}) };
        },
      },
    ],
  };
}

function isOfSameKey(one: Buffer, other: Buffer): boolean {
  return new X509Certificate(one).publicKey.equals(new X509Certificate(other).publicKey);
}
