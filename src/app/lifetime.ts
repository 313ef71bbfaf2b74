/** Things that end in the reverse order of their beginning, each once, whatever becomes of the others. */
export class Lifetime implements AsyncDisposable {
  readonly #owned: AsyncDisposable[] = [];

  own<T extends AsyncDisposable>(thing: T): T {
    this.#owned.push(thing);
    return thing;
  }

  /** Something that ends by a call. */
  defer(end: () => void | Promise<void>): void {
    this.#owned.push({
      async [Symbol.asyncDispose]() {
        await end();
      },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const errors: unknown[] = [];
    for (let thing = this.#owned.pop(); thing; thing = this.#owned.pop()) {
      try {
        await thing[Symbol.asyncDispose]();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0)
      throw errors.length === 1 ? errors[0] : new AggregateError(errors, 'several things did not end');
  }
}
