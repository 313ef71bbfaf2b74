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
    const settle = (result: ReadBody): void => {
      request.removeListener('data', onData);
      request.removeListener('end', onEnd);
      request.removeListener('close', onClose);
      resolve(result);
    };
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      chunks.push(chunk);
      if (length <= limit) return;
      settle('tooLarge');
      request.resume();
    };
    const onEnd = (): void => settle(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length));
    const onClose = (): void => settle('broken');
    request.on('data', onData);
    request.on('end', onEnd);
    request.on('close', onClose);
    // Stays: an error that nobody listens to would end the process.
    request.on('error', () => settle('broken'));
  });
}
