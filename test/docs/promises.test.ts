import { describe, expect, it } from 'vitest';
import { DEVICE_TYPES } from '../../src/devices/kinds/index.js';
import { namedTests, repositoryFile, titleInPlace } from './named-tests.js';

const page = (path: string): string => {
  const text = repositoryFile(path);
  if (text === undefined) throw new Error(`${path} is missing`);
  return text;
};
/** A text by its headings of one level: each with what stands below it. */
const sections = (text: string, level: string): readonly (readonly [heading: string, body: string])[] =>
  text
    .split(new RegExp(`^${level} `, 'm'))
    .slice(1)
    .map((section) => {
      const end = section.indexOf('\n');
      return [section.slice(0, end), section.slice(end + 1).split(/^#+ /m)[0] ?? ''] as const;
    });

const STATES = ['kept', 'partly', 'not yet', 'not applicable'] as const;
const promises = sections(page('docs/security-promises.md'), '###').map(([heading, body]) => {
  const [, number = heading, state = ''] = /^(SEC-[0-9]{2}): (.+)$/.exec(heading) ?? [];
  return { number, state, body, tests: namedTests(body) };
});
/** Mentioned by itself or within a range, as in `SEC-10 to SEC-16`. */
const mentions = (text: string, number: string): boolean =>
  text.includes(number) ||
  [...text.matchAll(/SEC-([0-9]{2}) to SEC-([0-9]{2})/g)].some(
    ([, from = '', to = '']) => `SEC-${from}` <= number && number <= `SEC-${to}`,
  );

describe('the page of security promises', () => {
  it('has every number once, in order, each with a state', () => {
    expect(promises.map(({ number }) => number)).toEqual(
      Array.from({ length: 95 }, (_, n) => `SEC-${String(n + 1).padStart(2, '0')}`),
    );
    for (const { number, state } of promises)
      expect([number, STATES]).toEqual([number, expect.arrayContaining([state])]);
  });

  it.each(promises.filter(({ state }) => state === 'kept' || state === 'partly'))(
    '$number is $state: the tests it names exist, and one that proves all of it names the number',
    ({ number, state, tests }) => {
      const titles = tests.map((test) => [`${test.file} "${test.title}"`, titleInPlace(test)] as const);
      expect(titles.filter(([, title]) => title === undefined).map(([name]) => name)).toEqual([]);
      expect(tests.length).toBeGreaterThan(0);
      if (state === 'kept')
        expect(titles.some(([, title]) => title !== undefined && mentions(title, number))).toBe(true);
    },
  );

  it.each(promises)('$number is $state: what is missing is said, and nothing else', ({ state, body, tests }) => {
    expect(/^Missing: ./m.test(body)).toBe(state === 'partly' || state === 'not yet');
    expect(/^Because: ./m.test(body)).toBe(state === 'not applicable');
    if (state === 'not yet' || state === 'not applicable') expect(tests).toEqual([]);
  });

  it('a control: a test that is not there is not found, and suites around a title count', () => {
    const file = 'test/devices/counting.test.ts';
    expect(titleInPlace({ file, title: 'of a contact count its' })).toBeUndefined();
    expect(titleInPlace({ file: 'test/nowhere.test.ts', title: 'x' })).toBeUndefined();
    const title = 'of a contact count its failures, whoever made them, until a right code';
    expect(titleInPlace({ file, title })).toContain('SEC-14');
    expect([mentions('SEC-10 to SEC-16', 'SEC-12'), mentions('SEC-10 to SEC-16', 'SEC-17')]).toEqual([true, false]);
  });
});

describe('the threat model', () => {
  const pathways = sections(page('docs/threat-model.md'), '###');

  it('every pathway is listed with its counting, locking and recording (SEC-02)', () => {
    const named = pathways.map(([heading]) => heading);
    expect(named).toEqual(
      expect.arrayContaining([
        ...DEVICE_TYPES.map((type) => `${type}, authentication`),
        'Pairing a device',
        'One-time contact',
        'Unlock by an administrator',
        'Development inbox',
        'Token endpoint',
      ]),
    );
    for (const [heading, body] of pathways)
      for (const control of ['Proof', 'Counting', 'Locking', 'Recording'])
        expect([heading, body]).toEqual([heading, expect.stringContaining(`- **${control}**: `)]);
  });

  it('every algorithm in the code is in the cryptographic inventory (SEC-69)', () => {
    const inventory = page('docs/cryptography.md');
    const source = ['cipher', 'keys', 'master-keys', 'random']
      .map((name) => page(`src/kernel/${name}.ts`))
      .concat(page('src/platform/tokens/jws.ts'), page('src/platform/tokens/signing-key.ts'))
      .join();
    const used = new Set(
      [...source.matchAll(/'(aes-[a-z0-9-]+|sha[0-9]+|ES[0-9]+|P-[0-9]+)'/g)].map(([, name]) => name),
    );
    expect([...used].sort()).toEqual(['ES256', 'P-256', 'aes-256-gcm', 'sha256']);
    for (const name of ['AES-256-GCM', 'HMAC-SHA-256', 'HKDF-SHA-256', 'ES256', 'P-256'])
      expect(inventory).toContain(name);
  });
});

describe('the page of measures', () => {
  const measures = page('docs/measures.md')
    .split(/^- \*\*/m)
    .slice(1)
    .map((text) => ({ mark: text.slice(0, text.indexOf('**')), text: text.split(/^#/m)[0] ?? '' }));
  const marked = measures.filter(({ mark }) =>
    ['built-in', 'configurable', 'operator’s duty', "operator's duty"].includes(mark),
  );
  const defects = measures.filter((measure) => !marked.includes(measure));

  it('every measure is built in, configurable or the operator’s, and its tests exist (SEC-01)', () => {
    expect(new Set(marked.map(({ mark }) => mark))).toEqual(new Set(['built-in', 'configurable', "operator's duty"]));
    for (const { mark, text } of marked) {
      const tests = namedTests(text);
      if (mark !== "operator's duty") expect([text, tests.length]).not.toEqual([text, 0]);
      for (const test of tests) expect([test, titleInPlace(test)]).not.toEqual([test, undefined]);
    }
  });

  it('every defect that was fixed has its test (SEC-95)', () => {
    expect(page('docs/measures.md').split('## Defects')[1]).toBeDefined();
    for (const { text } of defects) {
      const tests = namedTests(text);
      expect([text, tests.length]).not.toEqual([text, 0]);
      for (const test of tests) expect([test, titleInPlace(test)]).not.toEqual([test, undefined]);
    }
  });
});

describe('the evidence runs', () => {
  it('every trouble that must be tried has a run of its own, and every run is in the table (SEC-90)', () => {
    const listed = page('bin/evidence.js').split('const EVIDENCE = {')[1]?.split('\n};')[0] ?? '';
    const runs = new Map(
      [...listed.matchAll(/^ {2}'?([a-z-]+)'?: \[(.+)\],$/gm)].map(([, name = '', files = '']) => [
        name,
        [...files.matchAll(/'([^']+)'/g)].map(([, file = '']) => file),
      ]),
    );
    const troubles = ['crash', 'flush-order', 'disk', 'clock', 'gateways', 'database-down'];
    expect([...runs.keys()]).toEqual(expect.arrayContaining(troubles));
    for (const [name, files] of runs) {
      expect([name, page('docs/reliability.md').includes(`| \`${name}\` |`)]).toEqual([name, true]);
      expect([name, files.length]).not.toEqual([name, 0]);
      for (const file of files) expect([file, repositoryFile(file)]).not.toEqual([file, undefined]);
    }
  });
});

describe('mutation testing', () => {
  const { parts } = JSON.parse(page('test/mutation/targets.json')) as {
    readonly parts: readonly { readonly files: readonly string[]; readonly tests: readonly string[] }[];
  };

  it('every mutant that is called equivalent is still in the code (SEC-91)', () => {
    const listed = JSON.parse(page('test/mutation/equivalent.json')) as readonly Record<string, string>[];
    for (const { file = '', line = '', was = '', reason = '' } of listed) {
      const source = page(file);
      expect([file, source.includes(line), source.includes(was)]).toEqual([file, true, true]);
      expect(reason.length).toBeGreaterThan(10);
    }
  });

  it('files and tests of every part are there (SEC-91)', () => {
    for (const { files, tests } of parts)
      for (const path of [...files, ...tests]) expect([path, repositoryFile(path)]).not.toEqual([path, undefined]);
  });

  it('no decision of the security core draws, reads a clock or does I/O (SEC-88)', () => {
    const decisions = parts
      .flatMap(({ files }) => files)
      .filter((file) => /^src\/(?:otp|devices|authentication|platform)\//.test(file));
    expect(decisions.length).toBeGreaterThan(30);
    for (const file of decisions) {
      const shell = /\b(?:Date\.now|Math\.random|randomBytes|randomUUID|process\.|fetch\(|setTimeout|readFile)/.exec(
        page(file),
      );
      expect([file, shell?.[0]]).toEqual([file, undefined]);
    }
  });
});

describe('dependencies', () => {
  it('at most fifteen direct dependencies, every version exact (SEC-93)', () => {
    const { dependencies, devDependencies } = JSON.parse(page('package.json')) as Record<
      string,
      Record<string, string>
    >;
    expect(Object.keys(dependencies ?? {}).length).toBeLessThanOrEqual(15);
    for (const version of Object.values({ ...dependencies, ...devDependencies }))
      expect(version).toMatch(/^[0-9]+\.[0-9]+\.[0-9]+(?:-[a-z0-9.]+)?$/);
  });

  it('at most eighty packages in production, of the embedded database that of one platform (SEC-93)', () => {
    const { packages } = JSON.parse(page('package-lock.json')) as {
      readonly packages: Readonly<Record<string, { readonly dev?: true; readonly integrity?: string }>>;
    };
    const installed = Object.entries(packages).filter(([path, { dev }]) => path !== '' && !dev);
    const elsewhere = installed.filter(([path]) => path.startsWith('node_modules/@libsql/')).slice(1);
    expect(installed.length - elsewhere.length).toBeLessThanOrEqual(80);
    for (const [path, { integrity }] of installed) expect([path, integrity]).toEqual([path, expect.any(String)]);
  });
});
