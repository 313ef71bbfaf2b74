/** Ends a `switch` over a union: a new member breaks the build here. */
export function unreachable(value: never): never {
  throw new TypeError(`unreachable: ${JSON.stringify(value)}`);
}

/** What a decision answers: a value, or a rejection, which is a value too (`style.md` §7). */
export type Outcome<T, R> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly rejection: R };

export function accept<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function reject<R>(rejection: R): { readonly ok: false; readonly rejection: R } {
  return { ok: false, rejection };
}
