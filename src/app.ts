import { join } from 'node:path';
import { apiRoutes } from './app/api.js';
import { startCompletion } from './app/completion.js';
import { openControl } from './app/control.js';
import { CONTROL_SOCKET } from './app/control-words.js';
import { databaseOf } from './app/database.js';
import { deploymentOf } from './app/deployment.js';
import { freePort, localOrigin } from './app/free-port.js';
import { createKeySetReader } from './app/key-sets.js';
import { Lifetime } from './app/lifetime.js';
import { createLogger } from './app/logger.js';
import { observe, serveMetrics } from './app/observation.js';
import { pagesBelow } from './app/pages.js';
import { persistently } from './app/persistently.js';
import { reportRefused } from './app/refused.js';
import { acceptSiblings } from './app/sibling-tokens.js';
import { startSweeper } from './app/sweeper.js';
import { startWebhooks } from './app/webhooks.js';
import { Refusals } from './audit/refusals.js';
import { type Sealer, startSealer } from './audit/sealer.js';
import type { Populate, Server } from './cli/composition.js';
import { resolveMasterKey } from './cli/master-key.js';
import { localUrls, namedUrls } from './config/base-urls.js';
import type { BaseUrls, Config } from './config/config.js';
import { createDispatcher, type Dispatcher } from './delivery/dispatcher.js';
import { gatewaysFor } from './delivery/gateways/index.js';
import { CHANNELS, LEASE_MILLIS } from './delivery/message.js';
import { watchedGateway } from './delivery/watched-gateway.js';
import { createEventSink } from './events.js';
import type { Route } from './http/route.js';
import { imageFileRoutes } from './http/routes/image-files.js';
import { createHttpServer, type HttpServer } from './http/server.js';
import { createInbox, type Inbox } from './inbox/service.js';
import { type Clock, systemClock } from './kernel/clock.js';
import { createKeyring } from './kernel/keys.js';
import type { Logger } from './kernel/log.js';
import type { HashCost } from './kernel/password-hash.js';
import { createSystemRandom, type Random } from './kernel/random.js';
import { createDirectory } from './platform/directory.js';
import { createRemoteKeySets } from './platform/tokens/remote-key-sets.js';
import { createTokenService } from './platform/tokens/tokens.js';
import { relyingPartyIdOf } from './policies/fido2/fido2-policy-document.js';
import { openStore } from './storage/sql/index.js';
import type { Sender } from './webhooks/sender.js';

/** What tests replace. A clock that is given replaces the database's own source of time too. */
export interface AppOverrides {
  readonly clock?: Clock;
  readonly random?: Random;
  readonly logger?: Logger;
  readonly populate?: Populate;
  /** What a hash of a password costs, in place of the tenth of a second and more that a guess should cost an attacker. */
  readonly passwordCost?: HashCost;
  /** The release, for metrics and traces. */
  readonly version?: string;
}

/** The whole server. Disposing of it ends everything in the reverse order of its beginning. */
export interface App extends Server {
  readonly routes: readonly Route[];
  readonly dispatcher: Pick<Dispatcher, 'idle' | 'takeOver'>;
  readonly sealer: Pick<Sealer, 'seal'>;
  readonly webhooks: Pick<Sender, 'deliver'>;
  readonly inject: HttpServer['inject'];
  /** What `GET /metrics` answers. */
  metrics(): Promise<string>;
}

