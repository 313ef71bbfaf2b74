import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { MasterKey } from '../config/config.js';
import { decodeKey } from '../config/load.js';
import { MASTER_KEY_BYTES, sha256 } from '../kernel/keys.js';
import { unreachable } from '../kernel/outcome.js';
import type { Random } from '../kernel/random.js';
import { Redacted } from '../kernel/sealed.js';
import { CommandError } from './terminal.js';

/**
 * The key of every `postern dev` on PostgreSQL. It is no secret: it stands here, so that several development servers on one
 * database read each other's codes without being told anything.
 */
const PUBLISHED_KEY = Buffer.from(sha256('postern dev: a published key, for development on PostgreSQL'), 'base64url');

export interface ResolvedKey {
  readonly key: Redacted<Buffer>;
  /** What a developer should know of it. */
  readonly notice?: string;
}

/** The bytes behind `Config.masterKey`; makes the file of an embedded development database at its first start. */
export function resolveMasterKey(source: MasterKey, random: Random): ResolvedKey {
  switch (source.kind) {
    case 'given':
      return { key: source.key };
    case 'missing':
      throw new CommandError('there is no master key: set POSTERN_MASTER_KEY_FILE or POSTERN_MASTER_KEY.');
    case 'forgotten':
      return { key: new Redacted(random.bytes(MASTER_KEY_BYTES)) };
    case 'published':
      return {
        key: new Redacted(PUBLISHED_KEY),
        notice: 'Secrets in this database are sealed with a published development key: put nothing real into it.',
      };
    case 'keptInFile':
      return { key: new Redacted(readKey(source.file) ?? makeKey(source.file, random)) };
    default:
      return unreachable(source);
  }
}

function readKey(file: string): Buffer | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  const key = decodeKey(text.trim());
  if (key) return key;
  throw new CommandError(`${file} holds no master key: restore it, or remove it together with the database beside it.`);
}

/** Written aside and linked into place: of two processes that start at once, both end with the key of the first. */
function makeKey(file: string, random: Random): Buffer {
  const key = random.bytes(MASTER_KEY_BYTES);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const partial = `${file}.${process.pid}.tmp`;
  writeFileSync(partial, `${key.toString('base64')}\n`, { mode: 0o600 });
  chmodSync(partial, 0o600);
  try {
    linkSync(partial, file);
    return key;
  } catch {
    const other = readKey(file);
    if (other) return other;
    throw new CommandError(`${file} cannot be written: choose a data directory that this user may write to.`);
  } finally {
    rmSync(partial, { force: true });
  }
}
