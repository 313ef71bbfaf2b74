import type { JsonObject } from '../../kernel/json.js';
import type { Outcome } from '../../kernel/outcome.js';
import type { ManagedRejection } from '../../platform/managed/rejection.js';
import type { ManagedService } from '../../platform/managed/service.js';
import type { StoredDocument } from '../../platform/model.js';
import { notFound, type WireError } from '../errors.js';
import { managedError } from '../rejections/managed.js';
import { type Call, defineRoute, done, JSON_TYPE, type Reply, type Route, reply } from '../route.js';
import type { ManagedDefinition, SingletonDefinition } from './definition.js';
import { listRoute } from './list.js';
import { environmentOf, pathIn, placeOf } from './place.js';
import { gathered, managedView, viewSchema } from './view.js';

/** The five operations of a resource that is a document: list, create, read, replace, delete; save those that it is without. */
export function managedRoutes(definition: ManagedDefinition, service: ManagedService): Route[] {
  return without(definition, allRoutes(definition, service));
}

/** What an operation says of what is not there yet. */
function note(partial: ManagedDefinition['partial'], operation: keyof NonNullable<typeof partial>) {
  return partial?.[operation] === undefined ? {} : { partial: partial[operation] };
}

function without({ id, without = [] }: ManagedDefinition | SingletonDefinition, routes: readonly Route[]): Route[] {
  const absent: readonly string[] = without.map((operation) => `${id}.${operation}`);
  return routes.filter((route) => !absent.includes(route.id));
}

function allRoutes(definition: ManagedDefinition, service: ManagedService): Route[] {
  const { resource, id, one, source, path, parameter, permission, texts, partial } = definition;
  const view = viewSchema(definition);
  const item = `${path}/:${parameter}`;
  const { names, longestText } = definition;
  const common = {
    source,
    base: 'api',
    ...(names ? { names } : {}),
    ...(longestText === undefined ? {} : { longestText }),
  } as const;
  async function shown(
    outcome: Outcome<StoredDocument, ManagedRejection>,
    call: Call,
    status = 200,
  ): Promise<Reply | WireError> {
    if (!outcome.ok) return managedError(outcome.rejection, texts);
    const { value } = outcome;
    const more = (await gathered(definition, value.environmentId, [value]))(value);
    return reply(status, { ...managedView(definition, pathIn(path, call), value, call.links), ...more });
  }
  /** Does something with the one that the path names. */
  const withId =
    (use: (call: Call, itemId: Call['params'][string]) => Promise<Reply | WireError>) => async (call: Call) => {
      const { [parameter]: itemId, envId } = call.params;
      if (itemId === undefined || envId === undefined) return notFound();
      const answer = await use(call, itemId);
      const { missing } = definition;
      const isMissing = missing && answer.kind === 'error' && answer.name === 'NOT_FOUND' && !answer.message;
      return isMissing ? { ...answer, message: missing(itemId, envId) } : answer;
    };
  return [
    listRoute(definition, service),
    defineRoute({
      ...common,
      ...note(partial, 'create'),
      id: `${id}.create`,
      summary: `Create ${one}`,
      method: 'POST',
      path,
      accepts: JSON_TYPE,
      permission: permission.write,
      body: resource.schema,
      replies: { 201: view },
      errors: ['REQUEST_FAILED'],
      handle: async (call) =>
        shown(await service.create(resource, placeOf(definition, call), documentOf(call), call.by), call, 201),
    }),
    defineRoute({
      ...common,
      ...note(partial, 'read'),
      id: `${id}.read`,
      summary: `Read ${one}`,
      method: 'GET',
      path: item,
      permission: permission.one?.read ?? permission.read,
      replies: { 200: view },
      handle: withId(async (call, itemId) =>
        shown(await service.read(resource, placeOf(definition, call), itemId), call),
      ),
    }),
    defineRoute({
      ...common,
      ...note(partial, 'update'),
      id: `${id}.update`,
      summary: `Replace ${one}`,
      method: 'PUT',
      path: item,
      accepts: JSON_TYPE,
      permission: permission.one?.write ?? permission.write,
      body: definition.replacement ?? resource.schema,
      replies: { 200: view },
      errors: ['REQUEST_FAILED'],
      handle: withId(async (call, itemId) =>
        shown(await service.replace(resource, placeOf(definition, call), itemId, documentOf(call), call.by), call),
      ),
    }),
    defineRoute({
      ...common,
      ...note(partial, 'delete'),
      id: `${id}.delete`,
      summary: `Delete ${one}`,
      method: 'DELETE',
      path: item,
      permission: permission.write,
      replies: { 204: null },
      errors: ['REQUEST_FAILED'],
      handle: withId(async (call, itemId) => {
        const removed = await service.remove(resource, placeOf(definition, call), itemId, call.by);
        return done(removed, (rejection) => managedError(rejection, texts));
      }),
    }),
  ];
}

/** The three operations of a resource that an environment has once: read, replace, and reset or remove; save those that it is without. */
export function singletonRoutes(definition: SingletonDefinition, service: ManagedService): Route[] {
  return without(definition, allSingletonRoutes(definition, service));
}

function allSingletonRoutes(definition: SingletonDefinition, service: ManagedService): Route[] {
  const { resource, id, one, source, path, permission, texts, partial } = definition;
  const view = viewSchema(definition);
  const common = { source, base: 'api', path } as const;
  const shown = (outcome: Outcome<StoredDocument, ManagedRejection>, call: Call): Reply | WireError =>
    outcome.ok
      ? reply(200, managedView(definition, pathIn(path, call), outcome.value, call.links))
      : managedError(outcome.rejection, texts);
  return [
    defineRoute({
      ...common,
      ...note(partial, 'read'),
      id: `${id}.read`,
      summary: `Read ${one}`,
      method: 'GET',
      permission: permission.read,
      replies: { 200: view },
      handle: async (call) => shown(await service.readOnly(resource, environmentOf(call)), call),
    }),
    defineRoute({
      ...common,
      ...note(partial, 'update'),
      id: `${id}.update`,
      summary: `Replace ${one}`,
      method: 'PUT',
      accepts: JSON_TYPE,
      permission: permission.write,
      body: resource.schema,
      replies: { 200: view },
      handle: async (call) =>
        shown(await service.replaceOnly(resource, environmentOf(call), documentOf(call), call.by), call),
    }),
    defineRoute({
      ...common,
      ...note(partial, 'delete'),
      id: `${id}.delete`,
      summary: resource.factory ? `Reset ${one}` : `Delete ${one}`,
      method: 'DELETE',
      permission: permission.write,
      replies: resource.factory ? { 200: view } : { 204: null },
      async handle(call) {
        const reset = await service.resetOnly(resource, environmentOf(call), call.by);
        return reset.ok && !resource.factory ? reply(204) : shown(reset, call);
      },
    }),
  ];
}

// The schema has let only objects through.
const documentOf = ({ body }: Call): JsonObject => body as JsonObject;
