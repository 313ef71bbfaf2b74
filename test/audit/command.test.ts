import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { raw } from '../contract/raw.js';
import { runPostern } from '../helpers/process.js';

const env = { POSTERN_MASTER_KEY: Buffer.alloc(32, 7).toString('base64') };
let data = '';
beforeAll(() => {
  data = mkdtempSync(join(tmpdir(), 'postern-audit-'));
});
afterAll(() => rmSync(data, { recursive: true, force: true }));

it('postern audit verify says yes and ends with 0, or names the first bad record and ends with 1 (SEC-73)', async () => {
  const at = ['--data', data];
  const made = await runPostern(['bootstrap', ...at], env);
  const [environment = ''] = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(made.out) ?? [];
  const whole = await runPostern(['audit', 'verify', ...at], env);
  expect(whole.code).toBe(0);
  expect(whole.out).toContain(`ok      ${environment}`);

  const database = { kind: 'sqlite', file: join(data, 'postern.db') } as const;
  await raw(database, `update audit_tail set records = replace(records, 'KEY.', 'CAT.') returning 1`);
  const broken = await runPostern(['audit', 'verify', '--environment', environment, ...at], env);
  expect(broken.code).toBe(1);
  expect(broken.out).toMatch(/BROKEN .*\n +altered: row \S+ of the tail has been altered/);
  expect(broken.err).toContain('1 of 1 trails');
  // Three commands, each a process of its own.
}, 90_000);
