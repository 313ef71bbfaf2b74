import { createServer } from 'node:net';

/**
 * A port that nobody listens on. Links, issuer and keys of the cache name the port before the server listens, so "any" has to be
 * decided first; the operating system does not deal the same port out again soon.
 */
export function freePort(host: string): Promise<number> {
  return new Promise((resolve, fail) => {
    const probe = createServer();
    probe.once('error', fail);
    probe.listen(0, host, () => {
      const address = probe.address();
      probe.close(() => {
        if (typeof address === 'object' && address) resolve(address.port);
        else fail(new TypeError('a probe that listens has an address'));
      });
    });
  });
}

/** The address at which a server listening there is reached from this machine. */
export function reachableHost(host: string): string {
  return host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
}

/** The origin at which a server listening there is reached from this machine, without the port that is meant anyway. */
export function localOrigin(host: string, port: number, scheme: 'http' | 'https' = 'http'): string {
  const reachable = reachableHost(host);
  return new URL(`${scheme}://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`).origin;
}
