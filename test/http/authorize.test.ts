import { describe, expect, it } from 'vitest';
import {
  authorize,
  holdsRoleIn,
  isPermitted,
  isPermittedOver,
  notAuthorized,
  permissionsOf,
  ROLES,
  rolesMarkdown,
} from '../../src/http/auth.js';
import { uuidOf } from '../../src/kernel/ids.js';
import { ROLE_NAMES } from '../../src/platform/applications/application.js';
import type { Actor, RoleAssignment, RoleName } from '../../src/platform/model.js';
import { isElsewhere, passedOnBy } from '../../src/platform/roles/roles.js';

const ORGANIZATION = uuidOf('00000000-0000-4000-8000-0000000000aa');
const OTHER_ORGANIZATION = uuidOf('00000000-0000-4000-8000-0000000000ab');
const HERE = uuidOf('00000000-0000-4000-8000-0000000000e1');
const THERE = uuidOf('00000000-0000-4000-8000-0000000000e2');
const NOWHERE = uuidOf('00000000-0000-4000-8000-0000000000e3');
const APPLICATION = uuidOf('00000000-0000-4000-8000-0000000000d1');
const directory = {
  organizationOf: async (id: string) => (id === HERE || id === THERE ? ORGANIZATION : undefined),
  environmentOf: async (id: string) => (id === APPLICATION ? HERE : undefined),
};

const ADMIN: RoleName = 'Identity Data Admin';
const READER: RoleName = 'Configuration Read Only';
const over = (role: RoleName, type: RoleAssignment['scope']['type'], id = HERE): RoleAssignment => ({
  role,
  scope: { type, id },
});
const actor = (...roles: readonly RoleAssignment[]): Actor => ({
  kind: 'worker',
  applicationId: uuidOf('00000000-0000-4000-8000-0000000000c1'),
  environmentId: HERE,
  roles,
});
/** `undefined`: yes; else the name of the refusal. */
const asked = async (environment: string | undefined, ...roles: readonly RoleAssignment[]) =>
  (await authorize(actor(...roles), 'users:read', environment, directory))?.name;

describe('an operation inside an environment (00 §4.6; SEC-42, SEC-44)', () => {
  it('is for those with a role that permits it, over this environment or its organization', async () => {
    expect(await asked(HERE, over(ADMIN, 'ENVIRONMENT'))).toBeUndefined();
    expect(await asked(HERE, over(ADMIN, 'ORGANIZATION', ORGANIZATION))).toBeUndefined();
    expect(await asked(HERE, over(READER, 'ENVIRONMENT'), over(ADMIN, 'ORGANIZATION', ORGANIZATION))).toBeUndefined();
  });

  it('is refused by role to those whose roles cover it and do not permit it', async () => {
    expect(await asked(HERE, over(READER, 'ENVIRONMENT'))).toBe('NOT_AUTHORIZED');
    expect(await asked(HERE, over(READER, 'ORGANIZATION', ORGANIZATION))).toBe('NOT_AUTHORIZED');
    expect(await asked(HERE, over(READER, 'ENVIRONMENT'), over(ADMIN, 'ENVIRONMENT', THERE))).toBe('NOT_AUTHORIZED');
    expect(await asked(HERE, over(READER, 'ENVIRONMENT'), over(ADMIN, 'ORGANIZATION', OTHER_ORGANIZATION))).toBe(
      'NOT_AUTHORIZED',
    );
  });

  it('is refused alike, there or not, to those whose roles cover another; a population covers none', async () => {
    for (const environment of [HERE, NOWHERE, 'not-an-id']) {
      expect(await asked(environment)).toBe('ACCESS_FAILED');
      expect(await asked(environment, over(ADMIN, 'ENVIRONMENT', THERE))).toBe('ACCESS_FAILED');
      expect(await asked(environment, over(ADMIN, 'POPULATION', HERE))).toBe('ACCESS_FAILED');
    }
  });

  it('is not found by those with a role over the organization, when it is not there or another’s', async () => {
    for (const environment of [NOWHERE, 'not-an-id'])
      expect(await asked(environment, over(ADMIN, 'ORGANIZATION', ORGANIZATION))).toBe('NOT_FOUND');
    expect(await asked(HERE, over(ADMIN, 'ORGANIZATION', OTHER_ORGANIZATION))).toBe('NOT_FOUND');
  });
});

