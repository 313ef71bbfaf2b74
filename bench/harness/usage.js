import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Of a second; the kernel counts processor time in these, on almost every Linux a hundred. */
const TICKS = Number(spawnSync('getconf', ['CLK_TCK']).stdout) || 100;

/** Fields of `/proc/<pid>/stat`, or of a thread's, after the command's name, which may hold anything (proc_pid_stat(5)). */
function statOf(path) {
  try {
    const text = readFileSync(path, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    // With the children that have ended and were waited for: the living are counted by themselves.
    return { parent: Number(fields[1]), ticks: fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) };
  } catch {
    return undefined;
  }
}

function residentKib(pid) {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/**
 * Processor seconds spent so far (`mainSeconds`: by the process's first thread), and resident mebibytes now, of a process and all
 * below it. Pages that several processes share
 * (PostgreSQL's buffers) count in each. `undefined` where there is no `/proc` or no such process.
 */
export function usageOf(root) {
  if (root === undefined || !existsSync('/proc/self/stat')) return undefined;
  const stats = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = statOf(`/proc/${name}/stat`);
    if (stat) stats.set(Number(name), stat);
  }
  if (!stats.has(root)) return undefined;
  const belongs = (pid) => {
    for (let at = pid; at > 1; at = stats.get(at)?.parent ?? 0) if (at === root) return true;
    return false;
  };
  const tree = [...stats].filter(([pid]) => belongs(pid));
  return {
    seconds: tree.reduce((sum, [, { ticks }]) => sum + ticks, 0) / TICKS,
    mainSeconds: (statOf(`/proc/${root}/task/${root}/stat`)?.ticks ?? Number.NaN) / TICKS,
    rss: tree.reduce((sum, [pid]) => sum + residentKib(pid), 0) / 1024,
  };
}
