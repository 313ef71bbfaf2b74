import { describe, expect, it } from 'vitest';
import { ROLES, rolesMarkdown } from '../../src/http/auth.js';
import { openApi } from '../../src/http/openapi.js';
import type { RoleName } from '../../src/platform/model.js';
import { isElsewhere } from '../../src/platform/roles/roles.js';
import { ROUTES } from './engine.js';

const info = { version: '1.2.3', apiPath: 'https://x.example/v1', authPath: 'https://x.example' };
// biome-ignore lint/suspicious/noExplicitAny: the document is looked into by path
const document = openApi(ROUTES, info) as any;

describe('the OpenAPI document', () => {
  it('has every route, each once', () => {
    const served = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item as object)
        .filter(([method]) => method !== 'servers')
        .flatMap(([method, operation]) => {
          const types = Object.keys((operation as { requestBody?: { content: object } }).requestBody?.content ?? {});
          return (types.length > 0 ? types : ['']).map((type) => `${method} ${path} ${type}`.trim());
        }),
    );
    const declared = ROUTES.map(({ method, path, accepts = '' }) =>
      `${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')} ${accepts}`.trim(),
    );
    expect(served.sort()).toEqual(declared.sort());
  });

  it('joins what differs by media type only', () => {
    const { post } = document.paths['/environments/{envId}/things/{id}'];
    expect(Object.keys(post.requestBody.content)).toEqual([
      'application/vnd.pingidentity.otp.check+json',
      'application/vnd.pingidentity.thing.unlock+json',
    ]);
    expect(post.requestBody.required).toBe(false);
    expect(Object.keys(post.responses)).toEqual(
      expect.arrayContaining(['200', '400', '401', '403', '404', '413', '415', '429', '500', '503']),
    );
  });

  it('says where each path stands, who may call it, and what errors look like', () => {
    const thing = document.paths['/{envId}/as/thing'];
    expect([thing.servers, thing.get.security]).toEqual([[{ url: 'https://x.example' }], []]);
    const { post } = document.paths['/environments/{envId}/things'];
    expect(post.security).toEqual([{ bearer: [] }]);
    expect(post.parameters.map(({ name }: { name: string }) => name)).toEqual(['envId', 'limit']);
    expect(post.responses[400].content['application/json'].schema).toEqual({ $ref: '#/components/schemas/Error' });
    expect(document.components.schemas.Error.required).toEqual(['id', 'code', 'message']);
  });

  it('names the parameters of a path whole, digits and all', () => {
    const [route] = ROUTES.filter(({ path }) => path.includes(':id'));
    if (!route) throw new Error('no route with an id');
    const numbered = { ...route, path: route.path.replace(':id', ':fido2PolicyId') };
    const [path] = Object.keys(openApi([numbered], info)['paths'] ?? {});
    expect(path).toBe(route.path.replace(':id', '{fido2PolicyId}').replaceAll(/:(\w+)/g, '{$1}'));
  });

  it('tells ids in a path from names', () => {
    const [route] = ROUTES.filter(({ method, path }) => method === 'GET' && path.includes(':id'));
    if (!route) throw new Error('no route with an id');
    // biome-ignore lint/suspicious/noExplicitAny: the document is looked into by path
    const named = openApi([{ ...route, names: ['id'] }], info) as any;
    const [item] = Object.values(named.paths) as { get: { parameters: { name: string; schema: object }[] } }[];
    expect(item?.get.parameters.find(({ name }) => name === 'id')?.schema).toEqual({ type: 'string' });
    expect(item?.get.parameters.find(({ name }) => name === 'envId')?.schema).toMatchObject({ format: 'uuid' });
  });

  it('is JSON through and through', () => {
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });
});

describe('the table of roles (SEC-44)', () => {
  it('shows what is enforced', () => {
    const lines = rolesMarkdown().trim().split('\n');
    const [head = '', , ...rows] = lines;
    const roles = head
      .split('|')
      .map((cell) => cell.trim())
      .slice(2, -1);
    expect(rows).toHaveLength(Object.keys(ROLES).length);
    for (const row of rows) {
      const [permission = '', ...cells] = row
        .split('|')
        .map((cell) => cell.trim())
        .slice(1, -1);
      const permitted = roles.filter((_, at) => cells[at] === '✓');
      expect(permitted.sort()).toEqual(
        ((ROLES as Record<string, readonly RoleName[]>)[permission.replaceAll('`', '')] ?? [])
          .filter((role) => !isElsewhere(role))
          .sort(),
      );
    }
  });

  it('writes are for administrators: no read-only role has one', () => {
    for (const [permission, roles] of Object.entries(ROLES))
      if (!permission.endsWith(':read')) expect(roles.filter((role) => role.endsWith('Read Only'))).toEqual([]);
  });
});
