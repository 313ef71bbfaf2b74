import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { persistently } from '../../src/app/persistently.js';
import { demoWorld } from '../../src/cli/demo.js';
import { provisionWorld } from '../../src/cli/seed/provision.js';
import { readSeed } from '../../src/cli/seed/read.js';
import { type World, worldOf } from '../../src/cli/seed/world.js';
import { worldFacts } from '../../src/cli/world-facts.js';
import { factoryPolicy } from '../../src/policies/defaults.js';
import { StoreError } from '../../src/storage/store-error.js';
import { DATABASES } from '../contract/world.js';
import type { TestStore } from '../helpers/store.js';

function seed(text: string) {
  const read = readSeed(text);
  if (!read.ok) throw new Error(JSON.stringify(read.rejection));
  return read.value;
}

function problems(text: string) {
  const read = readSeed(text);
  return read.ok ? [] : read.rejection;
}

const SMALLEST = 'environments: [{ name: One }]';

describe('a seed file', () => {
  it('may be as small as a name', () => {
    const [environment] = worldOf(seed(SMALLEST)).environments;
    expect(environment).toMatchObject({ environment: { name: 'One', type: 'SANDBOX' }, users: [], clients: [] });
  });

  it('is YAML or JSON', () => {
    expect(seed(JSON.stringify({ environments: [{ name: 'One' }] }))).toEqual(seed(SMALLEST));
  });

  it('gives the same ids at every start, and others to others', () => {
    const text = 'environments: [{ name: One, users: [{ username: a, email: a@b.example }] }, { name: Two }]';
    const [first, second] = worldOf(seed(text)).environments;
    expect(worldOf(seed(text))).toEqual(worldOf(seed(text)));
    expect(first?.environment.id).not.toBe(second?.environment.id);
    expect(first?.environment.defaultPolicy.id).not.toBe(second?.environment.defaultPolicy.id);
  });

  it('keeps the ids it gives', () => {
    const id = '11111111-2222-3333-4444-555555555555';
    expect(worldOf(seed(`environments: [{ name: One, id: ${id} }]`)).environments[0]?.environment.id).toBe(id);
  });

  it('the example of the documentation is one', () => {
    const page = readFileSync(new URL('../../docs/seed-file.md', import.meta.url), 'utf8');
    const example = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    const [environment] = worldOf(seed(example)).environments;
    expect(environment?.users.flatMap(({ devices }) => devices).length).toBeGreaterThan(1);
    expect(environment?.clients.length).toBeGreaterThan(0);
  });
});

describe('mistakes are reported together, each with its line and path', () => {
  it('syntax', () => {
    expect(problems('environments:\n  - name: One\n   users: []\n')[0]).toMatchObject({
      where: expect.stringMatching(/^line [23]$/),
    });
    expect(problems('environments:\n  - name: One\n    name: Two\n')).toMatchObject([{ where: 'line 3' }]);
  });

  it('members', () => {
    const text = [
      'environments:',
      '  - name: One',
      '    type: BOX',
      '    users:',
      '      - username: ann',
      '        emial: ann@example.org',
      '        devices:',
      '          - type: SMS',
      '            phone: +15125550101',
      '          - type: FAX',
      '    clients:',
      '      - name: Backend',
      '        secret: short',
    ].join('\n');
    expect(
      problems(text)
        .map(({ where }) => where)
        .sort(),
    ).toEqual(
      [
        'line 13, environments[0].clients[0].secret',
        'line 3, environments[0].type',
        'line 5, environments[0].users[0].email',
        'line 6, environments[0].users[0].emial',
        'line 9, environments[0].users[0].devices[0].phone',
        'line 10, environments[0].users[0].devices[1].type',
      ].sort(),
    );
    const remedies = problems(text).map(({ remedy }) => remedy);
    expect(remedies).toContain('Write one of SANDBOX, PRODUCTION.');
    expect(remedies).toContain('Put the value into quotes: YAML reads it as a number or a date.');
  });

  it('what contradicts itself, or what the API would refuse', () => {
    const policy = (name: string) => JSON.stringify({ ...factoryPolicy({ name, default: true }) });
    const text = [
      'environments:',
      '  - name: One',
      '    deviceAuthenticationPolicies:',
      `      - ${policy('same')}`,
      `      - ${policy('same')}`,
      '    users:',
      '      - { username: ann, email: a@b.example }',
      '      - username: ANN',
      '        email: a@b.example',
      '        devices:',
      '          - { type: EMAIL, email: nowhere }',
      '          - { type: SMS }',
      '          - { type: EMAIL, email: a@b.example, extension: "1" }',
      '          - { type: WHATSAPP, phone: "+15125550101", testMode: true }',
    ].join('\n');
    expect(problems(text).map(({ where }) => where)).toEqual([
      'line 8, environments[0].users[1].username',
      'line 4, environments[0].deviceAuthenticationPolicies',
      'line 5, environments[0].deviceAuthenticationPolicies[1].name',
      'line 11, environments[0].users[1].devices[0].email',
      'line 12, environments[0].users[1].devices[1].phone',
      'line 13, environments[0].users[1].devices[2].extension',
      'line 14, environments[0].users[1].devices[3].testMode',
    ]);
  });

  it('an id that is given twice', () => {
    const id = '11111111-2222-3333-4444-555555555555';
    const text = `environments:\n  - name: One\n    id: ${id}\n  - name: Two\n    id: ${id}\n`;
    expect(problems(text)).toMatchObject([{ where: 'line 5, environments[1].id' }]);
  });

  it('a file that is empty or something else', () => {
    expect(problems('')).not.toEqual([]);
    expect(problems('just a text')).not.toEqual([]);
    expect(problems('environments: []')).toMatchObject([{ where: 'line 1, environments' }]);
  });
});

