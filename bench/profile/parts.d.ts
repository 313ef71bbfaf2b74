export interface Frame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}
export interface Profile {
  readonly startTime: number;
  readonly nodes: readonly { readonly id: number; readonly callFrame: Frame; readonly children?: readonly number[] }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}
/** Microseconds by part, and by function in descending order, from one instant to another. */
export declare function attribute(
  profile: Profile,
  from: number,
  to: number,
): {
  readonly parts: ReadonlyMap<string, number>;
  readonly functions: readonly { readonly function: string; readonly part: string; readonly micros: number }[];
};
