import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createResults } from '../../compat/acceptance/results.js';
import { acceptancePage } from '../../compat/acceptance/table.js';
import { createReport } from '../../compat/harness/report.js';

const folder = fileURLToPath(new URL('../../compat/', import.meta.url));

function run(...args: string[]) {
  return spawnSync(process.execPath, [join(folder, 'run.js'), ...args], {
    encoding: 'utf8',
    env: { ...process.env, PATH: '/nowhere' },
  });
}

describe('a run of the clients', () => {
  it.each(['terraform', 'go'])('says what %s lacks, and is no failure', (client) => {
    const { status, stdout } = run(client);
    expect(stdout).toMatch(new RegExp(`^skipped: ${client}: there is .* on the path: install`, 'm'));
    expect(stdout).toMatch(/^0 passed, 0 failed, 0 absent, 1 skipped$/m);
    expect(status).toBe(0);
  });

  it('fails for what it lacks when everything is required', () => {
    expect(run('go', '--require').status).toBe(1);
  });

  it('names the clients there are when asked for another', () => {
    const { status, stderr } = run('cobol');
    expect(stderr).toContain('there are: terraform, go, npm');
    expect(status).toBe(1);
  });
});

describe('the report', () => {
  it('has a row for each subject and a column for each step, and counts', () => {
    const report = createReport(() => {});
    report.check('terraform', 'users', 'apply');
    report.check('terraform', 'users', 'destroy', 'exit 1');
    report.check('terraform', 'languages', 'apply');
    expect(report.text().split('\n')).toEqual([
      'terraform  apply  destroy',
      '---------  -----  -------',
      'users      ok     FAILED',
      'languages  ok     -',
    ]);
    expect(report.counts()).toEqual({ passed: 2, failed: 1, absent: 0, skipped: 0 });
  });

  it('lists what is absent below the table, by what it belongs to: neither held nor failed', () => {
    const report = createReport(() => {});
    report.absent('go', 'mfa', 'create', 'pairing keys');
    report.absent('go', 'mfa', 'delete', 'pairing keys');
    expect(report.text()).toBe('absent: pairing keys\n  go, mfa, create\n  go, mfa, delete');
    expect(report.counts()).toEqual({ passed: 0, failed: 0, absent: 2, skipped: 0 });
  });
});

describe('the list of acceptance tests', () => {
  it('has every test once with its result, and of a failed one what it said', () => {
    const results = createResults();
    const event = (Test: string, Action: string, Output?: string) =>
      results.line(JSON.stringify({ Action, Test, ...(Output ? { Output } : {}) }));
    results.line('not JSON');
    event('TestB', 'output', 'something\n');
    event('TestB', 'output', '    Error: it was 404\n');
    event('TestB', 'fail');
    event('TestA/sub', 'fail');
    event('TestA', 'pass');
    event('TestC', 'run');
    expect(results.text().split('\n')).toEqual([
      'pass       TestA',
      'fail       TestB',
      '             Error: it was 404',
      'unfinished TestC',
      '',
      '1 passed, 2 failed, 0 skipped',
    ]);
  });
});

describe('the page of acceptance tests', () => {
  it('counts by package, and tells of each failure what said it and what it comes from', () => {
    const results = createResults();
    const event = (Package: string, Test: string, Action: string, Output?: string) =>
      results.line(JSON.stringify({ Action, Package, Test, Output }));
    event('example.org/service/mfa', 'TestA', 'pass');
    event('example.org/service/mfa', 'TestB', 'output', '    b_test.go:5: Step 1/2 error: exit status 1\n');
    event(
      'example.org/service/mfa',
      'TestB',
      'output',
      '    Error: Error when calling `CreateGatewayCredential`: a | b\n',
    );
    event('example.org/service/mfa', 'TestB', 'output', '    - Code:  INVALID_VALUE\n    Target:  name\n');
    event('example.org/service/mfa', 'TestB', 'fail');
    event('example.org/service/base', 'TestA', 'output', '    acctest.go:9: Skipping: no account\n');
    event('example.org/service/base', 'TestA', 'skip');
    const page = acceptancePage(results.rows()).split('\n');
    expect(page).toEqual(
      expect.arrayContaining([
        '| `base` | 0 | 0 | 1 |',
        '| `mfa` | 1 | 1 | 0 |',
        '| all | 1 | 1 | 1 |',
        '| TestA | pass |  |',
        '| TestB | fail | **absent: credentials of gateways**: Error: Error when calling `CreateGatewayCredential`: a \\| b: INVALID_VALUE name |',
        '| TestA | skip | Skipping: no account |',
      ]),
    );
  });
});

describe('the configurations', () => {
  it('each have a second variant, so that a change is shown', () => {
    const names = readdirSync(join(folder, 'terraform'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    expect(names.length).toBeGreaterThan(15);
    for (const name of names)
      expect(readFileSync(join(folder, 'terraform', name, 'main.tf'), 'utf8'), name).toContain('var.changed');
  });
});
