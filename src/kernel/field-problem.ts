/** What is wrong with one field of a body, beyond what its schema says. `target` is the field's dotted path (wire: `00` §4.2). */
export type FieldProblem =
  | { readonly problem: 'required'; readonly target: string; readonly message?: string }
  | {
      readonly problem: 'invalid';
      readonly target: string;
      readonly message?: string;
      readonly allowedValues?: readonly string[];
      /** The message stands at the top of the answer as well: clients look for it there (wire: `00` §4.4). */
      readonly isHeadline?: true;
    }
  | { readonly problem: 'tooLong'; readonly target: string; readonly maximum?: number }
  | OutOfRange
  /** Another object has it, and no two may. */
  | { readonly problem: 'taken'; readonly target: string; readonly existingId?: string };

/** A number outside the limits of its unit, or of another member. */
export interface OutOfRange {
  readonly problem: 'outOfRange';
  readonly target: string;
  readonly minimum: number;
  readonly maximum: number;
}
