import type { IncomingMessage } from 'node:http';

const NO_BODY = Buffer.alloc(0);

/** A body within the limit, or why there is none. After either, what is left of it is thrown away as it comes. */
export type ReadBody = Buffer | 'tooLarge' | 'broken';

/**
 * Reads a body of at most `limit` bytes; one that announces more, or turns out to have more, is not kept (SEC-53). `broken`: the
 * client went away before it was complete.
 */
export function readBody(request: IncomingMessage, limit: number): Promise<ReadBody> {
  const announced = request.headers['content-length'];
  if (announced === undefined && request.headers['transfer-encoding'] === undefined) return Promise.resolve(NO_BODY);
  if (Number(announced) > limit) return Promise.resolve('tooLarge');
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let isOver = false;
    // Only the first result counts; what still comes is dropped. Taking listeners off again would cost more than they do, and so
    // would a promise that is resolved twice.
    const end = (result: ReadBody): void => {
      if (isOver) return;
      isOver = true;
      resolve(result);
    };
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) chunks.push(chunk);
      else end('tooLarge');
    });
    request.on('end', () => end(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.on('close', () => end('broken'));
    // An error that nobody listens to would end the process.
    request.on('error', () => end('broken'));
  });
}