/** Puts everything together; nothing listens yet. The only function that knows every part (`style.md` §3). */
export async function createApp(config: Config, overrides: AppOverrides = {}): Promise<App> {
  const { clock = systemClock, random = createSystemRandom(), version = 'unknown' } = overrides;
  const { logger, droppedLines } = logOf(config, overrides);
  const lifetime = new Lifetime();
  try {
    return await build();
  } catch (error) {
    await lifetime[Symbol.asyncDispose]();
    throw error;
  }

  async function build(): Promise<App> {
    const { host } = config.listen;
    const port = config.listen.port === 0 ? await freePort(host) : config.listen.port;
    const { tls } = config;
    const named = tls?.kind === 'made' ? namedUrls(tls.names, port) : undefined;
    const urls = config.urls ?? named ?? localUrls(localOrigin(host, port, tls ? 'https' : 'http'));
    // Before the database: a certificate that cannot be served needs no other file.
    const secured =
      tls && lifetime.own(await (await import('./app/tls.js')).openTls(tls, host, urls, { random, clock, logger }));
    const { keys, notice } = resolveMasterKey(config.masterKey, random);
    const observation = observe();
    const refusals = new Refusals(() => clock.now());
    const events = createEventSink(logger, observation.note);
    const { digests, vault, audit, webhooks } = createKeyring(keys, reportRefused(logger, events, refusals));

    // Loaded only when traces are wanted: without them nothing of it is on any path.
    const tracing = config.traceUrl
      ? lifetime.own((await import('./traces/tracing.js')).createTracing({ url: config.traceUrl, version }))
      : undefined;

    // The store tells of new messages before the dispatcher exists; the dispatcher needs the store.
    let dispatcher: Dispatcher | undefined;
    const opened = lifetime.own(
      await openStore({
        database: databaseOf(config),
        vault,
        audit,
        random,
        logger,
        processId: random.uuid(),
        lease: LEASE_MILLIS,
        onAppended: (messages) => dispatcher?.nudge(messages),
        ...(overrides.clock ? { clock: overrides.clock } : {}),
      }),
    );
    const store = tracing?.store(opened) ?? opened;
    if (config.database.kind === 'sqlite' && config.database.directory !== undefined)
      lifetime.own(await openControl(join(config.database.directory, CONTROL_SOCKET), store, logger));
    // Ends after all that can still put something on record.
    const sealer = lifetime.own(
      startSealer({ audit: store.audit, refusals, logger, retention: config.auditRetention }),
    );
    const facts = await overrides.populate?.({ store, random, digests, urls, persistently });
    lifetime.own(startCompletion(store, relyingPartyIdOf(urls.authPath), logger));

    let inbox: Inbox | undefined;
    if (config.mode === 'dev') {
      const onFault = (error: unknown): void => logger.warn({ err: error }, 'the inbox could not be read');
      inbox = lifetime.own(createInbox({ store: store.inbox, onFault }));
    }
    const outlets = lifetime.own(
      gatewaysFor(config.gateways, { clock, ...(inbox ? { inbox } : {}) }, (gateway) =>
        watchedGateway(gateway, [
          ...(tracing ? [tracing.sends(gateway.name)] : []),
          observation.deliveries.watch(gateway.name),
        ]),
      ),
    );
    dispatcher = lifetime.own(
      createDispatcher({
        outbox: store.outbox,
        chains: outlets.chains,
        vault,
        clock,
        random,
        logger,
        events,
        lease: LEASE_MILLIS,
      }),
    );
    dispatcher.start();
    lifetime.own(startSweeper(store, logger));
    const { outbound } = config;
    const watch = observation.webhooks;
    const sender = lifetime.own(
      startWebhooks({ store, outbound, urls, keys: webhooks, vault, clock, random, logger, watch }),
    );

    const { authPath } = urls;
    const deployment = await deploymentOf(
      config,
      { channels: outlets.channels, authPath },
      { lifetime, clock, logger, raiseMark: opened.raiseMark },
    );
    const directory = createDirectory(store, clock);
    const keySets = createRemoteKeySets({ read: createKeySetReader(outbound, logger), clock });
    const { reusesAssertions } = config;
    const tokensOf = (realm: BaseUrls) =>
      createTokenService({ store, directory, vault, random, clock, keySets, reusesAssertions, ...realm });
    const tokens = tokensOf(urls);
    const routes = apiRoutes({
      config,
      urls,
      store,
      vault,
      digests,
      clock,
      random,
      deployment,
      directory,
      tokens,
      events,
      refusals,
      logger,
      lifetime,
      ...(overrides.passwordCost ? { passwordCost: overrides.passwordCost } : {}),
    });
    const http = lifetime.own(
      createHttpServer({
        routes,
        refusals,
        rawRoutes: [
          ...pagesBelow(urls.authPath, inbox && { inbox, clock, random, facts }),
          ...imageFileRoutes(store, config.imageUrl ?? urls.authPath),
        ],
        tokens: config.mode === 'dev' && !config.urls ? acceptSiblings(tokens, tokensOf) : tokens,
        environments: directory,
        store,
        random,
        clock,
        logger,
        ...urls,
        counter: observation.requests,
        tracer: tracing?.requests,
        corsOrigins: config.corsOrigins,
        tls: secured?.pair,
        development: config.mode === 'dev',
        limits: config.limits.requests,
        trustedProxies: config.limits.requests.trustedProxies,
        drainGrace: config.shutdownGrace,
      }),
    );
    secured?.serveBy(http);
    observation.show({ version, store, dispatcher, tokens, http, refusals, droppedLines });
    const metrics = config.metrics && lifetime.own(serveMetrics(config.metrics, observation, logger));
    return {
      urls,
      store,
      random,
      clock,
      digests,
      logger,
      routes,
      dispatcher,
      sealer,
      webhooks: sender,
      outward: CHANNELS.filter((channel) => outlets.chains.get(channel)?.some(({ name }) => name !== 'inbox')),
      unserved: CHANNELS.filter((channel) => !outlets.channels.has(channel)),
      notices: [notice, secured?.notice].filter((text) => text !== undefined),
      ...(secured?.trust ? { trust: secured.trust } : {}),
      ...(secured?.look ? { renewCertificate: secured.look } : {}),
      async listen() {
        await http.listen({ host, port });
        metrics?.listen();
      },
      metrics: observation.text,
      drain: () => http.drain(),
      inject: http.inject,
      [Symbol.asyncDispose]: () => lifetime[Symbol.asyncDispose](),
    };
  }
}

/** The log, and how many of its lines were lost: of one that is given, nobody knows. */
function logOf({ logLevel }: Pick<Config, 'logLevel'>, { logger }: Pick<AppOverrides, 'logger'>) {
  if (logger) return { logger, droppedLines: () => 0 };
  const own = createLogger(logLevel);
  return { logger: own, droppedLines: own.dropped };
}
