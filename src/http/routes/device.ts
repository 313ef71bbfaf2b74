import type { BrowserService } from '../../devices/browsers/service.js';
import type { OpenedDevice } from '../../devices/managed.js';
import type { DeviceRejection } from '../../devices/rejection.js';
import type { DeviceAddress, DeviceService } from '../../devices/service.js';
import type { Uuid } from '../../kernel/ids.js';
import type { Outcome } from '../../kernel/outcome.js';
import type { WireError } from '../errors.js';
import { browserView, DeviceView, deviceView, NicknameView, nicknameView } from '../hal/devices.js';
import type { Links } from '../hal/links.js';
import { deviceError } from '../rejections/devices.js';
import { defineRoute, done, JSON_TYPE, type Method, type Reply, type Route, reply, vnd } from '../route.js';
import { ActivateBody, LogsBody, NicknameBody } from './device-request.js';

const ITEM = '/environments/:envId/users/:userId/devices/:deviceId';

const WRITE = { base: 'api', path: ITEM, permission: 'devices:write' } as const;
/** Of what answers with the device. */
const CHANGE = {
  ...WRITE,
  replies: { 200: DeviceView },
  errors: ['INVALID_DATA', 'REQUEST_FAILED', 'NOT_FOUND'],
} as const;

const addressIn = (params: Readonly<Record<'envId' | 'userId' | 'deviceId', Uuid>>): DeviceAddress => ({
  environmentId: params.envId,
  userId: params.userId,
  deviceId: params.deviceId,
});

/** The whole device, or why not: what most operations answer. */
function answer(outcome: Outcome<OpenedDevice, DeviceRejection>, links: Links): Reply | WireError {
  return outcome.ok
    ? reply(200, deviceView(outcome.value, links, { withLocks: true }))
    : deviceError(outcome.rejection);
}

/** One device of a user (wire: `20` §1). A remembered browser can be read and deleted, and has no action (`20` §16). */
export function deviceRoutes(devices: DeviceService, browsers: BrowserService): Route[] {
  return [
    defineRoute({
      id: 'device.read',
      summary: 'Reads a device',
      source: '20 §4.2',
      method: 'GET',
      base: 'api',
      path: ITEM,
      permission: 'devices:read',
      replies: { 200: DeviceView },
      errors: ['NOT_FOUND'],
      async handle({ params, links }) {
        const outcome = await devices.read(addressIn(params));
        if (outcome.ok || outcome.rejection.kind !== 'DeviceNotFound') return answer(outcome, links);
        const browser = await browsers.read(addressIn(params));
        return browser.ok ? reply(200, browserView(browser.value, links)) : deviceError(browser.rejection);
      },
    }),
    activateRoute(devices, 'device.activate', 'POST'),
    // Some public clients activate with PUT (`20` §1).
    activateRoute(devices, 'device.activate.put', 'PUT'),
    actionRoute('device.sendActivationCode', 'Sends a new pairing code', '20 §6.4', devices.resendPairingCode),
    actionRoute('device.block', 'Keeps a device from being used', '20 §11', devices.block),
    actionRoute('device.unblock', 'Lets a blocked device be used again', '20 §11', devices.unblock),
    actionRoute('device.unlock', 'Ends the lock and the run of failures of a device', '20 §11', devices.unlock),
    defineRoute({
      ...WRITE,
      id: 'device.nickname.update',
      summary: 'Names a device',
      source: '20 §13.1',
      method: 'PUT',
      path: `${ITEM}/nickname`,
      accepts: JSON_TYPE,
      body: NicknameBody,
      replies: { 200: NicknameView },
      errors: ['INVALID_DATA', 'NOT_FOUND'],
      async handle({ params, body, links, by }) {
        const outcome = await devices.rename(addressIn(params), body.nickname, by);
        return outcome.ok ? reply(200, nicknameView(outcome.value, links)) : deviceError(outcome.rejection);
      },
    }),
    defineRoute({
      ...WRITE,
      id: 'device.logs.update',
      summary: 'Asks the app of a mobile device for its logs',
      source: '20 §13.2',
      method: 'PUT',
      path: `${ITEM}/logs`,
      accepts: JSON_TYPE,
      body: LogsBody,
      replies: {},
      errors: ['INVALID_DATA', 'NOT_FOUND'],
      partial: 'refused: this release has no mobile devices',
      handle: async ({ params }) => deviceError(await devices.requestLogs(addressIn(params))),
    }),
    defineRoute({
      ...WRITE,
      id: 'device.delete',
      summary: 'Deletes a device',
      source: '20 §13.3',
      method: 'DELETE',
      replies: { 204: null },
      errors: ['NOT_FOUND'],
      handle: async ({ params, by }) => done(await devices.delete(addressIn(params), by), deviceError),
    }),
  ];
}

function activateRoute(devices: DeviceService, id: string, method: Method): Route {
  return defineRoute({
    ...CHANGE,
    id,
    summary: 'Proves a pending device, which becomes active',
    source: '20 §6.4',
    method,
    accepts: vnd('device.activate'),
    body: ActivateBody,
    handle: async ({ params, body, links, by }) => answer(await devices.activate(addressIn(params), body, by), links),
  });
}

/** An action without a body; its link name is its media type. */
function actionRoute(id: string, summary: string, source: string, act: DeviceService['block']): Route {
  return defineRoute({
    ...CHANGE,
    id,
    summary,
    source,
    method: 'POST',
    accepts: vnd(id),
    emptyBody: true,
    handle: async ({ params, links, by }) => answer(await act(addressIn(params), by), links),
  });
}
