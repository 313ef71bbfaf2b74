import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
/** Below `node_modules`, so that what is compiled finds the packages that it imports. */
const CACHE = here('../../node_modules/.cache/');
const PREFIX = 'postern-children-';

let compiled: string | undefined;

/** The folder of the compiled programs: as the sources were when this process first asked. */
function programs(): string {
  if (compiled !== undefined) return compiled;
  const folder = join(CACHE, `${PREFIX}${process.pid}`);
  mkdirSync(CACHE, { recursive: true });
  for (const name of readdirSync(CACHE))
    if (name.startsWith(PREFIX) && !isAlive(Number(name.slice(PREFIX.length))))
      rmSync(join(CACHE, name), { recursive: true, force: true });
  execFileSync(process.execPath, [here('./compile-children.js'), folder]);
  compiled = folder;
  return folder;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** The command line that runs `processes/<name>.ts`. */
export const childCommand = (name: string, args: readonly string[]): string[] => [
  process.execPath,
  here('./run-child.js'),
  join(programs(), `${name}.js`),
  ...args,
];

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Child {
  readonly process: ChildProcess;
  /** Resolves when the child has printed this line. */
  said(line: string): Promise<void>;
  readonly ended: Promise<Ended>;
}

/** Starts a command; what it prints is collected. */
export function start([command = '', ...args]: readonly string[]): Child {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const printed = { stdout: '', stderr: '' };
  const listeners: (() => void)[] = [];
  child.stdout.on('data', (chunk) => {
    printed.stdout += chunk;
    for (const listener of listeners) listener();
  });
  child.stderr.on('data', (chunk) => {
    printed.stderr += chunk;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...printed }));
  });
  return {
    process: child,
    ended,
    said: (line) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (printed.stdout.split('\n').includes(line)) resolve();
        };
        listeners.push(look);
        look();
        ended.then(({ stderr }) => reject(new Error(`ended without saying "${line}":\n${stderr}`)), reject);
      }),
  };
}

/** Sends one line to a process and gives the line of JSON that it answers with. */
export function ask<T>(child: Child, line: string): Promise<T> {
  return new Promise((resolve, reject) => {
    let text = '';
    const listen = (chunk: Buffer): void => {
      text += chunk;
      if (!text.includes('\n')) return;
      child.process.stdout?.off('data', listen);
      resolve(JSON.parse(text));
    };
    child.process.stdout?.on('data', listen);
    child.process.stdin?.write(`${line}\n`);
    child.ended.then(({ stderr }) => reject(new Error(stderr)), reject);
  });
}
