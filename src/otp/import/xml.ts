import { SeedFileError } from './seed.js';

/** An element without its namespace: seed files mix none that share names. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Its own text, trimmed. */
  readonly text: string;
}

const DEEPEST = 32;
const MOST_ELEMENTS = 1_000_000;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** One piece of markup: comment, instruction, character data section, or tag. */
const MARKUP =
  /<(?:!--[\s\S]*?-->|\?[\s\S]*?\?>|!\[CDATA\[([\s\S]*?)\]\]>|(\/?)([A-Za-z_][\w.:-]*)((?:\s+[A-Za-z_][\w.:-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>)/y;
const ATTRIBUTE = /([A-Za-z_][\w.:-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

interface Open {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  text: string;
}

/**
 * Reads the part of XML that seed files need: elements, attributes, text, comments. No document type, and so no entities but the five
 * that XML itself has; bounded depth and number. Throws `SeedFileError`.
 */
export function readXml(source: string): XmlElement {
  const root: Open = { name: '', attributes: new Map(), children: [], text: '' };
  const stack: Open[] = [root];
  let elements = 0;
  for (let at = 0; at < source.length; ) {
    const next = source.indexOf('<', at);
    const open = stack.at(-1) ?? root;
    open.text += decoded(source.slice(at, next < 0 ? undefined : next));
    if (next < 0) break;
    MARKUP.lastIndex = next;
    const found = MARKUP.exec(source);
    if (!found) throw new SeedFileError(`not the XML of a seed file at character ${next + 1}`);
    at = MARKUP.lastIndex;
    const [, data, closing, name, attributes = '', empty] = found;
    if (data !== undefined) open.text += data;
    if (name === undefined) continue;
    if (closing === '/') {
      if (stack.length === 1 || open.name !== local(name))
        throw new SeedFileError(`an end that was not begun at character ${next + 1}`);
      stack.pop();
      (stack.at(-1) ?? root).children.push(closed(open));
      continue;
    }
    elements += 1;
    if (elements > MOST_ELEMENTS || stack.length > DEEPEST) throw new SeedFileError('too deep, or too much of it');
    const begun: Open = { name: local(name), attributes: attributesIn(attributes), children: [], text: '' };
    if (empty === '/') open.children.push(closed(begun));
    else stack.push(begun);
  }
  const [document, ...others] = root.children;
  if (stack.length > 1 || !document || others.length > 0 || root.text.trim() !== '')
    throw new SeedFileError('not one XML document with an end');
  return document;
}

/** The first element below another, along a path of names. */
export function below(element: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined {
  return path.reduce<XmlElement | undefined>(
    (parent, name) => parent?.children.find((child) => child.name === name),
    element,
  );
}

const local = (name: string): string => name.slice(name.indexOf(':') + 1);
const closed = ({ text, ...open }: Open): XmlElement => ({ ...open, text: text.trim() });

function attributesIn(text: string): ReadonlyMap<string, string> {
  const pairs = [...text.matchAll(ATTRIBUTE)].map(
    ([, name = '', double, single = '']) => [local(name), decoded(double ?? single)] as const,
  );
  return new Map(pairs);
}

function decoded(text: string): string {
  return text.replace(/&([^;]*);?/g, (_all, name: string) => {
    const character = Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : undefined;
    if (character === undefined) throw new SeedFileError('an entity that XML itself does not have');
    return character;
  });
}
