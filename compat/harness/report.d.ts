export interface Report {
  check(client: string, subject: string, step: string, failure?: string): void;
  absent(client: string, subject: string, step: string, what: string): void;
  skip(client: string, reason: string): void;
  say(text: string): void;
  counts(): { readonly passed: number; readonly failed: number; readonly absent: number; readonly skipped: number };
  text(): string;
}
export function createReport(print?: (line: string) => void): Report;
