import type { RememberedBrowser } from '../../devices/browsers/browser.js';
import { parseRemembering } from '../../devices/browsers/request.js';
import type { BrowserService } from '../../devices/browsers/service.js';
import { DEVICE_TYPES } from '../../devices/kinds/index.js';
import type { Caller } from '../../devices/kinds/pairing.js';
import type { OpenedDevice } from '../../devices/managed.js';
import { parseCreation } from '../../devices/pairing/creation.js';
import type { DeviceRejection } from '../../devices/rejection.js';
import type { DeviceService, Owner } from '../../devices/service.js';
import { isUuid, type Uuid } from '../../kernel/ids.js';
import { accept, type Outcome } from '../../kernel/outcome.js';
import type { Actor } from '../../platform/model.js';
import { browserCookie } from '../browser-cookie.js';
import {
  browserView,
  DevicesView,
  type DevicesViewOptions,
  DeviceView,
  devicesView,
  deviceView,
} from '../hal/devices.js';
import { type ListFilter, readListFilter } from '../list-filter.js';
import { deviceError } from '../rejections/devices.js';
import { invalidFields } from '../rejections/fields.js';
import { defineRoute, done, JSON_TYPE, type Method, type Route, reply, vnd } from '../route.js';
import { deviceRoutes } from './device.js';
import { CreateBody, DEVICE_FILTER, expansions, ListQuery, LONGEST_PAYLOAD, ReorderBody } from './device-request.js';

const COLLECTION = { base: 'api', path: '/environments/:envId/users/:userId/devices' } as const;

/** As whom each kind of caller acts (`20` §0). */
const CALLERS: Record<Actor['kind'], Caller> = { worker: 'admin' };

type Params = Readonly<Record<'envId' | 'userId', Uuid>>;
const ownerIn = ({ envId, userId }: Params): Owner => ({ environmentId: envId, userId });

/** MFA devices of a user, and the browsers that are remembered for the user (wire: `20` §1). */
export function devicesRoutes(devices: DeviceService, browsers: BrowserService): Route[] {
  return [
    defineRoute({
      id: 'devices.list',
      summary: "Lists a user's devices, the default first",
      source: '20 §4.1',
      method: 'GET',
      ...COLLECTION,
      permission: 'devices:read',
      query: ListQuery,
      replies: { 200: DevicesView },
      errors: ['INVALID_DATA', 'NOT_FOUND'],
      async handle({ params, query, links }) {
        const filter = readListFilter(query.filter, DEVICE_FILTER);
        if (!filter.ok) return filter.rejection;
        const outcome = await devices.list(ownerIn(params));
        if (!outcome.ok) return deviceError(outcome.rejection);
        const isAskedFor = ({ device }: OpenedDevice): boolean =>
          filter.value.accepts((attribute) => (attribute === 'status' ? device.status : device.type));
        const list = { ...outcome.value, devices: outcome.value.devices.filter(isAskedFor) };
        const remembered = await browsersAskedFor(browsers, filter.value, ownerIn(params));
        if (!remembered.ok) return deviceError(remembered.rejection);
        const options = viewOptions(params, expansions(query.expand));
        return reply(200, devicesView(list, links, { ...options, browsers: remembered.value }));
      },
    }),
    defineRoute({
      id: 'device.create',
      summary: 'Creates a device, paired at once or waiting for its code',
      source: '20 §6.1',
      method: 'POST',
      ...COLLECTION,
      accepts: JSON_TYPE,
      permission: 'devices:write',
      body: CreateBody,
      longestText: LONGEST_PAYLOAD,
      replies: { 201: DeviceView },
      errors: ['INVALID_DATA', 'REQUEST_FAILED', 'NOT_FOUND'],
      partial: `types ${[...DEVICE_TYPES, 'BROWSER'].join(', ')}; no new_device_paired notification`,
      async handle({ params, body, actor, links, by }) {
        if (body.type === 'BROWSER') {
          const remembering = parseRemembering(body);
          if (!remembering.ok) return invalidFields(remembering.rejection);
          const remembered = await browsers.remember(ownerIn(params), remembering.value, by);
          return remembered.ok
            ? reply(201, browserView(remembered.value.browser, links), {
                'set-cookie': browserCookie(remembered.value, links),
              })
            : deviceError(remembered.rejection);
        }
        const creation = parseCreation(body);
        if (!creation.ok) return invalidFields(creation.rejection);
        const outcome = await devices.create(ownerIn(params), CALLERS[actor.kind], creation.value, by);
        return outcome.ok
          ? reply(201, deviceView(outcome.value, links, { withLocks: false }))
          : deviceError(outcome.rejection);
      },
    }),
    defineRoute({
      id: 'devices.reorder',
      summary: "Sets the order of a user's devices; the first is the default",
      source: '20 §12',
      method: 'POST',
      ...COLLECTION,
      accepts: vnd('devices.reorder'),
      permission: 'devices:write',
      body: ReorderBody,
      replies: { 200: DevicesView },
      errors: ['INVALID_DATA', 'NOT_FOUND'],
      async handle({ params, body, links, by }) {
        const order = body.order.map(({ id }) => id).filter(isUuid);
        // What is no id is no device either: the same answer as for an unknown one.
        if (order.length < body.order.length) return deviceError({ kind: 'OrderInvalid' });
        const outcome = await devices.reorder(ownerIn(params), order, by);
        return outcome.ok
          ? reply(200, devicesView(outcome.value, links, viewOptions(params, new Set(['order']))))
          : deviceError(outcome.rejection);
      },
    }),
    removeOrderRoute(devices, 'devices.order.remove', 'POST'),
    // A public SDK describes it so; without the media type it is refused, as it must never mean "delete all devices" (`20` §1).
    removeOrderRoute(devices, 'devices.order.delete', 'DELETE'),
    ...deviceRoutes(devices, browsers),
  ];
}

/** Remembered browsers are left out of a list, unless a filter names their type (`20` §4.1). */
function browsersAskedFor(
  browsers: BrowserService,
  { accepts }: ListFilter,
  owner: Owner,
): Promise<Outcome<readonly RememberedBrowser[], DeviceRejection>> {
  const areTaken = (type: string): boolean => accepts((attribute) => (attribute === 'status' ? 'ACTIVE' : type));
  return areTaken('BROWSER') && !areTaken('') ? browsers.list(owner) : Promise.resolve(accept([]));
}

function removeOrderRoute(devices: DeviceService, id: string, method: Method): Route {
  return defineRoute({
    id,
    summary: 'Removes the order: the user has no default device any more',
    source: '20 §12',
    method,
    ...COLLECTION,
    accepts: vnd('devices.order.remove'),
    emptyBody: true,
    permission: 'devices:write',
    replies: { 204: null },
    errors: ['NOT_FOUND'],
    handle: async ({ params, by }) => done(await devices.removeOrder(ownerIn(params), by), deviceError),
  });
}

function viewOptions(params: Params, expanded: ReadonlySet<string>): DevicesViewOptions {
  return { ...ownerIn(params), withOrder: expanded.has('order'), withDisplayNames: expanded.has('typeDisplayNames') };
}
