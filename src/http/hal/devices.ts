import type { RememberedBrowser } from '../../devices/browsers/browser.js';
import { DEVICE_TYPES } from '../../devices/kinds/index.js';
import type { OpenedDevice } from '../../devices/managed.js';
import type { Device } from '../../devices/model.js';
import type { OpenedList } from '../../devices/service.js';
import { toTimestamp } from '../../kernel/clock.js';
import type { JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import type { EnvironmentId, UserId } from '../../platform/model.js';
import { kindMembers } from './kind-members.js';
import type { Link, Links } from './links.js';

const closed = { additionalProperties: false };
const LinkView = Type.Object({ href: Type.String() }, closed);
const Reference = Type.Object({ id: Type.String() }, closed);

/** A device in the members and order of the public examples (wire: `20` §2). Codes and digests have no member here (SEC-46). */
export const DeviceView = Type.Object(
  {
    _links: Type.Object(
      {
        self: LinkView,
        environment: LinkView,
        user: LinkView,
        activate: Type.Optional(LinkView),
        'device.activate': Type.Optional(LinkView),
      },
      closed,
    ),
    id: Type.String(),
    environment: Reference,
    user: Reference,
    type: Type.Enum([...DEVICE_TYPES, 'BROWSER']),
    typeDisplayName: Type.Optional(Type.String()),
    status: Type.Enum(['ACTIVE', 'ACTIVATION_REQUIRED']),
    nickname: Type.Optional(Type.String()),
    createdAt: Type.String(),
    updatedAt: Type.String(),
    ...kindMembers((kind) => kind.managedSchema),
    testMode: Type.Optional(Type.Boolean()),
    ...kindMembers((kind) => kind.pairing.onceMembers),
    lock: Type.Optional(
      Type.Object(
        {
          status: Type.Enum(['LOCKED', 'UNLOCKED']),
          expiresAt: Type.Optional(Type.String()),
          reason: Type.Optional(Type.Enum(['OTP', 'PUSH'])),
        },
        closed,
      ),
    ),
    block: Type.Optional(
      Type.Object({ status: Type.Enum(['BLOCKED', 'UNBLOCKED']), blockedAt: Type.Optional(Type.String()) }, closed),
    ),
  },
  closed,
);

/** What an answer shows beyond the device's own members. */
export interface DeviceViewOptions {
  /** Left out of the 201 of creation, as in the published example (`20` §2.2). */
  readonly withLocks: boolean;
  /** `expand=typeDisplayNames` (`20` §4.1). */
  readonly withDisplayName?: boolean;
}

export function deviceView(
  { device, lock, members, displayName, once }: OpenedDevice,
  links: Links,
  { withLocks, withDisplayName = false }: DeviceViewOptions,
): JsonObject {
  const { id, environmentId, userId, type, status, nickname, testMode, createdAt, updatedAt } = device;
  return {
    _links: deviceLinks(device, links),
    id,
    environment: { id: environmentId },
    user: { id: userId },
    type,
    ...(withDisplayName ? { typeDisplayName: displayName } : {}),
    status,
    ...(nickname === undefined ? {} : { nickname }),
    createdAt: toTimestamp(createdAt),
    updatedAt: toTimestamp(updatedAt),
    ...members,
    ...(testMode ? { testMode } : {}),
    ...once,
    ...(withLocks ? { lock: lockView(lock), block: blockView(device) } : {}),
  };
}

/** A remembered browser, which is no MFA device: it has neither lock nor block, and nothing of its cookie is shown (wire: `20` §2.1, §16). */
export function browserView(browser: RememberedBrowser, links: Links, withDisplayName = false): JsonObject {
  const { id, environmentId, userId, nickname, createdAt } = browser;
  const status = 'ACTIVE';
  return {
    _links: deviceLinks({ id, environmentId, userId, status }, links),
    id,
    environment: { id: environmentId },
    user: { id: userId },
    type: 'BROWSER',
    ...(withDisplayName ? { typeDisplayName: 'Browser' } : {}),
    status,
    ...(nickname === undefined ? {} : { nickname }),
    createdAt: toTimestamp(createdAt),
    updatedAt: toTimestamp(createdAt),
  };
}

/** Both names of the activation link, and only while there is something to activate: clients read its absence (`20` §2.4). */
function deviceLinks(
  { id, environmentId, userId, status }: Pick<Device, 'id' | 'environmentId' | 'userId' | 'status'>,
  links: Links,
): JsonObject {
  const user = userPath(environmentId, userId);
  const self = linkView(links.api(`${user}/devices/${id}`));
  return {
    self,
    environment: linkView(links.api(`/environments/${environmentId}`)),
    user: linkView(links.api(user)),
    ...(status === 'ACTIVATION_REQUIRED' ? { activate: self, 'device.activate': self } : {}),
  };
}

function lockView(lock: OpenedDevice['lock']): JsonObject {
  if (!lock) return { status: 'UNLOCKED' };
  const { expiresAt, reason } = lock;
  return { status: 'LOCKED', ...(expiresAt === undefined ? {} : { expiresAt: toTimestamp(expiresAt) }), reason };
}

function blockView({ blockedAt }: Device): JsonObject {
  return blockedAt === undefined ? { status: 'UNBLOCKED' } : { status: 'BLOCKED', blockedAt: toTimestamp(blockedAt) };
}

/** A user's devices (wire: `20` §4.1). */
export const DevicesView = Type.Object(
  {
    _links: Type.Object(
      { self: LinkView, 'devices.reorder': LinkView, 'devices.order.remove': Type.Optional(LinkView) },
      closed,
    ),
    _embedded: Type.Object({ devices: Type.Array(DeviceView) }, closed),
    order: Type.Optional(Type.Array(Reference)),
    size: Type.Integer(),
    count: Type.Integer(),
  },
  closed,
);

export interface DevicesViewOptions {
  readonly environmentId: EnvironmentId;
  readonly userId: UserId;
  /** `expand=order`. */
  readonly withOrder: boolean;
  readonly withDisplayNames: boolean;
  /** Listed after the devices, where they were asked for (`20` §4.1). */
  readonly browsers?: readonly RememberedBrowser[];
}

export function devicesView({ devices, order }: OpenedList, links: Links, options: DevicesViewOptions): JsonObject {
  const { environmentId, userId, withOrder, withDisplayNames, browsers = [] } = options;
  const self = linkView(links.api(`${userPath(environmentId, userId)}/devices`));
  return {
    _links: {
      self,
      'devices.reorder': self,
      ...(order && order.length > 0 ? { 'devices.order.remove': self } : {}),
    },
    _embedded: {
      devices: [
        ...devices.map((device) => deviceView(device, links, { withLocks: true, withDisplayName: withDisplayNames })),
        ...browsers.map((browser) => browserView(browser, links, withDisplayNames)),
      ],
    },
    ...(withOrder ? { order: (order ?? []).map((id) => ({ id })) } : {}),
    size: devices.length + browsers.length,
    count: devices.length + browsers.length,
  };
}

/** The one member of a device that can be changed, as a resource of its own (wire: `20` §13.1). */
export const NicknameView = Type.Object(
  { _links: Type.Object({ self: LinkView, device: LinkView }, closed), nickname: Type.Optional(Type.String()) },
  closed,
);

/** A cleared nickname is left out (`00` §2.4). */
export function nicknameView({ device }: OpenedDevice, links: Links): JsonObject {
  const path = `${userPath(device.environmentId, device.userId)}/devices/${device.id}`;
  return {
    _links: { self: linkView(links.api(`${path}/nickname`)), device: linkView(links.api(path)) },
    ...(device.nickname === undefined ? {} : { nickname: device.nickname }),
  };
}

const userPath = (environmentId: EnvironmentId, userId: UserId): string =>
  `/environments/${environmentId}/users/${userId}`;

const linkView = ({ href }: Link): JsonObject => ({ href });
