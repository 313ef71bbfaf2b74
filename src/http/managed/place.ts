import type { Place } from '../../platform/managed/service.js';
import type { Call } from '../route.js';
import type { ManagedDefinition } from './definition.js';

/** The environment that a call's path names. */
export function environmentOf({ params }: Call): Place['environmentId'] {
  const environmentId = params['envId'];
  if (environmentId === undefined) throw new TypeError('a managed resource belongs to an environment');
  return environmentId;
}

/** Where the documents are that a call is about. */
export function placeOf({ parent }: Pick<ManagedDefinition, 'parent'>, call: Call): Place {
  const id = parent && (call.params[parent.parameter] ?? call.names[parent.parameter]);
  return {
    environmentId: environmentOf(call),
    ...(id === undefined ? {} : { parent: id }),
    ...(parent?.kind ? { parentKind: parent.kind } : {}),
  };
}

/** The path with this call's parameters in it. */
export function pathIn(path: string, { params, names }: Call): string {
  return path.replace(/:(\w+)/g, (_, name: string) => params[name] ?? names[name] ?? '');
}
