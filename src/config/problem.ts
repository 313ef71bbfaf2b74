/** Something wrong with the configuration; all of them are reported together (`style.md` §9). Never holds a secret. */
export interface Problem {
  /** The variable, flag or file that carries the mistake. */
  readonly where: string;
  /** What is expected there, and what stands there instead. */
  readonly what: string;
  /** What to do next. */
  readonly remedy: string;
}

/** The report for a terminal: a heading, then each problem with its remedy below it. */
export function describeProblems(subject: string, problems: readonly Problem[]): string {
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
  const lines = problems.map(({ where, what, remedy }) => `  ${where}: ${what}\n      → ${remedy}`);
  return [`${subject} has ${count}:`, ...lines].join('\n');
}
