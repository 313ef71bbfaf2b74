import { Reference } from '../../kernel/document-schema.js';
import { isJsonObject, type JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import type { ManagedResource, Rule } from '../managed/resource.js';
import { refersTo } from '../managed/rules.js';
import type { StoredDocument } from '../model.js';

/** Where a population keeps its default identity provider, which its own view does not show. */
export const DEFAULT_PROVIDER = 'defaultIdentityProvider';

/** Wire: public SDK, `PopulationDefaultIdp`. */
export const PopulationProvider = Type.Object({ id: Type.Optional(Reference) });

/** By which identity provider users of a population sign on first; a document, because nobody signs on by one yet. */
export const populationProvider: ManagedResource = {
  kind: 'population',
  schema: PopulationProvider,
  noun: 'POPULATION',
  rules: [refersTo('identityProvider', 'id', 'an identity provider'), becomesAMember()],
};

/** What a population has: an id and the provider's type, or nothing. */
export function providerOf({ body }: Pick<StoredDocument, 'body'>): JsonObject {
  const { [DEFAULT_PROVIDER]: provider = {} } = body;
  return isJsonObject(provider) ? provider : {};
}

/** What replaces a population keeps its provider, of which it cannot speak. */
export function providerMember(current: StoredDocument | undefined): JsonObject {
  const { [DEFAULT_PROVIDER]: provider } = current?.body ?? {};
  return provider === undefined ? {} : { [DEFAULT_PROVIDER]: provider };
}

/** All else of the population stays. A provider's type never changes, so it is kept with its id. */
function becomesAMember(): Rule {
  return {
    completes({ document: { id }, current }, others) {
      const { [DEFAULT_PROVIDER]: _, ...population } = current?.body ?? {};
      const provider = others.of('identityProvider').find((each) => each.id === id);
      return provider
        ? { ...population, [DEFAULT_PROVIDER]: { id: provider.id, type: provider.body['type'] ?? '' } }
        : population;
    },
  };
}
