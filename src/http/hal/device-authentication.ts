import type { Static } from 'typebox';
import type { Answer, ListedDevice } from '../../authentication/answer.js';
import type { FlowError, SelectedDevice } from '../../authentication/model.js';
import { linksOf } from '../../authentication/table.js';
import { KINDS } from '../../devices/kinds/index.js';
import { toTimestamp } from '../../kernel/clock.js';
import type { JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import { kindMembers } from './kind-members.js';
import type { Link, Links } from './links.js';

const closed = { additionalProperties: false };
const LinkView = Type.Object({ href: Type.String() }, closed);
const Reference = Type.Object({ id: Type.String() }, closed);

/** `FULL`, `SECURITY_KEY_ONLY`, `NONE`: what the browser can do (`10` §11.2). */
export const Compatibility = Type.Enum(['FULL', 'SECURITY_KEY_ONLY', 'NONE']);

/** A contact, always masked (`10` §5). */
const contactMembers = { phone: Type.Optional(Type.String()), email: Type.Optional(Type.String()) };

const ListedDeviceView = Type.Object(
  {
    id: Type.Optional(Type.String()),
    type: Type.String(),
    status: Type.Optional(Type.Literal('ACTIVE')),
    nickname: Type.Optional(Type.String()),
    ...kindMembers((kind) => kind.flowSchema),
  },
  closed,
);

/** A device authentication in the members and order of the public examples (wire: `10` §2). */
export const DeviceAuthenticationView = Type.Object(
  {
    _links: Type.Object(
      {
        self: LinkView,
        'device.select': Type.Optional(LinkView),
        'otp.check': Type.Optional(LinkView),
        'assertion.check': Type.Optional(LinkView),
      },
      closed,
    ),
    _embedded: Type.Object({ devices: Type.Array(ListedDeviceView) }, closed),
    id: Type.String(),
    environment: Reference,
    status: Type.Enum(['DEVICE_SELECTION_REQUIRED', 'OTP_REQUIRED', 'ASSERTION_REQUIRED', 'COMPLETED', 'FAILED']),
    policy: Reference,
    selectedDevice: Type.Optional(
      Type.Union([
        Reference,
        Type.Object({ oneTime: Type.Object({ type: Type.String(), ...contactMembers }, closed) }, closed),
      ]),
    ),
    user: Type.Optional(Reference),
    application: Type.Optional(Reference),
    authenticators: Type.Optional(Type.Array(Type.String())),
    compatibility: Type.Optional(Compatibility),
    publicKeyCredentialRequestOptions: Type.Optional(Type.String()),
    test: Type.Optional(Type.Object({ otp: Type.String() }, closed)),
    error: Type.Optional(
      Type.Object(
        {
          code: Type.String(),
          message: Type.String(),
          unavailableDevices: Type.Optional(Type.Array(Reference)),
        },
        closed,
      ),
    ),
    createdAt: Type.String(),
    updatedAt: Type.String(),
    aggregateFido2Devices: Type.Optional(Type.Boolean()),
  },
  closed,
);

/**
 * `compatibility` is echoed only in the answer to the action that carried it, and only while the flow goes on (`10` §2). Codes,
 * digests and contacts in clear have no member here (SEC-46).
 */
export function deviceAuthenticationView(
  { flow, devices, testOtp, requestOptions, aggregatesFido2 }: Answer,
  links: Links,
  compatibility?: Static<typeof Compatibility>,
): JsonObject {
  const { id, environmentId, userId, policyId, applicationId, state } = flow;
  const self = links.auth(`/${environmentId}/deviceAuthentications/${id}`);
  const createdAt = toTimestamp(flow.createdAt);
  const open = state.status !== 'COMPLETED' && state.status !== 'FAILED';
  return {
    _links: linkMembers(self, linksOf(state)),
    _embedded: { devices: devices.map(listedDeviceView) },
    id,
    environment: { id: environmentId },
    status: state.status,
    policy: { id: policyId },
    ...(state.selected ? { selectedDevice: selectedDeviceView(state.selected) } : {}),
    ...(userId === undefined ? {} : { user: { id: userId } }),
    ...(applicationId === undefined ? {} : { application: { id: applicationId } }),
    ...(state.status === 'COMPLETED' && state.authenticators ? { authenticators: state.authenticators } : {}),
    ...(compatibility !== undefined && open ? { compatibility } : {}),
    ...(requestOptions === undefined ? {} : { publicKeyCredentialRequestOptions: requestOptions }),
    ...(testOtp === undefined ? {} : { test: { otp: testOtp } }),
    ...(state.status === 'FAILED' ? { error: errorView(state.error) } : {}),
    createdAt,
    updatedAt: flow.updatedAt === flow.createdAt ? createdAt : toTimestamp(flow.updatedAt),
    ...(aggregatesFido2 === undefined ? {} : { aggregateFido2Devices: aggregatesFido2 }),
  };
}

/** Every action is a `POST` to the resource itself (`10` §6). */
function linkMembers(self: Link, commands: readonly string[]): JsonObject {
  const members: Record<string, JsonObject> = { self: { ...self } };
  for (const command of commands) members[command] = { ...self };
  return members;
}

function listedDeviceView(entry: ListedDevice): JsonObject {
  if (entry.kind === 'oneTime') return oneTimeView(entry);
  const { id, type, status, nickname } = entry.device;
  return {
    id,
    type,
    status,
    ...(nickname === undefined ? {} : { nickname }),
    ...KINDS[type].flowMembers(entry.device),
  };
}

function selectedDeviceView(selected: SelectedDevice): JsonObject {
  return selected.kind === 'device' ? { id: selected.id } : { oneTime: oneTimeView(selected) };
}

/** Neither `id` nor `status`: it is no device (`10` §4.3). */
function oneTimeView({ type, maskedContact }: Extract<SelectedDevice, { kind: 'oneTime' }>): JsonObject {
  return { type, [KINDS[type].contactField]: maskedContact };
}

function errorView({ code, message, unavailableDevices }: FlowError): JsonObject {
  return {
    code,
    message,
    ...(unavailableDevices ? { unavailableDevices: unavailableDevices.map((id) => ({ id })) } : {}),
  };
}
