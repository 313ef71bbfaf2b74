/** Upper bounds of the classes into which batches are sorted by their number of units. */
export const BATCH_SIZES: readonly number[] = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/** What an engine counts about its commits; plain numbers, read when metrics are asked for. */
export class CommitTally {
  batches = 0;
  units = 0;
  /** Times a unit was decided again because another process had been first. */
  conflicts = 0;
  /** Times a unit was done again because the database had undone it. */
  repeats = 0;
  /** Batches by `BATCH_SIZES`, and one class for larger ones. */
  readonly sizes: number[] = Array(BATCH_SIZES.length + 1).fill(0);

  /** One commit that made this many units durable. */
  committed(units: number): void {
    this.batches += 1;
    this.units += units;
    let at = 0;
    while (units > (BATCH_SIZES[at] ?? Number.POSITIVE_INFINITY)) at += 1;
    this.sizes[at] = (this.sizes[at] ?? 0) + 1;
  }
}
