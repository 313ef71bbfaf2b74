import type { Instant } from '../../kernel/clock.js';
import type { Uuid } from '../../kernel/ids.js';
import type { Page, PageRequest } from '../../storage/port.js';
import type { Environment } from '../model.js';

/** Environments are read this many at a time. */
const BATCH = 1_000;

/** What environments say of the organization that they belong to, and of its licences; beyond it only names are kept (wire: `00` §6.1). */
export interface Organization {
  readonly id: Uuid;
  /** That of its oldest environment. */
  readonly createdAt: Instant;
  /** By the creation of the first environment of each. */
  readonly licenses: readonly License[];
  readonly environments: readonly Uuid[];
}

/** What a licence is called, where somebody has named it (wire: `00` §6.1). */
export interface LicenseName {
  readonly organizationId: Uuid;
  readonly licenseId: Uuid;
  readonly name: string;
}

export interface License {
  readonly id: Uuid;
  readonly organizationId: Uuid;
  /** Absent: nobody has named it. */
  readonly name?: string;
  readonly beginsAt: Instant;
  readonly environments: number;
}

/** Every environment there is, by creation. */
export async function allEnvironments(
  page: (request: PageRequest) => Promise<Page<Environment>>,
): Promise<readonly Environment[]> {
  const all: Environment[] = [];
  let after: string | undefined;
  do {
    const { items, next } = await page({ limit: BATCH, ...(after === undefined ? {} : { after }) });
    all.push(...items);
    after = next;
  } while (after !== undefined);
  return all;
}

/** Pure. */
export function organizationsOf(
  environments: readonly Environment[],
  names: readonly LicenseName[] = [],
): readonly Organization[] {
  const ids = [...new Set(environments.map(({ organizationId }) => organizationId))];
  return ids.map((id) => {
    const own = environments.filter(({ organizationId }) => organizationId === id);
    const createdAt = own.reduce((first, each) => Math.min(first, each.createdAt), Number.MAX_SAFE_INTEGER);
    return { id, createdAt, licenses: licensesOf(id, own, names), environments: own.map((each) => each.id) };
  });
}

function licensesOf(
  organizationId: Uuid,
  environments: readonly Environment[],
  names: readonly LicenseName[],
): readonly License[] {
  return [...new Set(environments.map(({ licenseId }) => licenseId))].map((id) => {
    const under = environments.filter(({ licenseId }) => licenseId === id);
    const beginsAt = under.reduce((first, each) => Math.min(first, each.createdAt), Number.MAX_SAFE_INTEGER);
    const named = names.find((each) => each.organizationId === organizationId && each.licenseId === id);
    return {
      id,
      organizationId,
      ...(named ? { name: named.name } : {}),
      beginsAt,
      environments: under.length,
    };
  });
}
