import { relative } from 'node:path';
import type { RotationProgress } from '../storage/keys-port.js';

/** In the data directory, beside the database. */
export const CONTROL_SOCKET = 'control.sock';
/** What every system can bind; the kernel's own limit is 104 or 108 bytes with the end. */
const LONGEST_PATH = 100;

/**
 * What can be asked over the control socket, as one line of JSON. A connection is for one request, but for a backup: that lasts as long
 * as the connection of `backup.begin`, over which the others of it follow.
 */
export type ControlRequest =
  | 'keys.status'
  | 'keys.rotate'
  | 'keys.rotateMaster'
  | 'backup.begin'
  | 'backup.changed'
  | 'backup.hold';

/** What is answered to a request: any number of lines of progress, and then one of the others. */
export type ControlLine =
  | { readonly progress: RotationProgress }
  | { readonly result: unknown }
  | { readonly error: string };

/** The path, or what it is called from here, if one of them is short enough. */
export function bindable(path: string): string | undefined {
  return [path, relative(process.cwd(), path)].find((name) => Buffer.byteLength(name) <= LONGEST_PATH);
}
