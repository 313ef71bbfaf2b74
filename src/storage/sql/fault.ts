/** Something that cannot happen did: a row that does not decode, a decision that breaks the store's contract. Ends as a 500. */
export class StorageFault extends Error {
  override readonly name = 'StorageFault';
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, options);
  }
}
