/** A picture whose pixels are places in a palette. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue of 256 colours. */
  readonly palette: Buffer;
  /** The colour that is none. */
  readonly transparent?: number;
  /** Row by row, a byte each. */
  readonly pixels: Buffer;
}
