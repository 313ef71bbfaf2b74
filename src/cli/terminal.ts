/** Where a command speaks: what was asked for on `out`, notices and mistakes on `err`. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
}

/** A mistake of the caller, to be told in one sentence with what to do next; never a stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
