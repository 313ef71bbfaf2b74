import { type FilterToken, tokenize } from './filter-tokens.js';
import { accept, type Outcome, reject, unreachable } from './outcome.js';

/** What a comparison may hold an attribute against (`00` §3.6). */
export type FilterValue = string | number | boolean;

const OPERATORS = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  sw: (a, b) => String(a).startsWith(String(b)),
  ew: (a, b) => String(a).endsWith(String(b)),
  co: (a, b) => String(a).includes(String(b)),
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
} as const satisfies Record<string, (a: FilterValue, b: FilterValue) => boolean>;

export type FilterOperator = keyof typeof OPERATORS | 'in';
export type FilterCombinator = 'and' | 'or' | 'not';

/** What a collection can be filtered by; everything else is refused by name. */
export interface FilterRules {
  /** One of a multi-valued attribute's members is named behind it in brackets: `memberOfGroups[id]`. */
  readonly attributes: Readonly<Record<string, readonly FilterOperator[]>>;
  /** Attributes that have no name here, if there are any. */
  readonly others?: { readonly isOne: (attribute: string) => boolean; readonly operators: readonly FilterOperator[] };
  readonly combinators: readonly FilterCombinator[];
}

export type Filter =
  | {
      readonly kind: 'compare';
      readonly attribute: string;
      readonly operator: keyof typeof OPERATORS;
      readonly value: FilterValue;
    }
  | { readonly kind: 'in'; readonly attribute: string; readonly values: readonly FilterValue[] }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Filter[] }
  | { readonly kind: 'not'; readonly operand: Filter };

/** Why a filter is refused, and what would be taken in its place. */
export interface FilterProblem {
  readonly message: string;
  readonly supportedAttributes?: readonly string[];
  readonly supportedOperators?: readonly string[];
}

/** Bytes of an expression, and depth of its parentheses (SEC-53). */
const MAX_BYTES = 2048;
const MAX_DEPTH = 16;

/** Reads a SCIM expression in one pass, without looking back (SEC-54; wire: `00` §3.6). */
export function parseFilter(text: string, rules: FilterRules): Outcome<Filter, FilterProblem> {
  if (Buffer.byteLength(text) > MAX_BYTES) return reject({ message: `must not be longer than ${MAX_BYTES} bytes` });
  const tokens = tokenize(text);
  if (!tokens) return reject(malformed(rules));
  return new Parser(tokens, rules).parse();
}

/** What an object has for an attribute; several of it for one that is multi-valued. */
export type Attribute = FilterValue | readonly FilterValue[] | undefined;

/**
 * Whether an object, by its attributes, is among those asked for. One that lacks an attribute fits no comparison of it; of several
 * values one is enough (RFC 7644 §3.4.2.2).
 */
export function matches(filter: Filter, attributeOf: (attribute: string) => Attribute): boolean {
  switch (filter.kind) {
    case 'compare': {
      const compare = OPERATORS[filter.operator];
      return valuesOf(attributeOf(filter.attribute)).some((value) => compare(value, filter.value));
    }
    case 'in':
      return valuesOf(attributeOf(filter.attribute)).some((value) => filter.values.includes(value));
    case 'and':
      return filter.operands.every((operand) => matches(operand, attributeOf));
    case 'or':
      return filter.operands.some((operand) => matches(operand, attributeOf));
    case 'not':
      return !matches(filter.operand, attributeOf);
    default:
      return unreachable(filter);
  }
}

function valuesOf(attribute: Attribute): readonly FilterValue[] {
  if (attribute === undefined) return [];
  return typeof attribute === 'object' ? attribute : [attribute];
}

function malformed({ attributes, combinators }: FilterRules): FilterProblem {
  return {
    message: 'is not a valid filter',
    supportedAttributes: Object.keys(attributes),
    supportedOperators: [...new Set([...Object.values(attributes).flat(), ...combinators])],
  };
}

/** Recursive descent, one token ahead: `or` binds weaker than `and`, `not` takes what is in parentheses (RFC 7644 §3.4.2.2). */
class Parser {
  #at = 0;
  readonly #tokens: readonly FilterToken[];
  readonly #rules: FilterRules;

  constructor(tokens: readonly FilterToken[], rules: FilterRules) {
    this.#tokens = tokens;
    this.#rules = rules;
  }

