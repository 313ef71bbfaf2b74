import type { Config } from '../config/config.js';
import { CommandError } from './terminal.js';

const UNWRITABLE = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR', 'EISDIR', 'ENOSPC']);

/** What an operator can mend, told as such; anything else as it came: a fault, with its stack. */
export function toCommandError(error: unknown, { listen: { host, port } }: Pick<Config, 'listen'>): unknown {
  if (!(error instanceof Error) || error instanceof CommandError || !('code' in error)) return error;
  const { code } = error;
  const path = 'path' in error && typeof error.path === 'string' ? error.path : undefined;
  if ('syscall' in error && error.syscall === 'listen') {
    if (code === 'EADDRINUSE')
      return new CommandError(
        `port ${port} of ${host} is in use: stop what listens there, or choose another with --port (0 takes any that is free).`,
      );
    if (code === 'EACCES')
      return new CommandError(
        `port ${port} may not be used by this user: choose one above 1023 with --port, or allow it (on Linux: sysctl net.ipv4.ip_unprivileged_port_start=${port}).`,
      );
    if (code === 'EADDRNOTAVAIL')
      return new CommandError(`${host} is not an address of this machine: choose another with --host.`);
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new CommandError(`${host} is not an address of this machine: choose another with --host.`);
  if (path !== undefined && typeof code === 'string' && UNWRITABLE.has(code))
    return new CommandError(`${path} cannot be written (${code}): choose a place that this user may write to.`);
  return error;
}
