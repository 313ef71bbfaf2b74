import { connect } from 'node:net';
import type { HttpServer } from '../../src/http/server.js';

export interface Spoken {
  readonly raw: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

const ports = new WeakMap<HttpServer, Promise<{ readonly port: number }>>();

/** Sends these bytes to a server, which listens from then on, and reads until it closes the connection. */
export async function speak(server: HttpServer, bytes: string): Promise<Spoken> {
  const listening = ports.get(server) ?? server.listen({ host: '127.0.0.1', port: 0 });
  ports.set(server, listening);
  return readClosed((await listening).port, bytes);
}

/** Sends these bytes to a port and reads until the connection is closed. */
export async function readClosed(port: number, bytes: string): Promise<Spoken> {
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes, 'latin1');
  let raw = '';
  for await (const chunk of socket) raw += String(chunk);
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const [start = '', ...fields] = head.split('\r\n');
  const body = rest.join('\r\n\r\n');
  return {
    raw,
    status: Number(start.split(' ')[1]),
    headers: Object.fromEntries(
      fields.map((field) => {
        const colon = field.indexOf(':');
        return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
      }),
    ),
    text: body,
  };
}