describe('an operation on one application (00 §6.2, §6.3; SEC-42, SEC-44)', () => {
  const OWNER: RoleName = 'Application Owner';
  const onApplication = async (
    permission: Parameters<typeof authorize>[1],
    named: { environment?: string; application?: string },
    ...roles: readonly RoleAssignment[]
  ) => {
    const { environment = HERE, application } = named;
    return (await authorize(actor(...roles), permission, environment, directory, application))?.name;
  };
  const own = over(OWNER, 'APPLICATION', APPLICATION);

  it('is for those with a role that permits it over that application, in its environment', async () => {
    for (const permission of ['application:read', 'application:write', 'application:secret'] as const)
      expect(await onApplication(permission, { application: APPLICATION }, own)).toBeUndefined();
    expect(await onApplication('application:read', { application: HERE }, own)).toBe('ACCESS_FAILED');
    expect(await onApplication('application:read', {}, own)).toBe('ACCESS_FAILED');
    for (const environment of [THERE, NOWHERE])
      expect(await onApplication('application:read', { environment, application: APPLICATION }, own)).toBe(
        'ACCESS_FAILED',
      );
    const gone = over(OWNER, 'APPLICATION', THERE);
    expect(await onApplication('application:read', { application: THERE }, gone)).toBe('ACCESS_FAILED');
  });

  it('is refused when the role over it permits something else', async () => {
    for (const permission of ['applications:read', 'applications:write', 'policies:write'] as const)
      expect(await onApplication(permission, { application: APPLICATION }, own)).toBe('ACCESS_FAILED');
    // The environment's own path names no application.
    expect(await onApplication('environments:read', {}, own)).toBe('ACCESS_FAILED');
  });
});

it('a role is passed on by roles that permit all that it permits (00 §6.3; SEC-44)', () => {
  for (const name of ROLE_NAMES) {
    const passers = passedOnBy(name);
    expect(passers).toContain(name);
    for (const passer of passers)
      expect(permissionsOf(passer)).toEqual(expect.arrayContaining([...permissionsOf(name)]));
  }
});

it('a role of what is not here permits no more than to see what it is over', () => {
  const seeing = Object.entries(ROLES).flatMap(([permission, names]) => (names === ROLE_NAMES ? [permission] : []));
  const elsewhere = ROLE_NAMES.filter(isElsewhere);
  expect(elsewhere).toHaveLength(12);
  for (const name of elsewhere) expect(permissionsOf(name)).toEqual(seeing);
});

describe('an operation above environments', () => {
  it('is for those with a role that permits it over an environment or organization, whichever', async () => {
    expect(await asked(undefined, over(ADMIN, 'ENVIRONMENT', THERE))).toBeUndefined();
    expect(await asked(undefined, over(ADMIN, 'ORGANIZATION', OTHER_ORGANIZATION))).toBeUndefined();
  });

  it('is for nobody with less', async () => {
    expect(await asked(undefined)).toBe('NOT_AUTHORIZED');
    expect(await asked(undefined, over(ADMIN, 'POPULATION'))).toBe('NOT_AUTHORIZED');
    expect(await asked(undefined, over(READER, 'ENVIRONMENT'))).toBe('NOT_AUTHORIZED');
    expect(await asked(undefined, over(READER, 'ORGANIZATION', ORGANIZATION))).toBe('NOT_AUTHORIZED');
  });
});

