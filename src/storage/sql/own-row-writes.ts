import type { StoreVault } from '../../kernel/keys.js';
import type { Write } from '../port.js';
import { call } from './statement.js';
import { browserValues, deleteBrowser, insertBrowser } from './tables/browsers.js';
import { deleteImageFile, imageFileValues, insertImageFile } from './tables/image-files.js';
import { insertOathJob, oathJobValues, updateOathJob } from './tables/oath-jobs.js';
import { deleteOathToken, insertOathToken, oathTokenValues, updateOathToken } from './tables/oath-tokens.js';
import {
  deleteRecoveryCodes,
  insertRecoveryCodes,
  recoveryCodesRows,
  updateRecoveryCodes,
} from './tables/recovery-codes.js';
import type { WriteSetBuilder } from './write-set.js';

type WriteOf<E extends Write['entity']> = Extract<Write, { readonly entity: E }>;

/** A hardware token, whose serial number is its own in the environment. */
export function addOathToken(
  builder: WriteSetBuilder,
  { kind, value }: WriteOf<'oathToken'>,
  { vault }: { readonly vault: StoreVault },
): void {
  const { environmentId: environment, id, version } = value;
  if (kind !== 'insert') builder.guard('oathToken', environment, id, version);
  if (kind === 'expect') return;
  builder.once('oathToken', id);
  if (kind === 'insert') builder.claim(call(insertOathToken, oathTokenValues(value, vault)));
  else if (kind === 'update') builder.step(3, call(updateOathToken, oathTokenValues(value, vault)));
  else builder.step(3, call(deleteOathToken, { environment, id, version }));
}

/** A new one has an id of its own that nobody else can have drawn. */
export function addOathJob(builder: WriteSetBuilder, { kind, value }: WriteOf<'oathJob'>): void {
  const { environmentId, id, version } = value;
  if (kind !== 'insert') builder.guard('oathJob', environmentId, id, version);
  builder.once('oathJob', id);
  builder.step(3, call(kind === 'insert' ? insertOathJob : updateOathJob, oathJobValues(value)));
}

/** A new one has an id of its own that nobody else can have drawn; its user is expected beside it. */
export function addBrowser(builder: WriteSetBuilder, { kind, value }: WriteOf<'browser'>): void {
  const { environmentId: environment, id, version } = value;
  if (kind !== 'insert') builder.guard('browser', environment, id, version);
  if (kind === 'expect') return;
  builder.once('browser', id);
  if (kind === 'insert') builder.step(3, call(insertBrowser, browserValues(value)));
  else builder.step(3, call(deleteBrowser, { environment, id, version }));
}

/** Its id was drawn for it alone, and it never changes. */
export function addImageFile(builder: WriteSetBuilder, write: WriteOf<'imageFile'>): void {
  const { environmentId: environment, id } = write.value;
  builder.once('imageFile', id);
  if (write.kind === 'insert') builder.step(3, call(insertImageFile, imageFileValues(write.value)));
  else builder.step(3, call(deleteImageFile, { environment, id }), 'any');
}

/** The first set is a claim: of two that are made at once, one finds the other there. */
export function addRecoveryCodes(builder: WriteSetBuilder, { kind, value }: WriteOf<'recoveryCodes'>): void {
  const { environmentId, userId, version } = value;
  builder.guard('recoveryCodes', environmentId, userId, version);
  builder.once('recoveryCodes', userId);
  const values = recoveryCodesRows.values(value);
  if (kind === 'delete') builder.step(3, call(deleteRecoveryCodes, values));
  else if (version === 0) builder.claim(call(insertRecoveryCodes, values));
  else builder.step(3, call(updateRecoveryCodes, values));
}
