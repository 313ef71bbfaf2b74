import type { Route } from '../http/route.js';
import { vnd } from '../http/route.js';
import { READINGS } from './readings/index.js';
import { MFA } from './reference/mfa.js';
import type { ReferenceGroup, ReferenceOperation } from './reference/operation.js';
import { PLATFORM } from './reference/platform.js';
import { SIGN_ON } from './reference/sign-on.js';

const GROUPS: readonly ReferenceGroup[] = [...MFA, ...PLATFORM, ...SIGN_ON];

/** By public client, the ids of the operations that it was answered (`compat/answered.json`). */
export type Answered = Readonly<Record<string, readonly string[]>>;

/** `docs/compat.md`: every operation of the reference, how it stands here, and who has seen it; made from the routes. */
export function compatMarkdown(routes: readonly Route[], answered: Answered = {}): string {
  const seenBy = (route: Route | undefined): string =>
    route
      ? Object.keys(answered)
          .filter((client) => answered[client]?.includes(route.id))
          .join(', ')
      : '';
  const known = new Set<Route>();
  const sections = GROUPS.flatMap(({ title, operations }) => {
    const rows = operations.map((operation) => {
      const route = routes.find((candidate) => isSame(candidate, operation));
      if (route) known.add(route);
      return rowOf(operation, route, seenBy(route));
    });
    return [
      '',
      `## ${title}`,
      '',
      '| Operation | | State | Seen with | § |',
      '| --- | --- | --- | --- | --- |',
      ...rows,
    ];
  });
  const more = routes.filter((route) => !known.has(route));
  const implemented = [...known].filter((route) => route.partial === undefined).length;
  const total = GROUPS.reduce((sum, { operations }) => sum + operations.length, 0);
  return `${[
    '# Compatibility',
    '',
    'Generated from the routes by `npm run docs`: do not edit. Paths of the management API stand below `{apiPath}`, those marked',
    '*auth* below `{authPath}`. *Seen with* names the public clients that were answered by it in `npm run compat` ([how](../compat/README.md)):',
    'Terraform with its provider, Go with the generated SDK, npm with the catalogue module. The last column is the section of the project’s',
    'description of the reference. An operation that is absent answers 404, or 405 where the path exists; an action that is absent answers 415.',
    '',
    `Of ${total} operations ${implemented} are implemented, ${known.size - implemented} in part, ${total - known.size} are absent.`,
    ...sections,
    ...(more.length === 0
      ? []
      : [
          '',
          '## Beyond the reference',
          '',
          ...more.map(
            (route) => `- ${operationText(route.method, route.path, route.base, route.accepts)}: ${route.summary}`,
          ),
        ]),
    '',
    '## Readings',
    '',
    'Where the public reference is silent or contradicts itself, Postern follows a reading. Each is kept in one place, so that it',
    'can be changed when evidence appears; reports are welcome.',
    ...READINGS.flatMap(({ title, readings }) => [
      '',
      `### ${title}`,
      '',
      '| Reading | § | Where |',
      '| --- | --- | --- |',
      ...readings.map(({ text, source, where }) => `| ${text} | ${source} | \`${where}\` |`),
    ]),
  ].join('\n')}\n`;
}

/** Names of parameters and the case of media types do not matter; a missing action means plain JSON, a form, or no body. */
function isSame(route: Route, operation: ReferenceOperation): boolean {
  const shape = (path: string): string => path.replace(/:\w+/g, ':');
  const isAction = route.accepts?.startsWith('application/vnd.') ?? false;
  return (
    route.method === operation.method &&
    route.base === operation.base &&
    shape(route.path) === shape(operation.path) &&
    (operation.action === undefined ? !isAction : route.accepts?.toLowerCase() === typeOf(operation.action))
  );
}

/** A media type as it is, or that of an action. */
const typeOf = (action: string): string => (action.includes('/') ? action : vnd(action)).toLowerCase();

function rowOf(operation: ReferenceOperation, route: Route | undefined, seenBy: string): string {
  const { method, path, base, action, summary, source } = operation;
  const state = !route ? 'absent' : route.partial === undefined ? '**implemented**' : `partial: ${route.partial}`;
  return `| ${operationText(method, path, base, action)} | ${summary} | ${state} | ${seenBy} | ${source} |`;
}

function operationText(method: string, path: string, base: 'api' | 'auth', action: string | undefined): string {
  return `\`${method} ${path}\`${action === undefined ? '' : ` \`${action}\``}${base === 'auth' ? ' *auth*' : ''}`;
}
