import type { ImageFile } from '../../../platform/images/image.js';
import type { EnvironmentId } from '../../../platform/model.js';
import { decode, text } from '../row.js';
import { type Row, statement, type Value } from '../statement.js';

export function toImageFile(environmentId: EnvironmentId, row: Row): ImageFile {
  return decode('image_files', row[0], () => ({
    environmentId,
    // Written by `imageFileValues`.
    id: text(row, 0) as ImageFile['id'],
    imageId: text(row, 1) as ImageFile['imageId'],
    type: text(row, 2) as ImageFile['type'],
    content: Buffer.from(text(row, 3), 'base64'),
  }));
}

export function imageFileValues({ environmentId, id, imageId, type, content }: ImageFile): Record<string, Value> {
  return { environment: environmentId, id, imageId, type, content: content.toString('base64') };
}

export const insertImageFile = statement(
  'count',
  `insert into image_files (environment_id, id, image_id, type, content)
   values (:environment, :id, :imageId, :type, :content)`,
);

export const deleteImageFile = statement(
  'count',
  'delete from image_files where environment_id = :environment and id = :id',
);

/** In an environment that is there. */
export const findImageFile = statement(
  'row',
  `select f.id, f.image_id, f.type, f.content
   from image_files f join environments e on e.id = f.environment_id and e.deleted_at is null
   where f.environment_id = :environment and f.id = :id`,
);
