export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
}
export interface Result {
  readonly rate: number;
  readonly failed: number;
  readonly completed: number;
}
/** How many times the one is the other, round by round; `undefined` when one of them is missing or failed. */
export declare function ratioOf(
  results: Readonly<Record<string, readonly Result[]>>,
  one: string,
  other: string,
  path?: string,
): Spread | undefined;
/** A figure to reach beside what was measured. */
export declare function judged(
  text: string,
  goal: { readonly atLeast?: number; readonly atMost?: number },
  measured: number | Spread | undefined,
): { readonly figure: string; readonly goal: string; readonly measured: string; readonly verdict: string };
