import { KINDS } from '../../devices/kinds/index.js';
import type { DeviceKind } from '../../devices/kinds/kind.js';
import type { FieldProblem } from '../../kernel/field-problem.js';
import { unreachable } from '../../kernel/outcome.js';
import { documentProblems } from '../../policies/rules.js';
import type { Complaint } from './read.js';
import { COMMON_DEVICE_MEMBERS, type SeedDevice, type SeedEnvironment, type SeedFile } from './schema.js';

type Path = readonly (string | number)[];

/** What a file that fits the schema still contradicts: itself, or the rules that hold for requests. */
export function contradictions(seed: SeedFile): readonly Complaint[] {
  return [
    ...repeated(
      seed.environments.map(({ name }, at) => ({ path: ['environments', at, 'name'], key: name })),
      'is the name of another environment of this file.',
    ),
    ...repeated(allIds(seed), 'is the id of something else in this file.'),
    ...seed.environments.flatMap((environment, at) => inEnvironment(environment, ['environments', at])),
  ];
}

function inEnvironment(environment: SeedEnvironment, path: Path): readonly Complaint[] {
  const { users = [], clients = [], deviceAuthenticationPolicies: policies } = environment;
  return [
    ...repeated(
      users.map(({ username }, at) => ({ path: [...path, 'users', at, 'username'], key: username.toLowerCase() })),
      'is the name of another user of this environment.',
    ),
    ...repeated(
      clients.map(({ name }, at) => ({ path: [...path, 'clients', at, 'name'], key: name })),
      'is the name of another client of this environment.',
    ),
    ...(policies ? inPolicies(policies, [...path, 'deviceAuthenticationPolicies']) : []),
    ...users.flatMap(({ devices = [] }, at) =>
      devices.flatMap((device, place) => inDevice(device, [...path, 'users', at, 'devices', place])),
    ),
  ];
}

function inPolicies(
  policies: NonNullable<SeedEnvironment['deviceAuthenticationPolicies']>,
  path: Path,
): readonly Complaint[] {
  const defaults = policies.filter((policy) => policy.default).length;
  return [
    ...(defaults === 1
      ? []
      : [{ path, what: `has ${defaults} policies with \`default: true\`.`, remedy: 'Give exactly one of them.' }]),
    ...repeated(
      policies.map(({ name }, at) => ({ path: [...path, at, 'name'], key: name })),
      'is the name of another policy of this environment.',
    ),
    ...policies.flatMap((policy, at) =>
      documentProblems(policy).map((problem) => fieldComplaint(problem, [...path, at])),
    ),
  ];
}

function inDevice(device: SeedDevice, path: Path): readonly Complaint[] {
  const kind: DeviceKind = KINDS[device.type];
  const strays = Object.keys(device).filter((name) => !(name in COMMON_DEVICE_MEMBERS) && !(name in kind.members));
  const parsed = kind.parseMembers(device);
  return [
    ...strays.map((name) => ({
      path: [...path, name],
      what: `is not for a device of type ${device.type}.`,
      remedy: 'Remove it, or mend the type.',
    })),
    ...(device.testMode && !kind.allowsTestMode
      ? [{ path: [...path, 'testMode'], what: `is not for a device of type ${device.type}.`, remedy: 'Remove it.' }]
      : []),
    ...(parsed.ok ? [] : parsed.rejection.map((problem) => fieldComplaint(problem, path))),
  ];
}

function fieldComplaint(problem: FieldProblem, path: Path): Complaint {
  return {
    path: [...path, ...problem.target.split('.')],
    what: `${wordsFor(problem)}.`,
    remedy: 'Write what the API would take.',
  };
}

function wordsFor(problem: FieldProblem): string {
  switch (problem.problem) {
    case 'required':
      return 'is missing';
    case 'invalid':
      return `is not valid${problem.message === undefined ? '' : `: ${problem.message}`}`;
    case 'tooLong':
      return 'is too long';
    case 'outOfRange':
      return `must be from ${problem.minimum} to ${problem.maximum}`;
    case 'taken':
      return 'is taken';
    default:
      return unreachable(problem);
  }
}

interface Keyed {
  readonly path: Path;
  readonly key: string;
}

function repeated(entries: readonly Keyed[], what: string): readonly Complaint[] {
  const seen = new Set<string>();
  return entries.flatMap(({ path, key }) => {
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    return [{ path, what, remedy: 'Give each its own.' }];
  });
}

function allIds(seed: SeedFile): readonly Keyed[] {
  const entry = (path: Path, id: string | undefined): readonly Keyed[] =>
    id === undefined ? [] : [{ path: [...path, 'id'], key: id }];
  return seed.environments.flatMap((environment, at) => {
    const path: Path = ['environments', at];
    const each = <T extends { readonly id?: string }>(member: string, items: readonly T[] = [], below: Path = path) =>
      items.flatMap((item, place) => entry([...below, member, place], item.id));
    return [
      ...entry(path, environment.id),
      ...entry([...path, 'population'], environment.population?.id),
      ...each('deviceAuthenticationPolicies', environment.deviceAuthenticationPolicies),
      ...each('clients', environment.clients),
      ...each('users', environment.users),
      ...(environment.users ?? []).flatMap((user, place) => each('devices', user.devices, [...path, 'users', place])),
    ];
  });
}
