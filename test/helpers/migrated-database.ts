import { createHash } from 'node:crypto';
import { silentLogger } from '../../src/kernel/log.js';
import { MIGRATIONS } from '../../src/storage/sql/migrations/index.js';
import { migrate } from '../../src/storage/sql/open.js';
import { copiedDatabase, type TestDatabase } from './postgres.js';

/** Other migrations, another original: a server that several runs share may see several states of the code. */
const KIND = `migrated_${createHash('sha256').update(JSON.stringify(MIGRATIONS)).digest('hex').slice(0, 12)}`;

/** A PostgreSQL database on which every migration has run and nothing else has happened: a fifth of the time of running them. */
export const migratedDatabase = (): Promise<TestDatabase> =>
  copiedDatabase(KIND, (url) => migrate({ kind: 'postgres', url }, silentLogger));
