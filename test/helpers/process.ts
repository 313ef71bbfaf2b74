import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from '../../bin/build.js';

const POSTERN = fileURLToPath(new URL('../../bin/postern.js', import.meta.url));
/** A start takes a second; this is for a machine that does ten other things. */
const START_MILLIS = 60_000;

/** A built server as an operating-system process, started with --ready-file; the ready file's members beside the handle. */
export interface PosternProcess extends AsyncDisposable {
  readonly pid: number;
  readonly readyFile: string;
  readonly ready: {
    readonly apiPath: string;
    readonly authPath: string;
    readonly inboxUrl: string;
    readonly environmentId: string;
    readonly populationId: string;
    readonly clientId: string;
    readonly clientSecret: string;
    readonly deviceAuthPolicyId: string;
    readonly users: readonly {
      readonly id: string;
      readonly username: string;
      readonly devices: readonly { readonly id: string; readonly type: string }[];
    }[];
    readonly pid: number;
  };
  /** Sends the signal and resolves with the exit code (null when killed). */
  kill(signal?: 'SIGKILL' | 'SIGTERM' | 'SIGINT' | 'SIGHUP'): Promise<number | null>;
  /** Resolves with the exit code when it has ended by itself. */
  readonly ended: Promise<number | null>;
  /** Whether the ready file was still there when the process had ended. */
  leftReadyFile(): boolean;
  /** What it wrote so far. */
  output(): string;
}

/** What a command that ends by itself left behind. */
export interface CommandResult {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The environment of this process without its own settings of Postern. */
function environment(env: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('POSTERN_'));
  return { ...Object.fromEntries(inherited), ...env };
}

/** Runs `postern` with these arguments until it ends. */
export async function runPostern(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  ensureBuilt();
  const child = spawn(process.execPath, [POSTERN, ...args], {
    env: environment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err] = [collect(child, 'stdout'), collect(child, 'stderr')];
  const code = await new Promise<number | null>((resolve, fail) => {
    child.once('error', fail);
    child.once('close', resolve);
  });
  return { code, out: out(), err: err() };
}

/** Starts `postern dev`, or another command when the arguments begin with one, and waits for its ready file. */
export async function spawnPostern(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  /** A command that runs the server in its own place: `sh -c '…; exec "$@"' sh`. */
  runner: readonly string[] = [],
): Promise<PosternProcess> {
  ensureBuilt();
  const command = args[0]?.startsWith('-') === false ? [] : ['dev'];
  const folder = mkdtempSync(join(tmpdir(), 'postern-ready-'));
  const readyFile = join(folder, 'ready.json');
  const [program = '', ...rest] = [
    ...runner,
    process.execPath,
    POSTERN,
    ...command,
    ...args,
    '--ready-file',
    readyFile,
  ];
  const child = spawn(program, rest, {
    env: environment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err] = [collect(child, 'stdout'), collect(child, 'stderr')];
  const output = (): string => `${out()}${err()}`;
  let ended = false;
  let leftReadyFile = false;
  const exit = new Promise<number | null>((resolve, fail) => {
    child.once('error', fail);
    child.once('close', (code) => {
      ended = true;
      leftReadyFile = existsSync(readyFile);
      resolve(code);
    });
  });
  const until = Date.now() + START_MILLIS;
  // What it says on standard output is said before the file is there.
  while (!existsSync(readyFile) || out() === '') {
    if (ended || Date.now() > until) {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
      throw new Error(`postern ${args.join(' ')} did not get ready:\n${output()}`);
    }
    await Promise.race([exit, delay(10)]);
  }
  const ready: PosternProcess['ready'] = JSON.parse(readFileSync(readyFile, 'utf8'));
  const kill = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> => {
    if (!ended) child.kill(signal);
    const code = await exit;
    rmSync(folder, { recursive: true, force: true });
    return code;
  };
  return {
    pid: child.pid ?? 0,
    readyFile,
    ready,
    kill,
    ended: exit,
    leftReadyFile: () => leftReadyFile,
    output,
    async [Symbol.asyncDispose]() {
      await kill('SIGKILL');
    },
  };
}

function collect(child: ChildProcess, name: 'stdout' | 'stderr'): () => string {
  const chunks: Buffer[] = [];
  child[name]?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}
