import { readFileSync } from 'node:fs';
import type { Config } from '../config/config.js';
import { describeProblems } from '../config/problem.js';
import { banner } from './banner.js';
import type { Composition, Server } from './composition.js';
import { demoWorld } from './demo.js';
import type { FullReadyFile } from './ready-file.js';
import type { Invocation } from './run.js';
import { runServer } from './run-server.js';
import { provisionWorld } from './seed/provision.js';
import { type World, worldOf } from './seed/world.js';
import { CommandError } from './terminal.js';
import { type WorldFacts, worldFacts } from './world-facts.js';

/** `postern dev`: a server with something in it, and an inbox in place of gateways. */
export async function dev({ loaded: { config } }: Invocation, composition: Composition): Promise<void> {
  const world = config.seedFile === undefined ? demoWorld() : await seededWorld(config.seedFile);
  const notices: string[] = [];
  let facts: WorldFacts | undefined;
  await using server = await composition.createServer(config, async (parts) => {
    const present = await provisionWorld(parts, world, config.limits);
    if (config.seedFile !== undefined && present.length > 0)
      notices.push(`Left as they were, not seeded again: ${present.join(', ')}.`);
    facts = await worldFacts(parts, world);
    return facts;
  });
  if (!facts) throw new TypeError('a server was made without being populated');
  const { environmentName, trial, ...ids } = facts;
  const { urls } = server;
  const ready: FullReadyFile = {
    ...urls,
    inboxUrl: `${urls.authPath}/inbox`,
    ...(server.trust ? { caFile: server.trust.authorityFile } : {}),
    ...ids,
    pid: process.pid,
  };
  await runServer(server, config, composition, ready, () => {
    const text = banner({
      ready,
      environmentName,
      trial,
      database: databaseText(config),
      trust: server.trust,
      version: composition.version,
      notices: [exposedText(config), ...server.notices, ...outwardNotice(server), ...exposure(config), ...notices],
    });
    composition.terminal.out(text);
  });
}

/** The reader is loaded here: a start without a seed, which is most of them, is quicker for it. */
async function seededWorld(path: string): Promise<World> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new CommandError(`the seed file ${path} cannot be read: name one that exists.`);
  }
  const { readSeed } = await import('./seed/read.js');
  const seed = readSeed(text);
  if (!seed.ok) throw new CommandError(describeProblems(path, seed.rejection));
  return worldOf(seed.value);
}

function databaseText({ database }: Config): string {
  if (database.kind === 'postgres') return 'PostgreSQL';
  return database.directory === undefined ? 'in memory, gone with the process' : `SQLite, ${database.file}`;
}

function exposedText({ tls }: Config): string {
  return `Development only: known credentials,${tls ? '' : ' plain HTTP,'} codes for everybody to read.`;
}

function outwardNotice({ outward }: Server): readonly string[] {
  return outward.length === 0 ? [] : [`${outward.join(', ')} go out for real, past the inbox: mind the addresses.`];
}

function exposure({ listen: { host } }: Config): readonly string[] {
  const isLoopback = host === 'localhost' || host === '::1' || host.startsWith('127.');
  return isLoopback ? [] : [`Reachable from other machines (--host ${host}): whoever reaches it controls it.`];
}
