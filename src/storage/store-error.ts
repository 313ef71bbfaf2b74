/** Why a unit could not be done; none says anything about a code. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly reason: 'busy' | 'unavailable' | 'unknownCommit';
  /** Seconds after which trying again makes sense. */
  readonly retryAfterSeconds: number;
  constructor(
    reason: StoreError['reason'],
    message: string,
    options: { cause?: unknown; retryAfterSeconds?: number } = {},
  ) {
    super(message, { cause: options.cause });
    this.reason = reason;
    this.retryAfterSeconds = options.retryAfterSeconds ?? 1;
  }
}
