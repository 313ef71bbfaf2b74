import type { FieldProblem } from '../../kernel/field-problem.js';
import { accept, type Outcome, reject } from '../../kernel/outcome.js';
import { imageForm } from './format.js';
import { firstFrame } from './gif.js';
import { IMAGE_PIXELS, type ImageFile } from './image.js';
import { encodePng } from './png.js';

/** What is kept of an image that was sent. */
export interface ImageContent extends Pick<ImageFile, 'type' | 'content'> {
  readonly width: number;
  readonly height: number;
}

/**
 * What is kept of these bytes: they themselves; of a GIF its first frame as PNG, which is what the public clients expect to be shown.
 * Type and size are what the bytes say, whatever they were called. Rejects with what is wrong with them.
 */
export async function imageContent(bytes: Buffer): Promise<Outcome<ImageContent, readonly FieldProblem[]>> {
  const form = imageForm(bytes);
  if (!form) return invalid('must be a PNG, JPEG or GIF image');
  const { type, width, height } = form;
  if (width * height > IMAGE_PIXELS) return invalid(`must have at most ${IMAGE_PIXELS} pixels`);
  if (type !== 'gif') return accept({ type, width, height, content: bytes });
  const picture = firstFrame(bytes);
  return picture
    ? accept({ type: 'png', width, height, content: await encodePng(picture) })
    : invalid('must be a whole image');
}

function invalid(message: string): Outcome<never, readonly FieldProblem[]> {
  return reject([{ problem: 'invalid', target: 'file', message }]);
}
