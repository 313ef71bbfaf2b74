import { lookup } from 'node:dns/promises';
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = '/etc/hosts';
const MARK = '# postern compat';

/**
 * Makes the names mean this machine, in the file of hosts, and returns what takes them out again; nothing to do when they do
 * already. Undefined when the file may not be written.
 */
export async function nameThisMachine(names) {
  if (await meanThisMachine(names)) return () => {};
  const line = `127.0.0.1 ${names.join(' ')} ${MARK}\n`;
  try {
    const before = readFileSync(FILE, 'utf8');
    writeFileSync(FILE, `${before}${before.endsWith('\n') ? '' : '\n'}${line}`);
  } catch {
    return undefined;
  }
  return () => writeFileSync(FILE, readFileSync(FILE, 'utf8').replace(line, ''));
}

async function meanThisMachine(names) {
  const addresses = await Promise.all(names.map((name) => lookup(name).catch(() => undefined)));
  return addresses.every((found) => found?.address === '127.0.0.1');
}
