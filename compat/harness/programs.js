import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const running = new Set();
// However the run ends, nothing of it stays behind.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** The first of the named programs that is on the path, or undefined. */
export function findProgram(names, path = process.env.PATH ?? '') {
  for (const name of names)
    for (const folder of path.split(delimiter)) {
      const file = join(folder, name);
      if (isExecutable(file)) return file;
    }
  return undefined;
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * Runs a program to its end and returns its exit code and output; a code other than 0 does not reject. What takes longer than
 * `seconds` is ended. `onLine` sees each line of the standard output as it comes.
 */
export function run(command, { cwd, env = {}, seconds = 600, onLine } = {}) {
  const [program, ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    running.add(child);
    const output = { stdout: '', stderr: '' };
    let rest = '';
    child.stdout.on('data', (chunk) => {
      output.stdout += chunk;
      if (!onLine) return;
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(onLine);
    });
    child.stderr.on('data', (chunk) => {
      output.stderr += chunk;
    });
    // The group: `go run` and Terraform start programs of their own.
    const late = setTimeout(() => {
      output.stderr += `\nended after ${seconds} seconds`;
      endGroup(child);
    }, seconds * 1000);
    child.once('error', (error) => {
      clearTimeout(late);
      running.delete(child);
      reject(error);
    });
    child.once('close', (code, signal) => {
      clearTimeout(late);
      running.delete(child);
      if (onLine && rest) onLine(rest);
      resolve({ code: code ?? signal, ...output });
    });
  });
}

function endGroup(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
