import { Resolver } from 'node:dns/promises';
import { seconds } from '../kernel/duration.js';
import { atMost } from './resolve.js';

/** What names say of themselves. Never rejects: what does not answer in time says nothing. */
export interface NameRecords {
  /** Each record's strings joined (RFC 7208 §3.3). */
  txt(name: string): Promise<readonly string[]>;
  cname(name: string): Promise<readonly string[]>;
}

/** Time of one try; there are two. */
const TRY_MILLIS = seconds(2);
/** Look-ups at once: whoever owns a name can make it take long. */
const AT_ONCE = 16;

/** `servers`: addresses, with a port where it is not 53; none: those of the system. */
export function createNameRecords(servers: readonly string[]): NameRecords {
  const resolver = new Resolver({ timeout: TRY_MILLIS, tries: 2 });
  if (servers.length > 0) resolver.setServers(servers);
  const found = <T>(asked: Promise<readonly T[]>): Promise<readonly T[]> => asked.catch(() => []);
  return {
    txt: atMost(AT_ONCE, async (name) => (await found(resolver.resolveTxt(name))).map((strings) => strings.join(''))),
    cname: atMost(AT_ONCE, (name) => found(resolver.resolveCname(name))),
  };
}
