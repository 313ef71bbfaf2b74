import { randomBytes, randomFillSync, randomInt } from 'node:crypto';
import type { Instant } from './clock.js';
import type { Uuid } from './ids.js';

/** Chance as a parameter: shells draw, decisions receive (`style.md` §10). */
export interface Random {
  bytes(length: number): Buffer;
  /** Uniform decimal digits, leading zeros kept, no modulo bias (SEC-03). */
  digits(length: number): string;
  /** UUIDv4, for things that stay. */
  uuid(): Uuid;
  /** UUIDv7 (RFC 9562 §5.7), for things that come and go: inserts stay at the right edge of the index. */
  timeOrderedUuid(now: Instant): Uuid;
  /** Uniform in [0, 1): jitter only, never a secret. */
  fraction(): number;
}

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Formats 16 bytes as a UUID with this version and the variant of RFC 9562. */
function format(bytes: Buffer, version: number): Uuid {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | (version << 4);
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  let text = '';
  for (let at = 0; at < 16; at++) {
    if (at === 4 || at === 6 || at === 8 || at === 10) text += '-';
    text += HEX[bytes[at] ?? 0];
  }
  // Made right here of the form that `isUuid` asks for.
  return text as Uuid;
}

/** Builds every kind of draw from one source of random bytes, each a buffer of the caller's own. */
export function createRandom(fill: (length: number) => Buffer): Random {
  return {
    bytes: fill,
    digits(length) {
      let digits = '';
      while (digits.length < length) {
        // 250 is the largest multiple of ten below 256: bytes above it would favour the low digits.
        for (const byte of fill(length + 4)) {
          if (byte < 250 && digits.length < length) digits += String(byte % 10);
        }
      }
      return digits;
    },
    uuid: () => format(fill(16), 4),
    timeOrderedUuid(now) {
      const bytes = fill(16);
      bytes.writeUIntBE(now, 0, 6);
      return format(bytes, 7);
    },
    fraction: () => randomInt(0, 2 ** 32) / 2 ** 32,
  };
}

const POOL_BYTES = 4096;

/** The operating system's CSPRNG, read in blocks: one system call serves a hundred draws. */
export function createSystemRandom(): Random {
  const pool = randomBytes(POOL_BYTES);
  let used = 0;
  return createRandom((length) => {
    if (length > POOL_BYTES / 4) return randomBytes(length);
    if (used + length > POOL_BYTES) {
      randomFillSync(pool);
      used = 0;
    }
    const draw = Buffer.allocUnsafe(length);
    pool.copy(draw, 0, used, used + length);
    pool.fill(0, used, used + length);
    used += length;
    return draw;
  });
}
