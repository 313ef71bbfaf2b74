import type { EnvironmentId } from '../../platform/model.js';
import type { DirectoryPlan, DirectorySnapshot } from '../directory-port.js';
import { type Call, call, type Result, type Script } from './statement.js';
import { documentsCall, selectPopulationOfUser, toDocument } from './tables/documents.js';
import { groupNameKey, selectGroup, selectGroupByName, selectMembership, toGroup } from './tables/groups.js';
import { passwordRows, selectPassword } from './tables/passwords.js';
import { rolesRows, selectInheritedRoles, selectRoles } from './tables/roles.js';
import { selectUserCodes, userCodeRows } from './tables/user-codes.js';
import { selectUserOfPopulation } from './tables/users.js';

type Found = { -readonly [K in keyof DirectorySnapshot]: DirectorySnapshot[K] };

/** What a plan names of the directory: one flush behind the load, because management alone asks for it. */
export function* loadDirectory(environment: EnvironmentId, plan: DirectoryPlan): Script<DirectorySnapshot> {
  const {
    group,
    holder,
    groupName,
    member,
    password,
    passwordPolicy,
    codes,
    roles,
    inheritedRoles,
    derivedGroups = [],
    population,
  } = plan;
  const found: Found = {};
  const asked: { readonly call: Call; readonly take: (result: Result) => void }[] = [];
  if (group !== undefined)
    asked.push({
      call: call(selectGroup, { environment, id: group }),
      take: ({ rows: [row] }) => {
        if (row) found.group = toGroup(environment, row);
      },
    });
  if (holder !== undefined)
    asked.push({
      call: call(selectGroup, { environment, id: holder }),
      take: ({ rows: [row] }) => {
        if (row) found.holder = toGroup(environment, row);
      },
    });
  if (groupName !== undefined)
    asked.push({
      call: call(selectGroupByName, { environment, nameKey: groupNameKey(groupName) }),
      take: ({ rows: [row] }) => {
        // Ids are stored as they were parsed.
        if (row) found.groupNameHolder = row[0] as NonNullable<Found['groupNameHolder']>;
      },
    });
  if (group !== undefined && member !== undefined)
    asked.push({
      call: call(selectMembership, { environment, group, user: member }),
      take: ({ rows }) => {
        found.isMember = rows.length > 0;
      },
    });
  if (password !== undefined)
    asked.push({
      call: call(selectPassword, { environmentId: environment, userId: password }),
      take: ({ rows: [row] }) => {
        if (row) found.password = passwordRows.read(row);
      },
    });
  if (passwordPolicy !== undefined)
    for (const one of [
      documentsCall(environment, { kind: 'passwordPolicy' }),
      call(selectPopulationOfUser, { environment, user: passwordPolicy }),
    ])
      asked.push({
        call: one,
        take: ({ rows }) => {
          found.passwordPolicies = [...(found.passwordPolicies ?? []), ...rows.map((row) => toDocument(row, 0))];
        },
      });
  if (codes !== undefined)
    asked.push({
      call: call(selectUserCodes, { environmentId: environment, userId: codes }),
      take: ({ rows }) => {
        found.codes = rows.map(userCodeRows.read);
      },
    });
  if (roles !== undefined)
    asked.push({
      call: call(selectRoles, { environmentId: environment, ownerId: roles }),
      take: ({ rows: [row] }) => {
        found.roles = row ? rolesRows.read(row).roles : [];
      },
    });
  if (inheritedRoles !== undefined)
    asked.push({
      call: call(selectInheritedRoles, { environmentId: environment, userId: inheritedRoles }),
      take: ({ rows }) => {
        found.inheritedRoles = rows.map(rolesRows.read);
      },
    });
  for (const ownerId of new Set(derivedGroups))
    asked.push({
      call: call(selectRoles, { environmentId: environment, ownerId }),
      take: ({ rows: [row] }) => {
        const held = found.inheritedRoles ?? [];
        // A user who was added meanwhile has them already.
        if (row && !held.some((owner) => owner.ownerId === ownerId))
          found.inheritedRoles = [...held, rolesRows.read(row)];
      },
    });
  if (population !== undefined)
    asked.push({
      call: call(selectUserOfPopulation, { environment, population }),
      take: ({ rows }) => {
        found.populationHasUsers = rows.length > 0;
      },
    });
  const results = yield asked.map(({ call: one }) => one);
  for (const [at, { take }] of asked.entries()) {
    const result = results[at];
    if (result) take(result);
  }
  return found;
}
