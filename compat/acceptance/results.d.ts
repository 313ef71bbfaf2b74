export interface Row {
  readonly package: string;
  readonly name: string;
  readonly result: string;
  readonly said: readonly string[];
}
export interface Results {
  line(text: string): void;
  readonly size: number;
  rows(): readonly Row[];
  text(): string;
}
export function createResults(say?: (line: string) => void): Results;
