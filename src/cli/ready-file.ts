import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { BaseUrls } from '../config/config.js';

/** What scripts and CI jobs find once the server listens. All URLs without a trailing slash. */
export interface ReadyFile extends BaseUrls {
  readonly pid: number;
  /** Absent in `serve`, as everything below. */
  readonly inboxUrl?: string;
  /** The certificate of the authority to trust, with `--tls`. */
  readonly caFile?: string;
  readonly environmentId?: string;
  readonly organizationId?: string;
  readonly licenseId?: string;
  readonly populationId?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** The default policy. */
  readonly deviceAuthPolicyId?: string;
  readonly users?: readonly {
    readonly id: string;
    readonly username: string;
    readonly devices: readonly { readonly id: string; readonly type: string }[];
  }[];
}

/** What a development server writes. */
export type FullReadyFile = Required<Omit<ReadyFile, 'caFile'>> & Pick<ReadyFile, 'caFile'>;

/**
 * Writes the file whole or not at all, readable by its owner only, and returns what removes it again. A file that another
 * process has put there since is left alone.
 */
export function writeReadyFile(path: string, content: ReadyFile): { remove(): void } {
  const text = `${JSON.stringify(content, undefined, 2)}\n`;
  const partial = `${path}.${content.pid}.tmp`;
  writeFileSync(partial, text, { mode: 0o600 });
  chmodSync(partial, 0o600);
  renameSync(partial, path);
  return {
    remove() {
      if (isStill(path, text)) rmSync(path, { force: true });
    },
  };
}

function isStill(path: string, text: string): boolean {
  try {
    return readFileSync(path, 'utf8') === text;
  } catch {
    return false;
  }
}
