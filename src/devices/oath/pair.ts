import { accept, type Outcome, reject } from '../../kernel/outcome.js';
import type { Snapshot, Write } from '../../storage/port.js';
import type { Device, DeviceId } from '../model.js';
import type { DeviceRejection } from '../rejection.js';
import { serialKey } from './token.js';

/**
 * A device that is to be the token with this serial number: one token, one device (`20` §9.3). `abandoned` is a device that the token
 * still names and that is gone, with its user or past the life of a pending device.
 */
export function withToken(
  device: Device,
  serialNumber: string | undefined,
  { oathTokens = [], now }: Pick<Snapshot, 'oathTokens' | 'now'>,
  abandoned: DeviceId | undefined,
): Outcome<{ readonly device: Device; readonly writes: readonly Write[] }, DeviceRejection> {
  if (serialNumber === undefined) return accept({ device, writes: [] });
  const token = oathTokens.find((one) => serialKey(one.serialNumber) === serialKey(serialNumber));
  if (!token) {
    const message = 'must be the serial number of an OATH token of this environment';
    return reject({ kind: 'Invalid', problems: [{ problem: 'invalid', target: 'serialNumber', message }] });
  }
  if (token.device && token.device.deviceId !== abandoned) return reject({ kind: 'TokenTaken' });
  const paired = { ...token, device: { deviceId: device.id, userId: device.userId }, updatedAt: now };
  return accept({
    device: {
      ...device,
      details: { ...device.details, serialNumber: token.serialNumber, tokenType: token.clock.kind },
    },
    writes: [{ kind: 'update', entity: 'oathToken', value: paired }],
  });
}

/** The token of a device that is deleted is free again; its counter stays where it is, so that no old code is good (SEC-23). */
export function withoutToken(
  device: Device,
  { oathTokens = [], now }: Pick<Snapshot, 'oathTokens' | 'now'>,
): readonly Write[] {
  return oathTokens.flatMap((token): readonly Write[] => {
    if (token.device?.deviceId !== device.id) return [];
    const { device: _, ...free } = token;
    return [{ kind: 'update', entity: 'oathToken', value: { ...free, updatedAt: now } }];
  });
}
