import { type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import type { Random } from './random.js';

/** How much a hash costs: memory is 128 · 2^logN · r bytes, time p times the work over it (RFC 7914 §2). */
export interface HashCost {
  readonly logN: number;
  readonly r: number;
  readonly p: number;
}

/** 32 MiB and some hundred milliseconds: one of the equivalent settings that OWASP's password storage page recommends. */
const COST: HashCost = { logN: 15, r: 8, p: 3 };
const SALT_BYTES = 16;
const KEY_BYTES = 32;
/** Hashes computed at once: each holds a thread that everything else which waits for one needs too. */
const AT_ONCE = 2;

/** Slow salted hashes of passwords, as texts that carry their salt and cost. */
export interface PasswordHashes {
  hash(password: string): Promise<string>;
  /** Constant-time comparison; a text that is none of ours matches nothing. */
  matches(password: string, hash: string): Promise<boolean>;
}

const FORM = /^scrypt\$(\d{1,2})\$(\d{1,2})\$(\d{1,2})\$([A-Za-z0-9_-]+)\$([A-Za-z0-9_-]+)$/;

export function createPasswordHashes(random: Pick<Random, 'bytes'>, cost: HashCost = COST): PasswordHashes {
  let running = 0;
  const waiting: (() => void)[] = [];

  async function derived(password: string, salt: Buffer, of: HashCost): Promise<Buffer> {
    if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await scryptKey(password, salt, of);
    } finally {
      const next = waiting.shift();
      // Whoever waits takes over the place.
      if (next) next();
      else running--;
    }
  }

  return {
    async hash(password) {
      const salt = random.bytes(SALT_BYTES);
      const key = await derived(password, salt, cost);
      const { logN, r, p } = cost;
      return `scrypt$${logN}$${r}$${p}$${salt.toString('base64url')}$${key.toString('base64url')}`;
    },
    async matches(password, hash) {
      const [, logN, r, p, salt, key] = FORM.exec(hash) ?? [];
      if (salt === undefined || key === undefined) return false;
      const of = { logN: Number(logN), r: Number(r), p: Number(p) };
      const expected = Buffer.from(key, 'base64url');
      const found = await derived(password, Buffer.from(salt, 'base64url'), of);
      return found.length === expected.length && timingSafeEqual(found, expected);
    },
  };
}

/** The same password typed in another Unicode composition is the same (RFC 8265 §4.2). */
function scryptKey(password: string, salt: Buffer, { logN, r, p }: HashCost): Promise<Buffer> {
  const N = 2 ** logN;
  const options: ScryptOptions = { N, r, p, maxmem: 256 * N * r };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, KEY_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
