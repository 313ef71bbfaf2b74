/**
 * The floor, frozen: bare node:http, the same durable writes, nothing else. No token, policy, user, limit, validation or log.
 * One flow row per create, one update per check, and with FLOOR_DELIVERY=1 the outbox row, its settlement and the inbox row.
 * Requests that arrive together share one commit (`synchronous=FULL`), as they do in the server.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import Database from 'libsql';

const delivery = process.env.FLOOR_DELIVERY === '1';
const database = new Database(process.argv[2]);
database.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL');
database.exec(
  'CREATE TABLE flow (id TEXT PRIMARY KEY, version INTEGER NOT NULL, document TEXT NOT NULL) STRICT, WITHOUT ROWID',
);
database.exec('CREATE TABLE outbox (id TEXT PRIMARY KEY, state INTEGER NOT NULL, document TEXT) STRICT, WITHOUT ROWID');
database.exec('CREATE TABLE inbox (id TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT, WITHOUT ROWID');
const insert = database.prepare('INSERT INTO flow VALUES (?, 1, ?)');
const update = database.prepare('UPDATE flow SET version = version + 1, document = ? WHERE id = ? AND version = ?');
const select = database.prepare('SELECT version, document FROM flow WHERE id = ?');
const append = database.prepare('INSERT INTO outbox VALUES (?, 0, ?)');
const settle = database.prepare('UPDATE outbox SET state = 1, document = NULL WHERE id = ?');
const receive = database.prepare('INSERT INTO inbox VALUES (?, ?)');
const begin = database.prepare('BEGIN IMMEDIATE');
const commit = database.prepare('COMMIT');

let queue = [];
function transact(unit) {
  return new Promise((resolve) => {
    if (queue.length === 0) setImmediate(flush);
    queue.push({ unit, resolve });
  });
}
function flush() {
  const batch = queue;
  queue = [];
  begin.run();
  const results = batch.map(({ unit }) => unit());
  commit.run();
  batch.forEach(({ resolve }, index) => {
    resolve(results[index]);
  });
}

/** As large as a flow row of the server. */
const PADDING = 'x'.repeat(400);

/** Time-ordered, as the server's are: rows come at the right edge of the key. */
function timeOrderedId() {
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

async function create() {
  const id = timeOrderedId();
  const otp = String(Math.floor(Math.random() * 1e6)).padStart(6, '0');
  await transact(() => {
    insert.run(id, JSON.stringify({ status: 'OTP_REQUIRED', otp, padding: PADDING }));
    if (delivery) append.run(id, PADDING);
  });
  if (delivery) {
    transact(() => settle.run(id));
    transact(() => receive.run(id, PADDING));
  }
  return { id, status: 'OTP_REQUIRED', test: { otp }, padding: PADDING };
}

async function check(id, otp) {
  const right = await transact(() => {
    const row = select.get(id);
    const right = row !== undefined && JSON.parse(row.document).otp === otp;
    if (right) update.run(JSON.stringify({ status: 'COMPLETED', padding: PADDING }), id, row.version);
    return right;
  });
  return right ? { id, status: 'COMPLETED', padding: PADDING } : undefined;
}

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', async () => {
    const body = JSON.parse(Buffer.concat(chunks).toString());
    const id = request.url.split('/')[3];
    const answer = id ? await check(id, body.otp) : await create();
    const text = JSON.stringify(answer ?? {});
    response.writeHead(answer ? (id ? 200 : 201) : 400, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
  });
});
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port, pid: process.pid })));
