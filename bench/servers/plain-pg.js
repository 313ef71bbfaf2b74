/**
 * The floor's work on PostgreSQL as it is usually done: prepared statements, one transaction for each request, the row locked
 * when it is loaded, nothing in batches. An insert alone is its own transaction. argv: database URL, connections of the pool
 */
import pg from 'pg';
import { serveMfa } from './mfa-server.js';
import { completedAnswer, completedDocument, createdAnswer, newOtp, openDocument, timeOrderedId } from './mfa-work.js';

const [, , connectionString, poolSize] = process.argv;
const pool = new pg.Pool({ connectionString, max: Number(poolSize) });
await pool.query(
  'CREATE TABLE flow (id TEXT PRIMARY KEY, version BIGINT NOT NULL, document TEXT NOT NULL) WITH (fillfactor = 70)',
);
const insert = { name: 'insert', text: 'INSERT INTO flow VALUES ($1, 1, $2)' };
const select = { name: 'select', text: 'SELECT version, document FROM flow WHERE id = $1 FOR UPDATE' };
const update = {
  name: 'update',
  text: 'UPDATE flow SET version = version + 1, document = $1 WHERE id = $2 AND version = $3',
};

serveMfa({
  async create() {
    const id = timeOrderedId();
    const otp = newOtp();
    await pool.query({ ...insert, values: [id, openDocument(otp)] });
    return createdAnswer(id, otp);
  },
  async check(id, otp) {
    const client = await pool.connect();
    await client.query('BEGIN');
    const { rows } = await client.query({ ...select, values: [id] });
    const isRight = rows.length === 1 && JSON.parse(rows[0].document).otp === otp;
    if (isRight) await client.query({ ...update, values: [completedDocument(), id, rows[0].version] });
    const { command } = await client.query('COMMIT');
    client.release();
    return isRight && command === 'COMMIT' ? completedAnswer(id) : undefined;
  },
});
