import { rolesMarkdown } from '../http/auth.js';
import type { Route } from '../http/route.js';
import { isElsewhere, PLATFORM_ROLES } from '../platform/roles/roles.js';

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
    'A worker application holds roles, each over the organization, one environment or one application. A role that is not named for a',
    'permission does not have it. Roles are looked up with the requests, so a change takes effect within seconds.',
    '',
    'A role over an application holds for the operations whose path names that application, and for nothing else: its Application Owner',
    'reads and replaces it, and reads and replaces its secret. A role over a population is kept and shown, and permits nothing.',
    '',
    'These exist by their names, because clients look them up; what they are for is not here, so each permits no more than to see what it',
    `is over: ${PLATFORM_ROLES.filter(({ name }) => isElsewhere(name))
      .map(({ name }) => name)
      .join(', ')}.`,
    '',
    'Whoever has a role may pass it on, over the same or less. Application Owner is passed on by Client Application Developer and',
    'Environment Admin too, and those that exist by their names by Environment Admin and Organization Admin.',
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
