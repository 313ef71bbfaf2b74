import type { ChildProcess } from 'node:child_process';

export interface Cluster {
  readonly url: string;
  /** Resolves with the server's process once it takes connections. */
  start(): Promise<ChildProcess>;
}

/** Makes a cluster in the directory, which exists, and says how to run it, with these settings beside its own; nothing runs yet. */
export declare function createCluster(directory: string, settings?: readonly string[]): Promise<Cluster>;
