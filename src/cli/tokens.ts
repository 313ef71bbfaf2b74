import { readFile } from 'node:fs/promises';
import { MOST_ROWS } from '../devices/oath/job.js';
import { readCsv } from '../otp/import/csv.js';
import { readPskc } from '../otp/import/pskc.js';
import { LARGEST_SEED_FILE, SeedFileError, type SeedToken } from '../otp/import/seed.js';
import type { Composition } from './composition.js';
import type { Invocation } from './run.js';
import { CommandError } from './terminal.js';

/**
 * `postern tokens FILE`: a maker's seed file as bodies of `POST …/oathTokens`, one a line, or with `--jobs` as imports of as many tokens as
 * a job may have. It asks no server, so the file's key and password go nowhere.
 */
export async function tokens({ words: [path], flags }: Invocation, { terminal }: Composition): Promise<void> {
  if (path === undefined) throw new CommandError('name the seed file: `postern tokens FILE`.');
  const text = await contentOf(path);
  const [keyFile, passwordFile] = [flags.get('key-file'), flags.get('password-file')];
  const key = keyFile === undefined ? undefined : keyIn(await contentOf(keyFile), keyFile);
  const password = passwordFile === undefined ? undefined : (await contentOf(passwordFile)).replace(/\r?\n$/, '');
  try {
    const read = /^\s*</.test(text)
      ? readPskc(text, { ...(key ? { key } : {}), ...(password === undefined ? {} : { password }) })
      : readCsv(text);
    const bodies = read.map(bodyOf);
    for (const body of flags.get('jobs') === 'true' ? importsOf(bodies) : bodies) terminal.out(JSON.stringify(body));
  } catch (error) {
    if (error instanceof SeedFileError) throw new CommandError(`${path}: ${error.message}.`);
    throw error;
  }
}

/** Wire: `20` §9.1. */
function bodyOf({ serialNumber, secret, type, otpLength, algorithm, counter, timeStep, rowNumber }: SeedToken): object {
  return {
    serialNumber,
    secret: secret.toString('hex'),
    type,
    otpLength,
    hashAlgorithm: `Hmac${algorithm}`,
    ...(type === 'HOTP' ? { hotp: { counter } } : { totp: { timeStep } }),
    rowNumber,
  };
}

/** Wire: `20` §9.2. */
function importsOf(tokens: readonly object[]): readonly object[] {
  return Array.from({ length: Math.ceil(tokens.length / MOST_ROWS) }, (_, job) => ({
    type: 'CREATE_OATH_TOKENS',
    tokens: tokens.slice(job * MOST_ROWS, (job + 1) * MOST_ROWS),
  }));
}

async function contentOf(path: string): Promise<string> {
  const content = await readFile(path, 'utf8').catch(() => {
    throw new CommandError(`${path} cannot be read.`);
  });
  if (content.length > LARGEST_SEED_FILE) throw new CommandError(`${path} is too large for a seed file.`);
  return content;
}

function keyIn(text: string, path: string): Buffer {
  const hex = text.trim();
  if (!/^(?:[0-9a-f]{32}|[0-9a-f]{48}|[0-9a-f]{64})$/i.test(hex))
    throw new CommandError(`${path} must hold 16, 24 or 32 bytes in hexadecimal.`);
  return Buffer.from(hex, 'hex');
}
