import type { X509Certificate } from 'node:crypto';
import { type ConnectionOptions, connect, createServer } from 'node:tls';
import type { TlsPair } from '../../src/tls/pair.js';

/** What a client that trusts `ca` makes of a server at this port: the certificate it saw, or why it refuses. */
export function handshake(
  port: number,
  ca: string,
  name: string,
  options: ConnectionOptions = {},
): Promise<X509Certificate | string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', ca, servername: name, ...options }, () => {
      resolve(socket.getPeerX509Certificate() ?? 'no certificate');
      socket.destroy();
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(`${error.code}: ${error.message}`));
  });
}

/** The same with a server that does nothing else. */
export async function handshakeWith(pair: TlsPair, ca: string, name: string): Promise<X509Certificate | string> {
  const server = createServer({ cert: pair.certificates, key: pair.key.reveal() });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  try {
    return await handshake(typeof address === 'object' && address ? address.port : 0, ca, name);
  } finally {
    server.close();
  }
}
