import type { Static } from 'typebox';
import type { Uuid } from '../../kernel/ids.js';
import { Type } from '../../kernel/json-schema.js';
import type { ActivityService } from '../../platform/activities.js';
import { readActivityFilter } from '../activity-filter.js';
import { notFound, type WireError } from '../errors.js';
import { ActivitiesView, ActivityView, activityView } from '../hal/activities.js';
import { collection, ListQuery, PageQuery } from '../hal/collection.js';
import type { Links } from '../hal/links.js';
import { platformError } from '../rejections/platform.js';
import { defineRoute, JSON_TYPE, type Reply, type Route, reply } from '../route.js';

const COLLECTION = '/environments/:envId/activities';
/** Wire: `00` §11.2. */
const USUAL_PAGE = 100;

const FilterBody = Type.Object({ filter: Type.String({ maxLength: 2_048 }) });

type Query = Static<typeof ListQuery>;

/** The audit trail (wire: `00` §11.1). */
export function activitiesRoutes(activities: ActivityService): Route[] {
  async function list(environmentId: Uuid, query: Query, links: Links): Promise<Reply | WireError> {
    const filter = readActivityFilter(query.filter);
    if (!filter.ok) return filter.rejection;
    const { limit = USUAL_PAGE, cursor, filter: text = '' } = query;
    const request = { limit, filter: text, ...(cursor === undefined ? {} : { cursor }) };
    const listed = await activities.list(environmentId, request, filter.value);
    if (!listed.ok) return listed.rejection.kind === 'ActivityNotFound' ? notFound() : platformError(listed.rejection);
    const items = listed.value.items.map((activity) => activityView(activity, links));
    const path = `/environments/${environmentId}/activities`;
    return reply(200, collection(links, path, query, 'activities', { ...listed.value, items }));
  }

  const common = { base: 'api', source: '00 §11.1', permission: 'activities:read' } as const;
  const partial = 'No `count`, no `tags`, no `internalCorrelation`; names are those of now.';
  return [
    defineRoute({
      ...common,
      id: 'activity.list',
      summary: 'Query the audit trail, newest first',
      method: 'GET',
      path: COLLECTION,
      query: ListQuery,
      replies: { 200: ActivitiesView },
      partial,
      handle: ({ params, query, links }) => list(params.envId, query, links),
    }),
    defineRoute({
      ...common,
      id: 'activity.query',
      summary: 'Query the audit trail, the filter in the body',
      method: 'POST',
      path: COLLECTION,
      accepts: JSON_TYPE,
      query: PageQuery,
      body: FilterBody,
      replies: { 200: ActivitiesView },
      partial,
      // The next page is a plain `GET`, as clients ask for it (`00` §3.4).
      handle: ({ params, query, body, links }) => list(params.envId, { ...query, filter: body.filter }, links),
    }),
    defineRoute({
      ...common,
      id: 'activity.read',
      summary: 'Read one activity',
      method: 'GET',
      path: `${COLLECTION}/:activityId`,
      replies: { 200: ActivityView },
      partial,
      async handle({ params, links }) {
        const found = await activities.read(params.envId, params.activityId);
        if (found.ok) return reply(200, activityView(found.value, links));
        return found.rejection.kind === 'ActivityNotFound' ? notFound() : platformError(found.rejection);
      },
    }),
  ];
}
