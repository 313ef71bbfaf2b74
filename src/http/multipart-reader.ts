export const MULTIPART_TYPE = 'multipart/form-data';

const MOST_PARTS = 10;
const MOST_HEADER_BYTES = 1_024;
const BLANK_LINE = '\r\n\r\n';

/**
 * A strict reader of a form in parts (RFC 7578): every part has a name of its own, and no more than that is looked at. `contentType` is
 * the whole header. `undefined` when the body is anything else, or has too many parts.
 */
export function readMultipart(contentType: string, bytes: Buffer): ReadonlyMap<string, Buffer> | undefined {
  const boundary = boundaryOf(contentType);
  if (boundary === undefined) return undefined;
  const mark = `--${boundary}`;
  const parts = new Map<string, Buffer>();
  // What stands before the first mark is nothing; ours begin with it.
  if (!startsAt(bytes, mark, 0)) return undefined;
  let at = mark.length;
  while (startsAt(bytes, '\r\n', at)) {
    const end = bytes.indexOf(`\r\n${mark}`, at, 'latin1');
    const part = end < 0 ? undefined : readPart(bytes.subarray(at + 2, end));
    if (!part || parts.has(part.name) || parts.size === MOST_PARTS) return undefined;
    parts.set(part.name, part.content);
    at = end + 2 + mark.length;
  }
  return startsAt(bytes, '--', at) ? parts : undefined;
}

/** 1 to 70 characters (RFC 2046 §5.1.1), as they come or in quotes. */
function boundaryOf(contentType: string): string | undefined {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"\\]{1,70})"|([^\s;"]{1,70}))\s*(?:;|$)/i.exec(contentType) ?? [];
  return quoted ?? plain;
}

const startsAt = (bytes: Buffer, text: string, at: number): boolean =>
  bytes.toString('latin1', at, at + text.length) === text;

/** Lines of headers, an empty one, and the content. */
function readPart(part: Buffer): { readonly name: string; readonly content: Buffer } | undefined {
  const end = part.indexOf(BLANK_LINE, 0, 'latin1');
  if (end < 0 || end > MOST_HEADER_BYTES) return undefined;
  const lines = part.toString('latin1', 0, end).split('\r\n');
  const disposition = lines.find((line) => /^content-disposition:/i.test(line));
  const name = /^content-disposition: *form-data; *name="([^"\\]{1,64})"/i.exec(disposition ?? '')?.[1];
  return name === undefined ? undefined : { name, content: part.subarray(end + BLANK_LINE.length) };
}
