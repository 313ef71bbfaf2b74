import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PosternProcess, spawnPostern } from '../helpers/postern.js';
import { freshDatabase } from '../helpers/postgres.js';
import { type Answer, api, type Client, createClient } from './client.js';

export const CONNECTIONS = 64;

/** One process on SQLite; two processes on one PostgreSQL, their requests dealt out in turn. */
export const TOPOLOGIES = ['one process on SQLite', 'two processes on PostgreSQL'] as const;
export type Topology = (typeof TOPOLOGIES)[number];

export interface Servers extends AsyncDisposable {
  /** The server whose turn it is. */
  node(index: number): ReturnType<typeof api>;
}

export async function startServers(topology: Topology): Promise<Servers> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-races-'));
  const twice = topology.startsWith('two');
  const database = twice ? ['--database-url', await freshDatabase()] : [];
  const servers: PosternProcess[] = [];
  const clients: Client[] = [];
  const nodes: ReturnType<typeof api>[] = [];
  for (const name of twice ? ['a', 'b'] : ['a']) {
    const server = await spawnPostern([
      ...['--port', '0', '--data', join(folder, name), '--log-level', 'warn'],
      ...database,
    ]);
    const client = await createClient(server, CONNECTIONS / (twice ? 2 : 1));
    servers.push(server);
    clients.push(client);
    nodes.push(api(server, client));
  }
  return {
    node(index) {
      const chosen = nodes[index % nodes.length];
      if (!chosen) throw new Error('no server');
      return chosen;
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) await client[Symbol.asyncDispose]();
      for (const server of servers) await server.kill('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const OTP = (coolDown: number) => ({
  lifeTime: { duration: 30, timeUnit: 'MINUTES' },
  failure: { count: 3, coolDown: { duration: coolDown, timeUnit: 'MINUTES' } },
});

/** Three attempts, then two minutes; text messages only. */
export async function threeAttempts(node: ReturnType<typeof api>, name: string): Promise<string> {
  const mobile = { enabled: false, otp: { failure: OTP(2).failure } };
  const policy = await node.manage('POST', '/deviceAuthenticationPolicies', {
    name,
    default: false,
    sms: { enabled: true, otp: OTP(2) },
    voice: { enabled: false, otp: OTP(0) },
    email: { enabled: false, otp: OTP(0) },
    mobile,
    totp: mobile,
    fido2: { enabled: false },
  });
  return idOf(policy);
}

export async function newUser(node: ReturnType<typeof api>, username: string): Promise<string> {
  return idOf(await node.manage('POST', '/users', { username, email: 'racer@example.org', mfaEnabled: true }));
}

/** The id of what was created. */
export function idOf(answer: Answer): string {
  if (answer.status !== 201) throw new Error(`not created: ${answer.status} ${JSON.stringify(answer.body)}`);
  return String(answer.body['id']);
}
