declare const uuid: unique symbol;

/** A lower-case RFC 4122 UUID. Version and variant bits are not looked at: one of the seeds' ids has neither (`00` §2.5). */
export type Uuid = string & { readonly [uuid]: true };

const PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function isUuid(text: string): text is Uuid {
  return PATTERN.test(text);
}

/** The id, or `undefined` when the text is not of the wire's form. */
export function parseUuid(text: string): Uuid | undefined {
  return isUuid(text) ? text : undefined;
}

/** For ids written in our own code (demo data, tests). Throws on a typo. */
export function uuidOf(text: string): Uuid {
  if (!isUuid(text)) throw new TypeError(`not a UUID: ${text}`);
  return text;
}
