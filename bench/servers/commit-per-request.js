/** The floor's work on SQLite as it is usually done: one durable commit for each request. argv: database file */
import Database from 'libsql';
import { serveMfa } from './mfa-server.js';
import { completedAnswer, completedDocument, createdAnswer, newOtp, openDocument, timeOrderedId } from './mfa-work.js';

const database = new Database(process.argv[2]);
database.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL');
database.exec(
  'CREATE TABLE flow (id TEXT PRIMARY KEY, version INTEGER NOT NULL, document TEXT NOT NULL) STRICT, WITHOUT ROWID',
);
const insert = database.prepare('INSERT INTO flow VALUES (?, 1, ?)');
const update = database.prepare('UPDATE flow SET version = version + 1, document = ? WHERE id = ? AND version = ?');
const select = database.prepare('SELECT version, document FROM flow WHERE id = ?');
const begin = database.prepare('BEGIN IMMEDIATE');
const commit = database.prepare('COMMIT');

function transact(unit) {
  begin.run();
  const result = unit();
  commit.run();
  return result;
}

serveMfa({
  create() {
    const id = timeOrderedId();
    const otp = newOtp();
    transact(() => insert.run(id, openDocument(otp)));
    return createdAnswer(id, otp);
  },
  check(id, otp) {
    const isRight = transact(() => {
      const row = select.get(id);
      const isRight = row !== undefined && JSON.parse(row.document).otp === otp;
      if (isRight) update.run(completedDocument(), id, row.version);
      return isRight;
    });
    return isRight ? completedAnswer(id) : undefined;
  },
});
