export interface Results {
  line(text: string): void;
  readonly size: number;
  text(): string;
}
export function createResults(): Results;