  parse(): Outcome<Filter, FilterProblem> {
    const filter = this.#alternatives(0);
    if (!filter.ok || this.#at === this.#tokens.length) return filter;
    return reject(malformed(this.#rules));
  }

  #alternatives(depth: number): Outcome<Filter, FilterProblem> {
    return this.#list('or', () => this.#list('and', () => this.#operand(depth)));
  }

  /** Operands joined by one combinator; a single one stands for itself. */
  #list(combinator: 'and' | 'or', next: () => Outcome<Filter, FilterProblem>): Outcome<Filter, FilterProblem> {
    const operands: Filter[] = [];
    do {
      const operand = next();
      if (!operand.ok) return operand;
      operands.push(operand.value);
    } while (this.#take(combinator));
    const [only] = operands;
    if (only && operands.length === 1) return accept(only);
    return this.#allowed(combinator) ?? accept({ kind: combinator, operands });
  }

  #operand(depth: number): Outcome<Filter, FilterProblem> {
    if (this.#take('not')) {
      const refusal = this.#allowed('not');
      if (refusal) return refusal;
      const operand = this.#group(depth);
      return operand.ok ? accept({ kind: 'not', operand: operand.value }) : operand;
    }
    return this.#tokens[this.#at]?.kind === '(' ? this.#group(depth) : this.#comparison();
  }

  #group(depth: number): Outcome<Filter, FilterProblem> {
    if (depth >= MAX_DEPTH) return reject({ message: `must not nest deeper than ${MAX_DEPTH}` });
    if (this.#next()?.kind !== '(') return reject(malformed(this.#rules));
    const inner = this.#alternatives(depth + 1);
    if (!inner.ok) return inner;
    return this.#next()?.kind === ')' ? inner : reject(malformed(this.#rules));
  }

  #comparison(): Outcome<Filter, FilterProblem> {
    const attribute = this.#next();
    if (attribute?.kind !== 'word') return reject(malformed(this.#rules));
    if (this.#tokens[this.#at]?.kind !== '[') return this.#compared(attribute.text);
    this.#at++;
    const member = this.#next();
    if (member?.kind !== 'word') return reject(malformed(this.#rules));
    const compared = this.#compared(`${attribute.text}[${member.text}]`);
    return !compared.ok || this.#next()?.kind === ']' ? compared : reject(malformed(this.#rules));
  }

  /** What an attribute is compared with, and how. */
  #compared(attribute: string): Outcome<Filter, FilterProblem> {
    const { attributes, others, combinators } = this.#rules;
    const word = this.#next();
    if (word?.kind !== 'word') return reject(malformed(this.#rules));
    const named = Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined;
    const operators = named ?? (others?.isOne(attribute) ? others.operators : undefined);
    if (!operators)
      return reject({
        message: `attribute '${attribute}' is not supported`,
        supportedAttributes: Object.keys(attributes),
      });
    const operator = operators.find((known) => known === word.text.toLowerCase());
    if (!operator)
      return reject({
        message: `operator '${word.text}' is not supported for '${attribute}'`,
        supportedOperators: [...operators, ...combinators],
      });
    if (operator === 'in') return this.#members(attribute);
    const value = this.#next();
    if (value?.kind !== 'value') return reject(malformed(this.#rules));
    return accept({ kind: 'compare', attribute, operator, value: value.value });
  }

  /** One or more values in parentheses or brackets: the reference's samples have both. */
  #members(attribute: string): Outcome<Filter, FilterProblem> {
    const open = this.#next()?.kind;
    if (open !== '(' && open !== '[') return reject(malformed(this.#rules));
    const values: FilterValue[] = [];
    for (;;) {
      const value = this.#next();
      const mark = this.#next()?.kind;
      if (value?.kind !== 'value') return reject(malformed(this.#rules));
      values.push(value.value);
      if (mark === (open === '(' ? ')' : ']')) return accept({ kind: 'in', attribute, values });
      if (mark !== ',') return reject(malformed(this.#rules));
    }
  }

  #allowed(combinator: FilterCombinator): Outcome<never, FilterProblem> | undefined {
    if (this.#rules.combinators.includes(combinator)) return undefined;
    const { supportedOperators } = malformed(this.#rules);
    return reject({
      message: `operator '${combinator}' is not supported`,
      ...(supportedOperators ? { supportedOperators } : {}),
    });
  }

  #next(): FilterToken | undefined {
    const token = this.#tokens[this.#at];
    if (token) this.#at++;
    return token;
  }

  /** Takes a word that is spelled so, in any case. */
  #take(word: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'word' || token.text.toLowerCase() !== word) return false;
    this.#at++;
    return true;
  }
}
