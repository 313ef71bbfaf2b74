import type { CredentialHolder } from '../../port.js';
import { text } from '../row.js';
import { type Row, statement, type Value } from '../statement.js';

/** In the order that `toHolder` reads. */
export const CREDENTIAL_COLUMNS = ['user_id', 'device_id'];

export function toHolder(
  environmentId: CredentialHolder['environmentId'],
  key: string,
  row: Row,
  at: number,
): CredentialHolder {
  // Ids are stored as they were parsed.
  const userId = text(row, at) as CredentialHolder['userId'];
  const deviceId = text(row, at + 1) as CredentialHolder['deviceId'];
  return { environmentId, key, userId, deviceId };
}

export function credentialValues({ environmentId, key, userId, deviceId }: CredentialHolder): Record<string, Value> {
  return { environment: environmentId, key, user: userId, device: deviceId };
}

/** No row: another device holds it. */
export const insertCredential = statement(
  'count',
  `insert into credentials (environment_id, credential_key, user_id, device_id)
   values (:environment, :key, :user, :device) on conflict do nothing`,
);
