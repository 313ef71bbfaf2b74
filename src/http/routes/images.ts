import { toTimestamp } from '../../kernel/clock.js';
import { oneOf } from '../../kernel/document-schema.js';
import { Type } from '../../kernel/json-schema.js';
import { fileIdOf, IMAGE_BYTES, images } from '../../platform/images/image.js';
import type { ImageService } from '../../platform/images/service.js';
import type { StoredDocument } from '../../platform/model.js';
import type { ManagedDefinition } from '../managed/definition.js';
import { environmentOf, pathIn } from '../managed/place.js';
import { managedRoutes } from '../managed/routes.js';
import { managedView, viewSchema } from '../managed/view.js';
import { managedError } from '../rejections/managed.js';
import { defineRoute, type Route, reply } from '../route.js';
import { imageAddress } from './image-files.js';

const COMMON = {
  resource: images(),
  id: 'image',
  one: 'an image',
  many: 'images',
  // Told of by the public clients alone.
  source: '00 §9.2',
  collection: 'images',
  path: '/environments/:envId/images',
  parameter: 'imageId',
  permission: { read: 'applications:read', write: 'applications:write' },
  timestamps: 'none',
  hides: ['fileId', 'type', 'width', 'height'],
  without: ['list', 'create', 'update'],
} as const satisfies ManagedDefinition;

const ADDED = {
  createdAt: Type.String(),
  targets: Type.Object({
    original: Type.Object({
      id: Type.String(),
      href: Type.String(),
      type: oneOf('png', 'jpg'),
      width: Type.Integer(),
      height: Type.Integer(),
    }),
  }),
};

/** Images of an environment. `imageUrl`: the base of their public addresses. */
export function imagesRoutes(service: ImageService, imageUrl: string): Route[] {
  const definition: ManagedDefinition = {
    ...COMMON,
    adds: {
      schema: ADDED,
      members: (stored: StoredDocument) => {
        const { type = '', width = 0, height = 0 } = stored.body;
        const target = { id: fileIdOf(stored), href: imageAddress(imageUrl, stored), type, width, height };
        return { createdAt: toTimestamp(stored.createdAt), targets: { original: target } };
      },
    },
  };
  const { id, one, source, path, permission } = definition;
  return [
    defineRoute({
      id: `${id}.create`,
      summary: `Upload ${one}`,
      source,
      method: 'POST',
      base: 'api',
      path,
      accepts: 'image/png',
      // The last is what the Go SDK says when it is told nothing. Whatever is said, the bytes tell the type.
      alsoAccepts: ['image/jpeg', 'image/gif', 'image/*'],
      asBytes: true,
      largest: { bytes: IMAGE_BYTES },
      permission: permission.write,
      replies: { 201: viewSchema(definition) },
      errors: ['REQUEST_FAILED'],
      async handle(call) {
        if (!Buffer.isBuffer(call.body)) throw new TypeError('an image is bytes');
        const made = await service.upload(environmentOf(call), call.body, call.by);
        return made.ok
          ? reply(201, managedView(definition, pathIn(path, call), made.value, call.links))
          : managedError(made.rejection);
      },
    }),
    ...managedRoutes(definition, service),
  ];
}