describe('what a caller may see of an environment that is there', () => {
  const here = { id: HERE, organizationId: ORGANIZATION };
  it.each<[boolean, readonly RoleAssignment[]]>([
    [true, [over(ADMIN, 'ENVIRONMENT')]],
    [true, [over(ADMIN, 'ORGANIZATION', ORGANIZATION)]],
    [true, [over(READER, 'POPULATION'), over(ADMIN, 'ENVIRONMENT')]],
    [false, []],
    [false, [over(READER, 'ENVIRONMENT')]],
    [false, [over(READER, 'ORGANIZATION', ORGANIZATION)]],
    [false, [over(ADMIN, 'ENVIRONMENT', THERE)]],
    [false, [over(ADMIN, 'ORGANIZATION', OTHER_ORGANIZATION)]],
    [false, [over(ADMIN, 'POPULATION')]],
    [false, [over(ADMIN, 'ORGANIZATION', HERE)]],
    [false, [over(ADMIN, 'ENVIRONMENT', ORGANIZATION)]],
  ])('%s: %j', (permitted, roles) => {
    expect(isPermitted(actor(...roles), 'users:read', here)).toBe(permitted);
  });
});

describe('what a caller may do over an organization', () => {
  it.each<[permitted: boolean, holds: boolean, roles: readonly RoleAssignment[]]>([
    [true, true, [over(ADMIN, 'ORGANIZATION', ORGANIZATION)]],
    [false, true, [over(READER, 'ORGANIZATION', ORGANIZATION)]],
    [false, false, [over(ADMIN, 'ORGANIZATION', OTHER_ORGANIZATION)]],
    [false, true, [over(ADMIN, 'ENVIRONMENT', HERE)]],
    [false, false, [over(ADMIN, 'ENVIRONMENT', NOWHERE)]],
    [false, false, [over(ADMIN, 'POPULATION', HERE)]],
    [true, true, [over(READER, 'POPULATION', HERE), over(ADMIN, 'ORGANIZATION', ORGANIZATION)]],
    [false, false, []],
  ])('permitted %s, holds a role there %s: %j', (permitted, holds, roles) => {
    const organization = { id: ORGANIZATION, environments: [HERE, THERE] };
    expect(isPermittedOver(actor(...roles), 'users:read', organization)).toBe(permitted);
    expect(holdsRoleIn(actor(...roles), organization)).toBe(holds);
  });

  it('an environment that is named like an organization lends no role over it', async () => {
    expect(
      await asked(HERE, over(ADMIN, 'ENVIRONMENT', ORGANIZATION), over(READER, 'ORGANIZATION', OTHER_ORGANIZATION)),
    ).toBe('NOT_FOUND');
  });

  it('is refused by the name that clients match (00 §4.4)', () => {
    expect(notAuthorized()).toMatchObject({ name: 'NOT_AUTHORIZED' });
  });
});

it('the published table has a row per permission, a column per role, and a tick where the role permits', () => {
  const [head = '', rule = '', ...rows] = rolesMarkdown().trimEnd().split('\n');
  const cells = (row: string): readonly string[] => row.slice(2, -2).split(' | ');
  const [first, ...roles] = cells(head);
  expect([first, new Set(roles).size]).toEqual(['Permission', roles.length]);
  expect(roles).toEqual(ROLE_NAMES.filter((name) => !isElsewhere(name)));
  expect(cells(rule)).toEqual(['---', ...roles.map(() => ':-:')]);
  expect(rows.map((row) => cells(row)[0])).toEqual(Object.keys(ROLES).map((name) => `\`${name}\``));
  const ticked = rows.map((row) => roles.filter((_, at) => cells(row)[at + 1] === '✓').sort());
  expect(ticked).toEqual(Object.values(ROLES).map((names) => names.filter((name) => !isElsewhere(name)).sort()));
  expect(rolesMarkdown()).toMatch(/\|\n$/);
});
