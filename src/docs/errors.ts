import { CATALOGUE } from '../http/errors.js';
import type { Route } from '../http/route.js';

/** `docs/errors.md`: the catalogue, and which operations say that they may answer an entry beyond what every one may. */
export function errorsMarkdown(routes: readonly Route[]): string {
  const entries = Object.entries(CATALOGUE);
  return `${[
    '# Errors',
    '',
    'Generated from `src/http/errors.ts` by `npm run docs`: do not edit.',
    '',
    'An error is `{ "id", "code", "message", "details"? }`. `id` is the request’s `Correlation-Id`, and stands in the log beside',
    'the cause. `details[]` are `{ "code", "message", "target"?, "innerError"? }`. Texts are for people; match codes.',
    '',
    '| | Status | `code` | When |',
    '| --- | --- | --- | --- |',
    ...entries.map(
      ([name, { status, code, when }]) => `| [${name}](#${name.toLowerCase()}) | ${status} | \`${code}\` | ${when} |`,
    ),
    ...entries.flatMap(([name, { status, code, message, when, operator }]) => [
      '',
      `## ${name}`,
      '',
      `${status} \`${code}\`: ${message}`,
      '',
      `- When: ${when}`,
      `- Operator: ${operator}`,
      ...operationsWith(routes, name),
    ]),
  ].join('\n')}\n`;
}

function operationsWith(routes: readonly Route[], name: string): readonly string[] {
  const ids = routes.filter(({ errors = [] }) => errors.some((error) => error === name)).map(({ id }) => `\`${id}\``);
  return ids.length === 0 ? [] : [`- Declared by: ${ids.join(', ')}`];
}
