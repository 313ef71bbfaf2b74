import { expect } from 'vitest';
import type { Answer, Body, World } from './world.js';

/** What was sent is what is shown; the server's own members aside. */
export function documentOf({ body }: Pick<Answer, 'body'>): Body {
  const { _links, id, environment, application, createdAt, updatedAt, ...document } = body;
  return document;
}

/** A collection of managed resources, as a test asks for it. */
export interface Managed {
  readonly path: string;
  create(body: Body): Promise<Answer>;
  put(path: string, body: Body): Promise<Answer>;
  read(path: string): Promise<Answer>;
  remove(path: string): Promise<Answer>;
  itemOf(answer: Pick<Answer, 'body'>): string;
  listed(query?: string): Promise<readonly Body[]>;
  /** Names of those with `default: true`. */
  defaults(): Promise<unknown[]>;
}

export function managed(world: () => World, path: string): Managed {
  const listed = async (query = ''): Promise<readonly Body[]> => {
    const { body, text, status } = await world().ask({ path: `${path}${query}` });
    expect(status, text).toBe(200);
    return (body['_embedded'] as Record<string, Body[]>)[path.slice(path.lastIndexOf('/') + 1)] ?? [];
  };
  return {
    path,
    async create(body) {
      const answer = await world().ask({ path, body });
      expect(answer.status, answer.text).toBe(201);
      return answer;
    },
    put: (at, body) => world().ask({ method: 'PUT', path: at, body }),
    read: (at) => world().ask({ path: at }),
    remove: (at) => world().ask({ method: 'DELETE', path: at }),
    itemOf: ({ body }) => `${path}/${body['id']}`,
    listed,
    defaults: async () => (await listed()).filter((item) => item['default'] === true).map(({ name }) => name),
  };
}
