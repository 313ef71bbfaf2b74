import { parseCancelReason } from '../../authentication/command.js';
import type { AuthenticationResult, AuthenticationService } from '../../authentication/service.js';
import { Type } from '../../kernel/json-schema.js';
import { presentedBrowser } from '../browser-cookie.js';
import { invalidData, required, type WireError } from '../errors.js';
import { Compatibility, DeviceAuthenticationView, deviceAuthenticationView } from '../hal/device-authentication.js';
import type { Links } from '../hal/links.js';
import { authenticationError } from '../rejections/authentication.js';
import { defineRoute, JSON_TYPE, type Reply, type Route, reply, vnd } from '../route.js';
import {
  CheckBrowserBody,
  CreateBody,
  IdText,
  idOf,
  parseCheckBrowser,
  parseCreateBody,
} from './device-authentication-request.js';
import { LONGEST_PAYLOAD } from './device-request.js';

const COLLECTION = '/:envId/deviceAuthentications';
const ITEM = '/:envId/deviceAuthentications/:id';

/** Missing, it is reported as `device.id`, which is why `device` itself is not required here. */
const SelectBody = Type.Object({
  device: Type.Optional(Type.Object({ id: Type.Optional(IdText) })),
  compatibility: Type.Optional(Compatibility),
});
/** ASCII digits; how many the issued code has is judged with the flow at hand (`10` §7.3; SEC-09). */
const CheckOtpBody = Type.Object({ otp: Type.String({ pattern: '^[0-9]{6,10}$' }) });
/** `assertion` is JSON text: an object is refused (`10` §7.4). */
const CheckAssertionBody = Type.Object({
  origin: Type.String({ minLength: 1 }),
  assertion: Type.String({ minLength: 1 }),
  compatibility: Type.Optional(Compatibility),
});
const CancelBody = Type.Object({ reason: Type.String({ minLength: 1 }) });

/** Device authentications (wire: `10` §1). The action is chosen by the media type alone. */
export function deviceAuthenticationsRoutes(authentications: AuthenticationService): Route[] {
  return [
    defineRoute({
      id: 'deviceAuthentication.create',
      summary: 'Starts a device authentication',
      source: '10 §3',
      method: 'POST',
      base: 'auth',
      path: COLLECTION,
      accepts: JSON_TYPE,
      permission: 'deviceAuthentications:use',
      body: CreateBody,
      replies: { 201: DeviceAuthenticationView },
      errors: ['INVALID_DATA', 'REQUEST_FAILED', 'NOT_FOUND'],
      partial: 'mobilePayload is refused; notification.clientContext is checked and has no effect',
      async handle({ params, body, links, by }) {
        const parsed = parseCreateBody(body);
        if (!parsed.ok) return parsed.rejection;
        const result = await authentications.create(params.envId, parsed.value, by);
        return answer(201, result, links, body.compatibility);
      },
    }),
    defineRoute({
      id: 'deviceAuthentication.payload.check',
      summary: 'Asks whether a browser is remembered',
      source: '10 §14',
      method: 'POST',
      base: 'auth',
      path: COLLECTION,
      accepts: vnd('payload.check'),
      permission: 'deviceAuthentications:use',
      body: CheckBrowserBody,
      longestText: LONGEST_PAYLOAD,
      replies: { 201: DeviceAuthenticationView },
      errors: ['INVALID_DATA', 'NOT_FOUND'],
      async handle({ params, body, header, links, by }) {
        const parsed = parseCheckBrowser(body, presentedBrowser(header('cookie'), params.envId));
        if (!parsed.ok) return parsed.rejection;
        return answer(201, await authentications.checkBrowser(params.envId, parsed.value, by), links);
      },
    }),
    defineRoute({
      id: 'deviceAuthentication.read',
      summary: 'Reads a device authentication as it stands now',
      source: '10 §8',
      method: 'GET',
      base: 'auth',
      path: ITEM,
      permission: 'deviceAuthentications:use',
      replies: { 200: DeviceAuthenticationView },
      errors: ['NOT_FOUND'],
      async handle({ params, links }) {
        return answer(200, await authentications.read(params.envId, params.id), links);
      },
    }),
    defineRoute({
      id: 'deviceAuthentication.device.select',
      summary: 'Selects a device, or sends it another code',
      source: '10 §7.2',
      method: 'POST',
      base: 'auth',
      path: ITEM,
      accepts: vnd('device.select'),
      permission: 'deviceAuthentications:use',
      body: SelectBody,
      replies: { 200: DeviceAuthenticationView },
      errors: ['INVALID_DATA', 'INVALID_REQUEST', 'REQUEST_FAILED', 'NOT_FOUND'],
      async handle({ params, body, links, by }) {
        if (body.device?.id === undefined) return invalidData(required('device.id'));
        const { compatibility } = body;
        const command = { deviceId: idOf(body.device.id), ...(compatibility ? { compatibility } : {}) };
        const result = await authentications.select(params.envId, params.id, command, by);
        return answer(200, result, links, body.compatibility);
      },
    }),
    defineRoute({
      id: 'deviceAuthentication.otp.check',
      summary: 'Checks a passcode',
      source: '10 §7.3',
      method: 'POST',
      base: 'auth',
      path: ITEM,
      accepts: vnd('otp.check'),
      permission: 'deviceAuthentications:use',
      body: CheckOtpBody,
      replies: { 200: DeviceAuthenticationView },
      errors: ['INVALID_DATA', 'INVALID_REQUEST', 'REQUEST_FAILED', 'NOT_FOUND'],
      async handle({ params, body, links, by }) {
        return answer(200, await authentications.checkOtp(params.envId, params.id, { otp: body.otp }, by), links);
      },
    }),
    defineRoute({
      id: 'deviceAuthentication.assertion.check',
      summary: 'Checks an assertion of a FIDO2 device',
      source: '10 §7.4, §11',
      method: 'POST',
      base: 'auth',
      path: ITEM,
      accepts: vnd('assertion.check'),
      permission: 'deviceAuthentications:use',
      body: CheckAssertionBody,
      replies: { 200: DeviceAuthenticationView },
      errors: ['INVALID_DATA', 'INVALID_REQUEST', 'REQUEST_FAILED', 'NOT_FOUND'],
      partial: 'FIDO2 devices only, no PingID Desktop',
      async handle({ params, body, links, by }) {
        const { origin, assertion, compatibility } = body;
        const result = await authentications.checkAssertion(params.envId, params.id, { origin, assertion }, by);
        return answer(200, result, links, compatibility);
      },
    }),
    defineRoute({
      id: 'deviceAuthentication.cancel.push.authentication',
      summary: 'Goes back to the choice of a device, or ends the flow',
      source: '10 §7.5',
      method: 'POST',
      base: 'auth',
      path: ITEM,
      accepts: vnd('cancel.push.authentication'),
      permission: 'deviceAuthentications:use',
      body: CancelBody,
      replies: { 200: DeviceAuthenticationView },
      errors: ['INVALID_DATA', 'INVALID_REQUEST', 'REQUEST_FAILED', 'NOT_FOUND'],
      async handle({ params, body, links, by }) {
        const command = { reason: parseCancelReason(body.reason) };
        return answer(200, await authentications.cancel(params.envId, params.id, command, by), links);
      },
    }),
  ];
}

function answer(
  status: number,
  result: AuthenticationResult,
  links: Links,
  compatibility?: Parameters<typeof deviceAuthenticationView>[2],
): Reply | WireError {
  return result.ok
    ? reply(status, deviceAuthenticationView(result.value, links, compatibility))
    : authenticationError(result.rejection);
}
