/**
 * A copy of the embedded database that another process takes page by page while the server writes on (SEC-77). The log is copied
 * into the file in the steps it always is, and each step tells which pages it wrote: whoever copies goes after them. So neither
 * the log nor a request's time grows with the length of the backup.
 *
 * Disposing of it ends it.
 */
export interface Backup extends AsyncDisposable {
  /** In bytes; page n begins at (n - 1) times this. */
  readonly pageSize: number;
  /** Pages of the file that were written since they were last told of, a few thousand at most; none: that was all. */
  changed(): Promise<readonly number[]>;
  /**
   * Everything that is committed goes into the file, and nothing more until the end. Once `changed` tells of no page after this,
   * what was copied is a whole database.
   */
  hold(): Promise<void>;
}

export interface BackupSource {
  /** One at a time. Rejects with `StoreError` when one is being taken. */
  begin(): Promise<Backup>;
}
