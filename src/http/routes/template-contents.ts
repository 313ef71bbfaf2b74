import { toTimestamp } from '../../kernel/clock.js';
import type { FilterRules, FilterValue } from '../../kernel/filter.js';
import { Type } from '../../kernel/json-schema.js';
import type { ManagedResource } from '../../platform/managed/resource.js';
import type { ManagedService } from '../../platform/managed/service.js';
import type { StoredDocument } from '../../platform/model.js';
import { LONGEST_MAIL } from '../../policies/templates/template-content-document.js';
import type { TemplateService, Variant } from '../../policies/templates/template-service.js';
import { templateOf } from '../../policies/templates/templates.js';
import { notFound, type WireError } from '../errors.js';
import { filterError, readListFilter } from '../list-filter.js';
import type { ManagedDefinition } from '../managed/definition.js';
import { listView, managedList } from '../managed/list.js';
import { environmentOf } from '../managed/place.js';
import { managedRoutes } from '../managed/routes.js';
import { managedError } from '../rejections/managed.js';
import { type Call, defineRoute, done, JSON_TYPE, type Route, reply } from '../route.js';

const PATH = '/environments/:envId/templates/:templateName/contents';

const INSTANT = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const;
const FILTER: FilterRules = {
  attributes: {
    createdAt: INSTANT,
    updatedAt: INSTANT,
    default: ['eq'],
    locale: ['eq', 'sw'],
    deliveryMethod: ['eq'],
    variant: ['eq'],
  },
  combinators: ['and', 'or', 'not'],
};

/** What a bulk operation is about: one variant, and nothing else can be said (`30` §9.1). */
const VARIANT_ONLY: FilterRules = { attributes: { variant: ['eq'] }, combinators: [] };

function definitionOf(resource: ManagedResource): ManagedDefinition {
  return {
    resource,
    id: 'templateContent',
    one: 'a content of a template',
    many: 'contents of a template',
    source: '30 §9.1',
    collection: 'contents',
    path: PATH,
    names: ['templateName'],
    parameter: 'contentId',
    parent: { parameter: 'templateName' },
    permission: { read: 'policies:read', write: 'policies:write' },
    timestamps: 'both',
    adds: {
      schema: { default: Type.Boolean() },
      members: ({ body }) => ({ default: body['default'] === true }),
    },
    page: 100,
    longestText: LONGEST_MAIL,
    filter: { rules: FILTER, attribute: attributeOf },
  };
}

function attributeOf({ body, createdAt, updatedAt }: StoredDocument, name: string): FilterValue | undefined {
  if (name === 'createdAt') return toTimestamp(createdAt);
  if (name === 'updatedAt') return toTimestamp(updatedAt);
  const value = body[name];
  return typeof value === 'string' || typeof value === 'boolean' ? value : undefined;
}

/** Contents of templates: one by one, and a variant at once (wire: `30` §9.1). */
export function templateContentsRoutes(
  resource: ManagedResource,
  service: ManagedService,
  templates: TemplateService,
): Route[] {
  const definition = definitionOf(resource);
  const common = { source: '30 §9.1', base: 'api', path: PATH, names: ['templateName'] } as const;
  const query = Type.Object({ filter: Type.String({ minLength: 1, maxLength: 2_048 }) });
  return [
    ...managedRoutes(definition, service),
    defineRoute({
      ...common,
      id: 'templateContents.variant.rename',
      summary: 'Give another name to the contents of a variant',
      method: 'PATCH',
      accepts: JSON_TYPE,
      permission: 'policies:write',
      query,
      body: Type.Object({ variant: Type.String({ minLength: 1, maxLength: 100 }) }),
      replies: { 200: listView(definition) },
      async handle(call) {
        const of = variantOf(call, call.query.filter);
        if ('kind' in of) return of;
        const outcome = await templates.renameVariant(of, call.body.variant, call.by);
        if (!outcome.ok) return managedError(outcome.rejection);
        return reply(200, managedList(definition, call, { items: outcome.value, count: outcome.value.length }));
      },
    }),
    defineRoute({
      ...common,
      id: 'templateContents.variant.delete',
      summary: 'Delete the contents of a variant',
      method: 'DELETE',
      permission: 'policies:write',
      query,
      replies: { 204: null },
      async handle(call) {
        const of = variantOf(call, call.query.filter);
        if ('kind' in of) return of;
        return done(await templates.removeVariant(of, call.by), managedError);
      },
    }),
  ];
}

/** The variant that the filter names, of a template that is there. */
function variantOf(call: Call, text: string): Variant | WireError {
  const template = templateOf(call.names['templateName']);
  if (!template) return notFound();
  const filter = readListFilter(text, VARIANT_ONLY);
  if (!filter.ok) return filter.rejection;
  const { filter: said } = filter.value;
  const variant = said?.kind === 'compare' ? String(said.value) : undefined;
  if (variant === undefined) return filterError({ message: 'must say variant eq', supportedAttributes: ['variant'] });
  return { environmentId: environmentOf(call), template: template.id, variant };
}
