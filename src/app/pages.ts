import type { WorldFacts } from '../cli/world-facts.js';
import { basePath } from '../http/operations.js';
import type { RawRoute } from '../http/raw.js';
import type { TryIt } from '../inbox/page/markup.js';
import { type InboxRoutesOptions, inboxRoutes } from '../inbox/routes.js';
import { sdkRoutes } from '../sdk/routes.js';

/** What the inbox's pages are made of; only a development server has them. */
export interface InboxPages extends Omit<InboxRoutesOptions, 'tryIt'> {
  readonly facts: WorldFacts | undefined;
}

/** Pages and files outside the API, under the path of a base URL that has one. */
export function pagesBelow(authPath: string, inbox: InboxPages | undefined): readonly RawRoute[] {
  const routes = [...sdkRoutes(), ...(inbox ? inboxRoutes({ ...inbox, ...tryItOf(inbox.facts) }) : [])];
  const base = basePath(authPath);
  return routes.map((route) => ({ ...route, path: `${base}${route.path}` }));
}

/** What the inbox's page runs a whole authentication with, if there is a client to run it as. */
function tryItOf(facts: WorldFacts | undefined): { readonly tryIt?: TryIt } {
  if (!facts?.clientId) return {};
  const { environmentId, clientId, clientSecret, users } = facts;
  return { tryIt: { environmentId, clientId, clientSecret, users } };
}
