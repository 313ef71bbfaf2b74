/** The forms that an image can have (wire: the type of an image's target). */
export type ImageType = 'png' | 'jpg' | 'gif';

/** What the first bytes of an image tell. Width and height in pixels. */
export interface ImageForm {
  readonly type: ImageType;
  readonly width: number;
  readonly height: number;
}

const PNG_SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
/** Length 13 and the name of the chunk that a PNG begins with (W3C PNG §5.6). */
const PNG_HEADER = Buffer.from('\0\0\0\rIHDR', 'latin1');

/** What these bytes are by themselves, whatever somebody calls them; `undefined`: none of the three. Markup is none. */
export function imageForm(bytes: Buffer): ImageForm | undefined {
  return pngForm(bytes) ?? jpegForm(bytes) ?? gifForm(bytes);
}

function pngForm(bytes: Buffer): ImageForm | undefined {
  if (bytes.length < 33 || !bytes.subarray(0, 8).equals(PNG_SIGNATURE)) return undefined;
  if (!bytes.subarray(8, 16).equals(PNG_HEADER)) return undefined;
  return sized('png', bytes.readUInt32BE(16), bytes.readUInt32BE(20));
}

function gifForm(bytes: Buffer): ImageForm | undefined {
  if (bytes.length < 13 || !/^GIF8[79]a$/.test(bytes.toString('latin1', 0, 6))) return undefined;
  return sized('gif', bytes.readUInt16LE(6), bytes.readUInt16LE(8));
}

/** Walks the segments to the frame header, which has the size (ITU T.81 §B.2.2). */
function jpegForm(bytes: Buffer): ImageForm | undefined {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return undefined;
  for (let at = 2; at + 9 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] ?? 0;
    // Bytes of filling before a marker.
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (isFrame(marker)) return sized('jpg', bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5));
    // The picture begins, or it ends: no frame header came before.
    if (marker === 0xda || marker === 0xd9) return undefined;
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}

/** SOF0 to SOF15; three of the numbers between them name tables (ITU T.81, table B.1). */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

const sized = (type: ImageType, width: number, height: number): ImageForm | undefined =>
  width > 0 && height > 0 ? { type, width, height } : undefined;