describe.each(DATABASES)('a seed of many users on $name', ({ open }) => {
  /** Sixteen rows each: nineteen to a step. */
  const many = (users: number, devices = 15): World =>
    worldOf({
      environments: [
        {
          name: 'Many',
          users: Array.from({ length: users }, (_, n) => ({
            username: `user-${n}`,
            email: `user-${n}@example.org`,
            devices: Array.from({ length: devices }, (_, at) => ({ type: 'EMAIL', email: `${at}.${n}@example.org` })),
          })),
        },
      ],
    });

  /**
   * Provisions as a start does, which dies before its step number `dies`, is not told how its step number `loses` ended, or sees in its
   * step number `sees` that the environment's name is there, and not yet that the environment is; the steps that it took.
   */
  async function start(test: TestStore, world: World, { dies = 0, loses = 0, sees = 0 } = {}) {
    const { store, random, keyring } = test;
    let steps = 0;
    const counted: typeof store = {
      ...store,
      async transact(plan, decide) {
        steps += 1;
        if (steps === dies) throw new Error('died');
        if (steps === sees)
          return store.transact(plan, (seen) => decide({ ...seen, environmentNameHolder: plan.environmentId }));
        const outcome = await store.transact(plan, decide);
        if (steps === loses) throw new StoreError('unknownCommit', 'the connection broke');
        return outcome;
      },
    };
    const urls = { apiPath: 'http://postern.test/v1', authPath: 'http://postern.test' };
    const parts = { store: counted, random, digests: keyring.digests, urls, persistently };
    const present = await provisionWorld(parts, world);
    return { present, steps };
  }

  async function usersIn({ store }: TestStore, world: World): Promise<number> {
    const [made] = world.environments;
    const found = await Promise.all(
      (made?.users ?? []).map(({ id }) => store.load({ environmentId: made?.environment.id ?? id, user: id })),
    );
    return found.filter(({ user, devices }) => user && devices.length === 15).length;
  }

  it('is made in steps, and a start that dies between them is gone on with', async () => {
    await using test = await open();
    const world = many(40);
    await expect(start(test, world, { dies: 3 })).rejects.toThrow('died');
    expect(await usersIn(test, world)).toBe(38);
    expect(await start(test, world)).toEqual({ present: [], steps: 1 });
    expect(await usersIn(test, world)).toBe(40);
    expect(await start(test, world)).toEqual({ present: ['Many'], steps: 0 });
  });

  it('is made once by two that start together', async () => {
    await using test = await open();
    const world = many(40);
    await Promise.all([start(test, world), start(test, world)]);
    expect(await usersIn(test, world)).toBe(40);
    expect(await start(test, world)).toMatchObject({ present: ['Many'] });
  });

  it('is made once when it is not known whether a step was', async () => {
    await using test = await open();
    const world = many(40);
    expect(await start(test, world, { loses: 2 })).toEqual({ present: [], steps: 3 });
    expect(await usersIn(test, world)).toBe(40);
  });

  it('is no other one to whoever sees its name before itself, while somebody else makes it', async () => {
    await using test = await open();
    const world = many(19);
    expect(await start(test, world, { sees: 1 })).toEqual({ present: [], steps: 2 });
    expect(await usersIn(test, world)).toBe(19);
  });

  it('is told of without asking for all of them at once', async () => {
    await using test = await open();
    const world = many(250, 0);
    await start(test, world);
    let [asking, most] = [0, 0];
    const store: typeof test.store = {
      ...test.store,
      async load(plan) {
        most = Math.max(most, ++asking);
        return await test.store.load(plan).finally(() => asking--);
      },
    };
    expect((await worldFacts({ store }, world)).users).toHaveLength(250);
    expect(most).toBeLessThanOrEqual(100);
  });

  it('is not gone on with from another file', async () => {
    await using test = await open();
    await expect(start(test, many(40), { dies: 3 })).rejects.toThrow('died');
    await expect(start(test, many(19))).rejects.toThrow('start with the file that it was begun with');
  });
});

describe('the demo environment', () => {
  const [demo] = demoWorld().environments;

  it('has the ids of the reference’s examples', () => {
    expect(demo?.environment.id).toBe('abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6');
    expect(demo?.environment.defaultPolicy.id).toBe('5a0a0950-8a81-4739-b12a-f4d6a11c7a82');
    expect(demo?.environment.otherPolicies?.map(({ id }) => id)).toEqual(['9761c24a-208d-0499-1bf6-39905184a4e1']);
    expect(demo?.users.map(({ id }) => id)).toEqual([
      '991776fd-145b-499e-8237-2c62aef35b2c',
      '788d4931-6936-43f2-82ff-178f5762298a',
      '8cc45fa5-214e-429b-b91c-e900075c3e43',
    ]);
    expect(demo?.users.map(({ devices }) => devices.map(({ id }) => id))).toEqual([
      [],
      ['ea055ca3-2b5b-4766-9628-95fc03f4ec9b'],
      [],
    ]);
  });

  it('has one client, the only one that may use either way of showing its secret', () => {
    expect(demo?.clients.map(({ application }) => application.anySecretMethod)).toEqual([true]);
    const seeded = worldOf(seed('environments: [{ name: One, clients: [{ name: a, secret: 12345678x }] }]'));
    expect(seeded.environments[0]?.clients[0]?.application.anySecretMethod).toBeUndefined();
  });
});
