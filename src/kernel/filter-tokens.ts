/** A piece of a filter expression (`00` §3.6). */
export type FilterToken =
  | { readonly kind: '(' | ')' | '[' | ']' | ',' }
  /** An attribute, an operator or a combinator: which, its place says. */
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'value'; readonly value: string | number | boolean };

const SPACE = /[ \t]+/y;
const WORD = /[A-Za-z][A-Za-z0-9_.:$-]*/y;
const NUMBER = /-?[0-9]{1,15}(?![A-Za-z0-9_.:$-])/y;
/** In double quotes; a backslash before a quote or a backslash takes its meaning away. */
const STRING = /"((?:[^"\\\u0000-\u001f]|\\["\\])*)"/y;

/** The pieces from left to right, each character looked at once (SEC-54); `undefined` when one is not of the language. */
export function tokenize(text: string): readonly FilterToken[] | undefined {
  const tokens: FilterToken[] = [];
  let at = 0;
  const read = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) at = pattern.lastIndex;
    return match;
  };
  while (at < text.length) {
    const character = text[at];
    if (character !== undefined && isMark(character)) {
      tokens.push({ kind: character });
      at++;
      continue;
    }
    if (read(SPACE)) continue;
    const token = wordOrValue(read);
    if (!token) return undefined;
    tokens.push(token);
  }
  return tokens;
}

type Mark = '(' | ')' | '[' | ']' | ',';

function isMark(character: string): character is Mark {
  return '()[],'.includes(character);
}

function wordOrValue(read: (pattern: RegExp) => RegExpExecArray | null): FilterToken | undefined {
  const string = read(STRING);
  if (string) return { kind: 'value', value: (string[1] ?? '').replace(/\\(["\\])/g, '$1') };
  const number = read(NUMBER);
  if (number) return { kind: 'value', value: Number(number[0]) };
  const word = read(WORD)?.[0];
  if (word === undefined) return undefined;
  return word === 'true' || word === 'false' ? { kind: 'value', value: word === 'true' } : { kind: 'word', text: word };
}
