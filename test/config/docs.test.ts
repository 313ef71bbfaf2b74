import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { compatMarkdown } from '../../src/docs/compat.js';
import { errorsMarkdown } from '../../src/docs/errors.js';
import { READINGS } from '../../src/docs/readings/index.js';
import { CATALOGUE } from '../../src/http/errors.js';
import { startPostern } from '../helpers/postern.js';

const SRC = fileURLToPath(new URL('../../src/', import.meta.url));

describe('readings of what the reference leaves open', () => {
  const readings = READINGS.flatMap((group) => group.readings);

  it.each([...new Set(readings.map(({ where }) => where))])('%s, which carries one, exists', (where) => {
    expect(existsSync(SRC + where)).toBe(true);
  });

  it('each names its section, and stands once', () => {
    for (const { source } of readings) expect(source).toMatch(/^(00|10|20|30|40) §\d+[A-Z]?(\.\d+)*$/);
    expect(new Set(readings.map(({ text }) => text)).size).toBe(readings.length);
  });
});

describe('the compatibility ledger', () => {
  it('has every route, as an operation of the reference or beyond it', async () => {
    await using postern = await startPostern();
    const page = compatMarkdown(postern.app.routes);
    const states = page.match(/\| (\*\*implemented\*\*|partial: )/g) ?? [];
    const beyond = /## Beyond the reference\n\n([\s\S]*?)\n\n/.exec(page)?.[1]?.split('\n').length ?? 0;
    expect(states.length + beyond).toBe(postern.app.routes.length);
    for (const { partial } of postern.app.routes) if (partial !== undefined) expect(page).toContain(partial);
  });

  it('names the clients that an operation has answered, which all exist', async () => {
    await using postern = await startPostern();
    const { routes } = postern.app;
    const page = compatMarkdown(routes, {
      go: ['environment.read'],
      terraform: ['environment.read', 'environment.list'],
    });
    expect(page.match(/^\| `GET \/environments(?:\/:\w+)?` .*$/gm)?.map((row) => row.split(' | ').at(-2))).toEqual([
      'terraform',
      'go, terraform',
    ]);
    const answered: Record<string, string[]> = JSON.parse(
      readFileSync(new URL('../../compat/answered.json', import.meta.url), 'utf8'),
    );
    const ids = new Set(routes.map(({ id }) => id));
    const strangers = Object.values(answered).flatMap((some) => some.filter((id) => !ids.has(id)));
    expect(strangers).toEqual([]);
  });

  it('calls absent what has no route', () => {
    expect(compatMarkdown([])).toContain('0 are implemented, 0 in part');
    expect(compatMarkdown([])).not.toContain('**implemented**');
  });
});

describe('the page of errors', () => {
  it('has the whole catalogue', () => {
    const page = errorsMarkdown([]);
    for (const [name, { status, code, message }] of Object.entries(CATALOGUE))
      expect(page).toContain(`## ${name}\n\n${status} \`${code}\`: ${message}\n`);
  });
});
