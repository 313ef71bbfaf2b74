import fc from 'fast-check';

/** JSON Schema as `docs/openapi.json` holds it. */
export interface Node {
  readonly type?: string | readonly string[];
  readonly anyOf?: readonly Node[];
  readonly allOf?: readonly Node[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Node;
  readonly patternProperties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Texts that have broken servers before. */
const HOSTILE = [
  '',
  ' ',
  '\u0000',
  '__proto__',
  'constructor',
  '{{7*7}}',
  '<script>alert(1)</script>',
  "' or 1=1 --",
  '../../etc/passwd',
  '%s%n',
  '\r\nSet-Cookie: a=b',
  '\u202e',
  '\ufeff',
  '𝔘𝔫𝔦',
  '+1'.repeat(40),
  'x'.repeat(20_000),
  '1e400',
  '9'.repeat(400),
];
/** Stands for the id of an object that is there when the request is made, so that a seed draws the same again. */
export const standIn = (name: string): string => `«${name}»`;

const somebody = fc.constantFrom(...['userId', 'deviceId', 'policyId', 'populationId', 'id', 'nobody'].map(standIn));

/** Values of every kind, for where a schema asks for something else. */
export const HOSTILE_VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 53,
  1e300,
  [],
  {},
  [[]],
  { a: 1 },
  ...HOSTILE,
];

/** Texts that mean something to some field; a schema does not say which. */
const MEANINGFUL = [
  'SMS',
  'EMAIL',
  'VOICE',
  'WHATSAPP',
  '+15125550188',
  'somebody@example.org',
  '123456',
  'MINUTES',
  'SECONDS',
  'client_credentials',
  '2031-06-01T00:00:00Z',
  'ACTIVE',
  'ACTIVATION_REQUIRED',
  'CHANGE_DEVICE',
];

/** Values that fit the schema for the most part, with a hostile one here and there. */
export function arbitraryOf(node: Node): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 20, arbitrary: fitting(node) },
    { weight: 1, arbitrary: fc.constantFrom(...HOSTILE_VALUES) },
  );
}

function fitting(node: Node): fc.Arbitrary<unknown> {
  if (node.const !== undefined) return fc.constant(node.const);
  if (node.enum) return fc.constantFrom(...node.enum);
  if (node.anyOf) return fc.oneof(...node.anyOf.map((one) => fitting(one)));
  if (node.allOf) return fitting(merged(node.allOf));
  const type = typeof node.type === 'string' ? node.type : node.properties ? 'object' : node.type?.[0];
  switch (type) {
    case 'object':
      return objectOf(node);
    case 'array':
      return fc.array(arbitraryOf(node.items ?? {}), {
        minLength: node.minItems ?? 0,
        maxLength: Math.min(node.maxItems ?? 4, 4),
      });
    case 'integer':
      return fc.integer({ min: node.minimum ?? -3, max: node.maximum ?? 1_000 });
    case 'number':
      return fc.double({ min: node.minimum ?? -3, max: node.maximum ?? 1_000, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'string':
      return textOf(node);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function objectOf(node: Node): fc.Arbitrary<unknown> {
  const members = Object.fromEntries(
    Object.entries(node.properties ?? {}).map(([name, property]) => [name, arbitraryOf(property)]),
  );
  const required = (node.required ?? []).filter((name) => name in members);
  const right = fc.record(members, { requiredKeys: required });
  const others = fc.dictionary(
    fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('__proto__', 'constructor', 'toString', 'id', '_links')),
    fc.jsonValue({ maxDepth: 1 }),
    { maxKeys: 2, noNullPrototype: false },
  );
  return fc.oneof(
    { weight: 12, arbitrary: right },
    { weight: 1, arbitrary: fc.record(members, { requiredKeys: [] }) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(right, others)
        .map(([one, more]) => Object.fromEntries([...Object.entries(one), ...Object.entries(more)])),
    },
  );
}

function textOf(node: Node): fc.Arbitrary<string> {
  if (node.format === 'uuid') return somebody;
  const length = { minLength: node.minLength ?? 0, maxLength: Math.min(node.maxLength ?? 30, 200) };
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...MEANINGFUL) },
    { weight: 4, arbitrary: somebody },
    { weight: 2, arbitrary: fc.string({ ...length, unit: 'binary' }) },
    { weight: 1, arbitrary: fc.constantFrom(...HOSTILE) },
  );
}

function merged(nodes: readonly Node[]): Node {
  const flat = nodes.map((node) => (node.allOf ? merged(node.allOf) : node));
  return {
    type: 'object',
    properties: Object.assign({}, ...flat.map(({ properties }) => properties ?? {})),
    required: flat.flatMap(({ required }) => required ?? []),
  };
}
