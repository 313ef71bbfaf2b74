import { toTimestamp } from '../../kernel/clock.js';
import type { JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import type { Environment } from '../../platform/model.js';
import type { TemplateService } from '../../policies/templates/template-service.js';
import { TEMPLATES, type Template, templateOf } from '../../policies/templates/templates.js';
import { invalidCursor, notFound } from '../errors.js';
import { collection, collectionView, LinkView, ListQuery, Reference } from '../hal/collection.js';
import type { Links } from '../hal/links.js';
import { readListFilter } from '../list-filter.js';
import { managedError } from '../rejections/managed.js';
import { defineRoute, type Route, reply } from '../route.js';

const VariableView = Type.Object({
  required: Type.Boolean(),
  requiredForDeliveryMethods: Type.Optional(Type.Array(Type.String())),
});

/** A template as it is shown (wire: `30` §9.1). */
const TemplateView = Type.Object({
  _links: Type.Object({ self: LinkView, environment: LinkView }),
  id: Type.String(),
  environment: Reference,
  displayName: Type.String(),
  description: Type.String(),
  deliveryMethods: Type.Array(Type.String()),
  variables: Type.Record(Type.String(), VariableView),
  allowDynamicVariables: Type.Boolean(),
  createdAt: Type.String(),
  updatedAt: Type.String(),
});

function templateView(template: Template, { id, createdAt }: Environment, links: Links): JsonObject {
  const { deliveryMethods, displayName, description, allowDynamicVariables } = template;
  const environment = `/environments/${id}`;
  return {
    _links: {
      self: { ...links.api(`${environment}/templates/${template.id}`) },
      environment: { ...links.api(environment) },
    },
    id: template.id,
    environment: { id },
    displayName,
    description,
    deliveryMethods,
    variables: Object.fromEntries(
      template.variables.map(({ name, requiredFor }) => [
        name,
        {
          required: requiredFor.length > 0,
          // Without a list it is required everywhere (`30` §9.1).
          ...(requiredFor.length > 0 && requiredFor.length < deliveryMethods.length
            ? { requiredForDeliveryMethods: requiredFor }
            : {}),
        },
      ]),
    ),
    allowDynamicVariables,
    createdAt: toTimestamp(createdAt),
    updatedAt: toTimestamp(createdAt),
  };
}

const MOST = 100;
const Query = Type.Object({
  ...ListQuery.properties,
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST })),
});

/** Templates, which are built in (wire: `30` §9.1). */
export function templatesRoutes(service: TemplateService): Route[] {
  const common = { source: '30 §9.1', base: 'api', permission: 'policies:read' } as const;
  return [
    defineRoute({
      ...common,
      id: 'template.list',
      summary: 'List templates',
      method: 'GET',
      path: '/environments/:envId/templates',
      query: Query,
      partial: '`filter` by `deliveryMethod`; `order` is ignored',
      replies: { 200: collectionView('templates', TemplateView, { environment: LinkView }) },
      async handle({ params, query, links }) {
        const filter = readListFilter(query.filter, { attributes: { deliveryMethod: ['eq'] }, combinators: [] });
        if (!filter.ok) return filter.rejection;
        const found = await service.environment(params.envId);
        if (!found.ok) return managedError(found.rejection);
        const all = TEMPLATES.filter(({ deliveryMethods }) => filter.value.accepts(() => deliveryMethods));
        // A page begins with the template that the cursor names (`30` §9.1).
        const from = query.cursor === undefined ? 0 : all.findIndex(({ id }) => id === query.cursor);
        if (from < 0) return invalidCursor();
        const { limit = MOST } = query;
        const next = all[from + limit]?.id;
        const path = `/environments/${params.envId}/templates`;
        const shown = collection(links, path, query, 'templates', {
          items: all.slice(from, from + limit).map((each) => templateView(each, found.value, links)),
          count: all.length,
          ...(next === undefined ? {} : { next }),
        });
        const environment = links.api(`/environments/${params.envId}`);
        return reply(200, { ...shown, _links: { ...shown._links, environment } });
      },
    }),
    defineRoute({
      ...common,
      id: 'template.read',
      summary: 'Read a template',
      method: 'GET',
      path: '/environments/:envId/templates/:templateName',
      names: ['templateName'],
      replies: { 200: TemplateView },
      async handle({ params, names, links }) {
        const template = templateOf(names['templateName']);
        if (!template) return notFound();
        const found = await service.environment(params.envId);
        return found.ok ? reply(200, templateView(template, found.value, links)) : managedError(found.rejection);
      },
    }),
  ];
}
