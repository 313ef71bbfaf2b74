import type { Composition } from './composition.js';
import type { Invocation } from './run.js';
import { runServer } from './run-server.js';

/** `postern serve`: no demo data, no inbox, no known credentials (SEC-51). */
export async function serve({ loaded: { config } }: Invocation, composition: Composition): Promise<void> {
  const { terminal } = composition;
  await using server = await composition.createServer(config);
  if (server.unserved.length > 0)
    terminal.err(
      `postern: no gateway sends ${server.unserved.join(', ')}: devices of these types are refused. Configure one (docs/configuration.md), or leave it so.`,
    );
  const { items: environments } = await server.store.environments({ limit: 1 });
  if (environments.length === 0)
    terminal.err('postern: there is no environment yet: create the first with `postern bootstrap`.');
  await runServer(server, config, composition, { ...server.urls, pid: process.pid }, () => {
    terminal.out(`Postern ${composition.version} serves ${server.urls.apiPath} and ${server.urls.authPath}`);
  });
}
