import { parseUuid } from '../../kernel/ids.js';
import { accept, type Outcome, reject } from '../../kernel/outcome.js';
import type { Listing, ListRequest } from '../../platform/listing.js';
import type { EnvironmentId } from '../../platform/model.js';
import type { PlatformRejection } from '../../platform/rejection.js';
import type { UserState } from '../../platform/rules.js';
import type { PlatformService } from '../../platform/service.js';
import type { WireError } from '../errors.js';
import type { Filter, FilterRules } from '../filter.js';
import { filterError, readListFilter, requiredValue } from '../list-filter.js';
import { platformError } from '../rejections/platform.js';

/** Documented maximum of a page (wire: `00` §3.4). */
export const USER_PAGE = 200;

/** Wire: `00` §8.4, as far as a look-up answers it. */
const RULES: FilterRules = {
  attributes: { username: ['eq'], id: ['eq'], email: ['eq'], 'population.id': ['eq'] },
  combinators: ['and'],
};
const IDENTIFYING = ['username', 'id'];

/** A page of all users; with a filter, the one user that it names, if the rest of it fits. */
export async function listUsers(
  platform: PlatformService,
  environmentId: EnvironmentId,
  text: string | undefined,
  request: ListRequest,
): Promise<Outcome<Listing<UserState>, WireError>> {
  const parsed = readListFilter(text, RULES);
  if (!parsed.ok) return parsed;
  const { filter, accepts } = parsed.value;
  if (!filter) {
    const listed = await platform.users(environmentId, request);
    return listed.ok ? listed : reject(platformError(listed.rejection));
  }
  if (request.cursor !== undefined) return reject(platformError({ kind: 'CursorInvalid' }));
  if (!IDENTIFYING.some((attribute) => requiredValue(filter, attribute) !== undefined))
    return reject(filterError({ message: 'must name the user by username or id', supportedAttributes: IDENTIFYING }));
  const found = await find(platform, environmentId, filter);
  if (!found.ok) return reject(platformError(found.rejection));
  const items = found.value && accepts(attributesOf(found.value)) ? [found.value] : [];
  return accept({ items, count: items.length });
}

/** The only user that can match. */
async function find(
  platform: PlatformService,
  environmentId: EnvironmentId,
  filter: Filter,
): Promise<Outcome<UserState | undefined, PlatformRejection>> {
  const username = requiredValue(filter, 'username');
  if (username !== undefined) return platform.userByName(environmentId, username);
  const id = parseUuid(requiredValue(filter, 'id') ?? '');
  if (!id) return accept(undefined);
  const found = await platform.user(environmentId, id);
  return !found.ok && found.rejection.kind === 'UserNotFound' ? accept(undefined) : found;
}

const attributesOf =
  ({ user }: UserState) =>
  (attribute: string): string | undefined => {
    const { email } = user.profile;
    const values: Readonly<Record<string, string | undefined>> = {
      username: user.username,
      id: user.id,
      email: typeof email === 'string' ? email : undefined,
      'population.id': user.populationId,
    };
    return values[attribute];
  };
