import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { MasterKey } from '../config/config.js';
import { decodeKeys } from '../config/load.js';
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

/** How long the program that prints the master key may take. */
const COMMAND_MILLIS = 10_000;
/** More than any number of keys; a program that prints more prints something else. */
const COMMAND_BYTES = 65_536;

export interface ResolvedKey {
  /** The first wraps. */
  readonly keys: readonly Redacted<Buffer>[];
  /** What a developer should know of it. */
  readonly notice?: string;
}

/** The bytes behind `Config.masterKey`; makes the file of an embedded development database at its first start. */
export function resolveMasterKey(source: MasterKey, random: Random): ResolvedKey {
  switch (source.kind) {
    case 'given':
      return { keys: source.keys };
    case 'command':
      return { keys: keysFrom(source.command) };
    case 'missing':
      throw new CommandError(
        'there is no master key: set POSTERN_MASTER_KEY_FILE, POSTERN_MASTER_KEY or POSTERN_MASTER_KEY_COMMAND.',
      );
    case 'forgotten':
      return { keys: [new Redacted(random.bytes(MASTER_KEY_BYTES))] };
    case 'published':
      return {
        keys: [new Redacted(PUBLISHED_KEY)],
        notice: 'Secrets in this database are sealed with a published development key: put nothing real into it.',
      };
    case 'keptInFile':
      return { keys: readKeys(source.file) ?? makeKey(source.file, random) };
    default:
      return unreachable(source);
  }
}

/** What the program prints, and nothing of it in any message (SEC-68). */
function keysFrom([program = '', ...args]: readonly string[]): readonly Redacted<Buffer>[] {
  let printed: string;
  try {
    printed = execFileSync(program, args, {
      encoding: 'utf8',
      timeout: COMMAND_MILLIS,
      killSignal: 'SIGKILL',
      maxBuffer: COMMAND_BYTES,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  } catch (error) {
    throw new CommandError(
      `the master key command ${failure(error)}: run ${JSON.stringify(program)} by hand to see why.`,
    );
  }
  const keys = decodeKeys(printed);
  if (keys) return keys;
  throw new CommandError(
    `the master key command must print at least ${MASTER_KEY_BYTES} random bytes in base64 or hexadecimal, and nothing else: look at what ${JSON.stringify(program)} prints.`,
  );
}

function failure(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ETIMEDOUT') return `took longer than ${COMMAND_MILLIS / 1_000} s`;
  if (code === 'ENOBUFS') return 'printed too much';
  if (typeof code === 'string') return `could not be started (${code})`;
  return 'status' in error && typeof error.status === 'number' ? `ended with ${error.status}` : 'was killed';
}

function readKeys(file: string): readonly Redacted<Buffer>[] | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  const keys = decodeKeys(text);
  if (keys) return keys;
  throw new CommandError(`${file} holds no master key: restore it, or remove it together with the database beside it.`);
}

/** Written aside and linked into place: of two processes that start at once, both end with the key of the first. */
function makeKey(file: string, random: Random): readonly Redacted<Buffer>[] {
  const key = random.bytes(MASTER_KEY_BYTES);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const partial = `${file}.${process.pid}.tmp`;
  writeFileSync(partial, `${key.toString('base64')}\n`, { mode: 0o600 });
  chmodSync(partial, 0o600);
  try {
    linkSync(partial, file);
    return [new Redacted(key)];
  } catch {
    const other = readKeys(file);
    if (other) return other;
    throw new CommandError(`${file} cannot be written: choose a data directory that this user may write to.`);
  } finally {
    rmSync(partial, { force: true });
  }
}
