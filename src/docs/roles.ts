import { rolesMarkdown } from '../http/auth.js';
import type { Route } from '../http/route.js';

/** `docs/roles.md`: role × permission from the table that is enforced, and which operation asks for which permission (SEC-44). */
export function rolesPage(routes: readonly Route[]): string {
  const rows = routes.map(
    ({ id, method, path, permission }) => `| \`${id}\` | \`${method} ${path}\` | \`${permission}\` |`,
  );
  return [
    '# Roles',
    '',
    'Generated from `src/http/auth.ts` and the routes by `npm run docs`: do not edit.',
    '',
    'A worker application holds roles, each over the organization or one environment. A role that is not named for a permission does',
    'not have it. Roles are looked up with the requests, so a change takes effect within seconds.',
    '',
    '## What each role permits',
    '',
    rolesMarkdown().trimEnd(),
    '',
    '## What each operation asks for',
    '',
    '| Operation | | Permission |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
