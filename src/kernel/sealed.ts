import { inspect } from 'node:util';

const REDACTED = '[redacted]';

/** A secret in memory that cannot be printed or serialized by accident (SEC-71). */
export class Redacted<T> {
  readonly #value: T;
  constructor(value: T) {
    this.#value = value;
  }
  reveal(): T {
    return this.#value;
  }
  toJSON(): string {
    return REDACTED;
  }
  toString(): string {
    return REDACTED;
  }
  [inspect.custom](): string {
    return REDACTED;
  }
}

/** The place a sealed value belongs to; its additional data, so that a value moved elsewhere does not open (SEC-66). */
export interface SealedPlace {
  readonly table: string;
  readonly column: string;
  readonly environmentId: string;
  readonly row: string;
}

/** A value as it is stored: encrypted, and opened only by a `Vault`. Row decoders make it, row encoders pass it through. */
export class Sealed {
  readonly #text: string;
  readonly place: SealedPlace;
  constructor(text: string, place: SealedPlace) {
    this.#text = text;
    this.place = place;
  }
  /** The encrypted form, for row encoders. */
  get text(): string {
    return this.#text;
  }
  toJSON(): string {
    return '[sealed]';
  }
  toString(): string {
    return '[sealed]';
  }
  [inspect.custom](): string {
    return '[sealed]';
  }
}

/** A protected text on its way in (`Redacted`, sealed by the row encoder) or as it was loaded (`Sealed`). */
export type Protected = Redacted<string> | Sealed;
