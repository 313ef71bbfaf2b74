import type { TSchema } from 'typebox';
import { demoWorld } from '../cli/demo.js';
import { DOCUMENTED_BY_THE_API, SeedFile } from '../cli/seed/schema.js';
import { enumeration, type SchemaNode, schemaNode } from '../http/schema.js';

const EXAMPLE = `environments:
  - name: Shop
    mfaSettings:
      lockout: { failureCount: 10, durationSeconds: 900 }
      phoneExtensions: { enabled: true }
    users:
      - username: ann
        email: ann@example.org
        name: { given: Ann, family: Smith }
        devices:
          - { type: EMAIL, email: ann@example.org }
          - { type: SMS, phone: "+15125550101", nickname: Private }
      - username: bob
        email: bob@example.org
        devices:
          - { type: VOICE, phone: "+15125550102", extension: "42#", testMode: true }
    clients:
      - name: Backend
        id: 0c1f6a52-6a3f-4c0e-9d0e-6f1f5b7f2a10
        secret: backend-secret-for-tests
      - name: Read only
        secret: reader-secret-for-tests
        roles: [Identity Data Read Only, Configuration Read Only]
        roleScope: ENVIRONMENT
`;

/** `docs/seed-file.md`, made from the schema that the file is read with. */
export function seedFileMarkdown(): string {
  return `${[
    '# Seed files',
    '',
    'Generated from `src/cli/seed/schema.ts` by `npm run docs`: do not edit.',
    '',
    '`postern dev --seed FILE` creates what a YAML or JSON file describes, in place of the demo environment. The ready file and the',
    'banner then tell of the file’s first environment and that environment’s first client. An environment that is there already,',
    'from an earlier start, is left as it is: to seed afresh, remove the data directory. Many users are made in steps; a start that',
    'is interrupted among them is gone on with by the next one with the same file.',
    '',
    'Ids that the file leaves out are derived from names, so they are the same at every start. All mistakes are reported together,',
    'each with its line, and nothing is created before they are mended. Seeds are for development: `postern serve` takes none.',
    '',
    '## Example',
    '',
    '```yaml',
    EXAMPLE.trimEnd(),
    '```',
    '',
    '## Members',
    '',
    '| Member | Value | Needed | |',
    '| --- | --- | :-: | --- |',
    ...rows(SeedFile, ''),
    '',
    '## The demo environment',
    '',
    'What `postern dev` creates without a seed file. The ids are those of the reference’s examples, so that these can be pasted.',
    'Client id and secret are published here and protect nothing; `postern serve` has neither.',
    '',
    '| | |',
    '| --- | --- |',
    ...demoRows(),
  ].join('\n')}\n`;
}

function demoRows(): readonly string[] {
  return demoWorld().environments.flatMap(({ environment, users, clients }) => [
    `| Environment | \`${environment.id}\` ${environment.name} |`,
    `| Default policy | \`${environment.defaultPolicy.id}\` SMS, VOICE, EMAIL and WHATSAPP enabled |`,
    ...(environment.otherPolicies ?? []).map(({ id }) => `| Second policy | \`${id}\` the same |`),
    ...clients.flatMap(({ application, secret }) => [
      `| Client id | \`${application.id}\` |`,
      `| Client secret | \`${secret}\` by HTTP Basic or in the form |`,
    ]),
    ...users.map(({ id, username, devices }) => {
      const owned = devices.map((device) => `${device.seed.type} \`${device.id}\``).join(', ');
      return `| User | \`${id}\` ${username}${owned === '' ? '' : `, ${owned}`} |`;
    }),
  ]);
}

function rows(schema: TSchema, path: string): readonly string[] {
  const node = schemaNode(schema);
  if (node.items) return DOCUMENTED_BY_THE_API.has(itemOf(schema)) ? [] : rows(itemOf(schema), `${path}[]`);
  return Object.entries(node.properties ?? {}).flatMap(([name, member]) => {
    const at = path === '' ? name : `${path}.${name}`;
    const needed = node.required?.includes(name) ? 'yes' : '';
    // Nodes are the schemas themselves, seen as data.
    const below = member as unknown as TSchema;
    const row = `| \`${at}\` | ${valueText(member)} | ${needed} | ${descriptionOf(below) || 'As in the API.'} |`;
    return DOCUMENTED_BY_THE_API.has(below) ? [row] : [row, ...rows(below, at)];
  });
}

function itemOf(schema: TSchema): TSchema {
  // As above: what TypeBox built as an array has the item's schema here.
  return schemaNode(schema).items as unknown as TSchema;
}

function descriptionOf(schema: TSchema): string {
  const item = schemaNode(schema).items ? itemOf(schema) : undefined;
  const texts = [schema, item].flatMap((each) =>
    each && 'description' in each && typeof each.description === 'string' ? [each.description] : [],
  );
  return texts.join(' ');
}

function valueText(node: SchemaNode): string {
  const allowed = enumeration(node);
  if (allowed) return allowed.map((value) => `\`${String(value)}\``).join(', ');
  if (node.items) {
    const items = enumeration(node.items);
    return items ? `list of ${items.map((value) => `\`${String(value)}\``).join(', ')}` : 'list';
  }
  if (node.type === 'string') return 'text';
  if (node.type === 'boolean') return '`true`, `false`';
  return node.type === 'object' ? 'members' : (node.type ?? 'any');
}
