import { isUuid, type Uuid } from '../../kernel/ids.js';
import { Type } from '../../kernel/json-schema.js';
import type { ManagedResource } from '../managed/resource.js';
import { atMost } from '../managed/rules.js';
import type { EnvironmentId, StoredDocument } from '../model.js';
import type { ImageType } from './format.js';

const KIND = 'image';
/** Of one environment: with the size of each, what they take together is bounded. */
const MOST_IMAGES = 200;

/** Bytes of an image as it is sent, at most. */
export const IMAGE_BYTES = 1_048_576;

/** Pixels of an image at most: they bound what is unpacked of one. */
export const IMAGE_PIXELS = 8_388_608;

/** The bytes of an image, which never change. Whoever has its address may have them: `id` cannot be guessed (SEC-47). */
export interface ImageFile {
  readonly environmentId: EnvironmentId;
  readonly id: Uuid;
  readonly imageId: Uuid;
  readonly type: Exclude<ImageType, 'gif'>;
  readonly content: Buffer;
}

/** What is stored of an image: nothing that its sender says. */
export interface ImageFacts extends Pick<ImageFile, 'type'> {
  readonly fileId: Uuid;
  readonly width: number;
  readonly height: number;
}

/**
 * Images of an environment: logos and icons that other resources name. No section tells of them; the public clients do. `facts`: of
 * one that is written.
 */
export function images(facts?: ImageFacts): ManagedResource {
  return {
    kind: KIND,
    schema: Type.Object({}),
    noun: 'IMAGE',
    rules: [atMost(KIND, MOST_IMAGES), { completes: ({ document }) => ({ ...document, ...facts }) }],
  };
}

/** The file of an image. */
export function fileIdOf({ id, body }: Pick<StoredDocument, 'id' | 'body'>): Uuid {
  const fileId = String(body['fileId']);
  if (!isUuid(fileId)) throw new TypeError(`image ${id} has no file`);
  return fileId;
}
