import type { OathTokenService } from '../../devices/oath/service.js';
import type { OathToken } from '../../devices/oath/token.js';
import type { Filter, FilterRules } from '../../kernel/filter.js';
import { Type } from '../../kernel/json-schema.js';
import type { Listing, ListRequest } from '../../platform/listing.js';
import type { WireError } from '../errors.js';
import { collection, collectionView, ListQuery, listRequest } from '../hal/collection.js';
import { OathTokenView, oathTokenView } from '../hal/oath-tokens.js';
import { readListFilter } from '../list-filter.js';
import { oathTokenError } from '../rejections/oath-tokens.js';
import { defineRoute, done, JSON_TYPE, type Reply, type Route, reply, vnd } from '../route.js';
import { expansions } from './device-request.js';
import { OathTokenBody, parseOathToken, ResyncBody } from './oath-token-request.js';

const COLLECTION = '/environments/:envId/oathTokens';
const ITEM = '/environments/:envId/oathTokens/:tokenId';
const PAGE = 100;
const COMMON = { source: '20 §9.2', base: 'api' } as const;
/** Wire: `20` §9.2. */
const FILTER: FilterRules = { attributes: { serialNumber: ['eq'] }, combinators: ['and'] };

const ListTokensQuery = Type.Object({ ...ListQuery.properties, expand: Type.Optional(Type.String()) });
const ReadQuery = Type.Object({ expand: Type.Optional(Type.String()) });

/** Hardware tokens of an environment (wire: `20` §9). */
export function oathTokensRoutes(tokens: OathTokenService): Route[] {
  const pairingOf = async (token: OathToken, expand: string | undefined) =>
    expansions(expand).has('devices') ? { pairing: (await tokens.standingPairing(token)) ?? null } : {};

  async function listed(
    environmentId: OathToken['environmentId'],
    filter: string | undefined,
    request: ListRequest,
  ): Promise<Listing<OathToken> | WireError> {
    const parsed = readListFilter(filter, FILTER);
    if (!parsed.ok) return parsed.rejection;
    const serialNumber = serialNumberIn(parsed.value.filter);
    if (serialNumber === undefined) {
      const page = await tokens.list(environmentId, request);
      return page.ok ? page.value : oathTokenError(page.rejection);
    }
    const found = await tokens.findBySerialNumber(environmentId, serialNumber);
    if (!found.ok) return oathTokenError(found.rejection);
    const { value: token } = found;
    const items = token && parsed.value.accepts(() => token.serialNumber) ? [token] : [];
    return { items, count: items.length };
  }

  return [
    defineRoute({
      ...COMMON,
      id: 'oathToken.list',
      summary: 'Lists the OATH tokens of an environment',
      method: 'GET',
      path: COLLECTION,
      permission: 'devices:read',
      query: ListTokensQuery,
      replies: { 200: collectionView('oathTokens', OathTokenView) },
      errors: ['INVALID_DATA', 'NOT_FOUND'],
      async handle({ params, query, links }) {
        const found = await listed(params.envId, query.filter, listRequest(query, PAGE));
        if ('kind' in found) return found;
        const items: object[] = [];
        for (const token of found.items) {
          const { pairing } = await pairingOf(token, query.expand);
          items.push(oathTokenView(token, links, pairing));
        }
        return reply(
          200,
          collection(links, `/environments/${params.envId}/oathTokens`, query, 'oathTokens', { ...found, items }),
        );
      },
    }),
    defineRoute({
      ...COMMON,
      id: 'oathToken.create',
      summary: 'Creates an OATH token',
      method: 'POST',
      path: COLLECTION,
      accepts: JSON_TYPE,
      permission: 'devices:write',
      body: OathTokenBody,
      replies: { 201: OathTokenView },
      errors: ['INVALID_DATA', 'REQUEST_FAILED', 'NOT_FOUND'],
      async handle({ params, body, links, by }) {
        const parsed = parseOathToken(body);
        if (!parsed.ok) return parsed.rejection;
        const created = await tokens.create(params.envId, parsed.value, by);
        return created.ok ? reply(201, oathTokenView(created.value, links)) : oathTokenError(created.rejection);
      },
    }),
    defineRoute({
      ...COMMON,
      id: 'oathToken.read',
      summary: 'Reads an OATH token',
      method: 'GET',
      path: ITEM,
      permission: 'devices:read',
      query: ReadQuery,
      replies: { 200: OathTokenView },
      errors: ['NOT_FOUND'],
      async handle({ params, query, links }) {
        const found = await tokens.read(params.envId, params.tokenId);
        if (!found.ok) return oathTokenError(found.rejection);
        const { pairing } = await pairingOf(found.value, query.expand);
        return reply(200, oathTokenView(found.value, links, pairing));
      },
    }),
    defineRoute({
      ...COMMON,
      id: 'oathToken.delete',
      summary: 'Revokes an OATH token, and with it the device that it is paired as',
      method: 'DELETE',
      path: ITEM,
      permission: 'devices:write',
      replies: { 204: null },
      errors: ['NOT_FOUND'],
      handle: async ({ params, by }) => done(await tokens.revoke(params.envId, params.tokenId, by), oathTokenError),
    }),
    resyncRoute('oathToken.resync', ITEM, 'Resynchronises an OATH token', (params, otps, by) =>
      tokens.resync(params.envId, params.tokenId, otps, undefined, by),
    ),
    resyncRoute(
      'user.oathToken.resync',
      '/environments/:envId/users/:userId/oathTokens/:tokenId',
      'Resynchronises an OATH token that is paired with the user',
      (params, otps, by) => tokens.resync(params.envId, params.tokenId, otps, params.userId, by),
    ),
  ];
}

/** The one that anything must have to match; a serial number is all that can be asked for. */
function serialNumberIn(filter: Filter | undefined): string | undefined {
  if (filter?.kind === 'compare') return String(filter.value);
  return filter?.kind === 'and' ? filter.operands.map(serialNumberIn).find((value) => value !== undefined) : undefined;
}

type ResyncParams = Readonly<Record<'envId' | 'tokenId' | 'userId', OathToken['id']>>;

function resyncRoute(
  id: string,
  path: '/environments/:envId/users/:userId/oathTokens/:tokenId' | typeof ITEM,
  summary: string,
  resync: (
    params: ResyncParams,
    otps: readonly string[],
    by: Parameters<OathTokenService['revoke']>[2],
  ) => ReturnType<OathTokenService['resync']>,
): Route {
  return defineRoute({
    ...COMMON,
    id,
    summary,
    method: 'POST',
    path,
    accepts: vnd('device.resync'),
    permission: 'devices:write',
    body: ResyncBody,
    replies: { 200: OathTokenView },
    errors: ['INVALID_DATA', 'REQUEST_FAILED', 'NOT_FOUND'],
    async handle({ params, body, links, by }): Promise<Reply | WireError> {
      // Only the user's own operation has the user in its path, and only that one looks at it.
      const outcome = await resync(params as ResyncParams, body.otps, by);
      return outcome.ok ? reply(200, oathTokenView(outcome.value, links)) : oathTokenError(outcome.rejection);
    },
  });
}
