import { createServer, type Server } from 'node:https';
import type { TlsPair } from '../tls/pair.js';
import { HTTP_LIMITS } from './limits.js';

/** Older versions are not spoken (SEC-70). */
const OLDEST = 'TLSv1.2';

/** A server of HTTP/1.1 over TLS whose certificate can be replaced while it serves. */
export interface TlsServer {
  readonly server: Server;
  /** Connections from now on see this certificate; those that are open go on. */
  secure(pair: TlsPair): void;
}

/** `limits`: those of the HTTP server within. */
export function createTlsServer(pair: TlsPair, limits: object): TlsServer {
  const server = createServer({
    ...limits,
    ...secureContext(pair),
    ALPNProtocols: ['http/1.1'],
    handshakeTimeout: HTTP_LIMITS.headersTimeout,
  });
  // Whoever fails the handshake speaks no TLS, or trusts somebody else: no answer of ours would be read.
  server.removeAllListeners('tlsClientError');
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return { server, secure: (next) => server.setSecureContext(secureContext(next)) };
}

const secureContext = ({ certificates, key }: TlsPair) =>
  ({ cert: certificates, key: key.reveal(), minVersion: OLDEST }) as const;
