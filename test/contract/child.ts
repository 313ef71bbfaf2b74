import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const RUNNER = fileURLToPath(new URL('./run-child.js', import.meta.url));
const script = (name: string): string => fileURLToPath(new URL(`./processes/${name}.ts`, import.meta.url));

/** The command line that runs `processes/<name>.ts`. */
export const childCommand = (name: string, args: readonly string[]): string[] => [
  process.execPath,
  RUNNER,
  script(name),
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
export function ask<T>(child: Child, line: string): Promise<T[]> {
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
