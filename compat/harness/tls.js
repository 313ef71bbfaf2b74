import { nameThisMachine } from './hosts.js';
import { NAMES } from './postern.js';

/** Runs `use` while the server's names mean this machine; skips the client, saying why, where that cannot be. */
export async function withNames(report, client, use) {
  const restore = await nameThisMachine(Object.values(NAMES));
  if (!restore)
    return report.skip(
      client,
      `it insists on https on port 443; run this as root, or put "127.0.0.1 ${Object.values(NAMES).join(' ')}" into /etc/hosts and allow port 443`,
    );
  try {
    await use();
  } catch (error) {
    // As root the port is free to take; otherwise it may be refused although the names are there.
    if (!/EACCES/.test(String(error?.message))) throw error;
    report.skip(client, `port 443 may not be listened on: run this as root (${error.message.split('\n')[0]})`);
  } finally {
    restore();
  }
}
