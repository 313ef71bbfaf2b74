import { readSettings } from '../../src/config/read.js';
import type { GatewayKind, GatewaySettings } from '../../src/delivery/gateways/definition.js';

/** Values as the server reads them from what an operator writes. */
export function settingsOf(kind: GatewayKind, written: Readonly<Record<string, string>>): GatewaySettings {
  const env = Object.fromEntries(
    Object.entries(written).map(([name, value]) => [`POSTERN_${name.toUpperCase().replaceAll('-', '_')}`, value]),
  );
  const { settings, problems } = readSettings(kind.options, 'serve', { env, flags: new Map(), readFile: () => '' });
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return Object.fromEntries(settings.map(({ option, value }) => [option.name, value]));
}
