import { parseUuid } from '../../kernel/ids.js';
import { fileIdOf } from '../../platform/images/image.js';
import type { StoredDocument } from '../../platform/model.js';
import type { Reader } from '../../storage/port.js';
import { basePath } from '../operations.js';
import type { RawReply, RawRoute } from '../raw.js';

const ID = '([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})';
/** What stands behind `…/environments/` in the address of an image, in the form that the public clients' own tests look for. */
const ADDRESS = new RegExp(`^${ID}/images/${ID}_${ID}_original\\.(png|jpg)$`);
const TYPES = { png: 'image/png', jpg: 'image/jpeg' } as const;

/** Nothing on these addresses is a page, whoever asks for it, and what is on one stays the same. */
const HEADERS = {
  'content-security-policy': "default-src 'none'; sandbox",
  'cross-origin-resource-policy': 'cross-origin',
  'access-control-allow-origin': '*',
} as const;

/** The public address of an image. */
export function imageAddress(imageUrl: string, stored: StoredDocument): string {
  const { environmentId, id, body } = stored;
  return `${imageUrl}/environments/${environmentId}/images/${id}_${fileIdOf(stored)}_original.${body['type']}`;
}

/** The bytes of images, for whoever has their addresses: pages show them without a token. */
export function imageFileRoutes(store: Pick<Reader, 'imageFile'>, imageUrl: string): readonly RawRoute[] {
  return [
    {
      method: 'GET',
      path: `${basePath(imageUrl)}/environments/`,
      below: ADDRESS,
      isGated: true,
      async handle({ rest }) {
        const [, environment = '', image, file = '', type] = ADDRESS.exec(rest) ?? [];
        const [environmentId, fileId] = [parseUuid(environment), parseUuid(file)];
        const found = environmentId && fileId && (await store.imageFile(environmentId, fileId));
        if (!found || found.imageId !== image || found.type !== type) return NOT_THERE;
        return {
          status: 200,
          headers: {
            ...HEADERS,
            'content-type': TYPES[found.type],
            'content-length': String(found.content.length),
            'cache-control': 'public, max-age=86400, immutable',
          },
          body: found.content,
        };
      },
    },
  ];
}

const NOT_THERE: RawReply = { status: 404, headers: { ...HEADERS, 'cache-control': 'no-store' }, body: '' };
