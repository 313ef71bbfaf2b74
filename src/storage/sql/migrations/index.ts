import { foundation as foundationOnPostgres } from './0001-foundation.postgres.js';
import { foundation as foundationOnSqlite } from './0001-foundation.sqlite.js';
import { dataKeys as dataKeysOnPostgres } from './0002-data-keys.postgres.js';
import { dataKeys as dataKeysOnSqlite } from './0002-data-keys.sqlite.js';
import { audit as auditOnPostgres } from './0003-audit.postgres.js';
import { audit as auditOnSqlite } from './0003-audit.sqlite.js';
import { limits as limitsOnPostgres } from './0004-limits.postgres.js';
import { limits as limitsOnSqlite } from './0004-limits.sqlite.js';
import { documentParents as documentParentsOnPostgres } from './0005-document-parents.postgres.js';
import { documentParents as documentParentsOnSqlite } from './0005-document-parents.sqlite.js';
import { directory as directoryOnPostgres } from './0006-directory.postgres.js';
import { directory as directoryOnSqlite } from './0006-directory.sqlite.js';
import { environments as environmentsOnPostgres } from './0007-environments.postgres.js';
import { environments as environmentsOnSqlite } from './0007-environments.sqlite.js';
import { credentials as credentialsOnPostgres } from './0008-credentials.postgres.js';
import { credentials as credentialsOnSqlite } from './0008-credentials.sqlite.js';
import { webhooks as webhooksOnPostgres } from './0009-webhooks.postgres.js';
import { webhooks as webhooksOnSqlite } from './0009-webhooks.sqlite.js';
import { oathTokens as oathTokensOnPostgres } from './0010-oath-tokens.postgres.js';
import { oathTokens as oathTokensOnSqlite } from './0010-oath-tokens.sqlite.js';
import { marks as marksOnPostgres } from './0011-marks.postgres.js';
import { marks as marksOnSqlite } from './0011-marks.sqlite.js';
import { revokedTokens as revokedTokensOnPostgres } from './0012-revoked-tokens.postgres.js';
import { revokedTokens as revokedTokensOnSqlite } from './0012-revoked-tokens.sqlite.js';
import { accounts as accountsOnPostgres } from './0013-accounts.postgres.js';
import { accounts as accountsOnSqlite } from './0013-accounts.sqlite.js';
import { rememberedBrowsers as rememberedBrowsersOnPostgres } from './0014-remembered-browsers.postgres.js';
import { rememberedBrowsers as rememberedBrowsersOnSqlite } from './0014-remembered-browsers.sqlite.js';
import { recoveryCodes as recoveryCodesOnPostgres } from './0015-recovery-codes.postgres.js';
import { recoveryCodes as recoveryCodesOnSqlite } from './0015-recovery-codes.sqlite.js';
import { oathJobs as oathJobsOnPostgres } from './0016-oath-jobs.postgres.js';
import { oathJobs as oathJobsOnSqlite } from './0016-oath-jobs.sqlite.js';
import { imageFiles as imageFilesOnPostgres } from './0017-image-files.postgres.js';
import { imageFiles as imageFilesOnSqlite } from './0017-image-files.sqlite.js';
import { derivingGroups as derivingGroupsOnPostgres } from './0018-deriving-groups.postgres.js';
import { derivingGroups as derivingGroupsOnSqlite } from './0018-deriving-groups.sqlite.js';

/** One step of the schema. Never edited once released; expand first, contract a release later (`style.md` §5). */
export interface Migration {
  readonly number: number;
  readonly name: string;
  /**
   * The number of the newest migration that a server must know to serve a database that has this one: its own, unless the step
   * only adds what older servers can ignore.
   */
  readonly oldestServer: number;
  readonly sqlite: string;
  readonly postgres: string;
}

/** In the order they are applied. */
export const MIGRATIONS: readonly Migration[] = [
  { number: 1, name: 'foundation', oldestServer: 1, sqlite: foundationOnSqlite, postgres: foundationOnPostgres },
  { number: 2, name: 'data-keys', oldestServer: 2, sqlite: dataKeysOnSqlite, postgres: dataKeysOnPostgres },
  // An older server writes nothing to the trail: what it does would be missing from it.
  { number: 3, name: 'audit', oldestServer: 3, sqlite: auditOnSqlite, postgres: auditOnPostgres },
  // Older servers leave the new column as it is, which only keeps rows longer: whoever deletes looks at the row itself.
  { number: 4, name: 'limits', oldestServer: 1, sqlite: limitsOnSqlite, postgres: limitsOnPostgres },
  // An older server would write documents without their parent.
  {
    number: 5,
    name: 'document-parents',
    oldestServer: 5,
    sqlite: documentParentsOnSqlite,
    postgres: documentParentsOnPostgres,
  },
  // An older server would add users who are in no index, and delete none that is in a group or has a password.
  { number: 6, name: 'directory', oldestServer: 6, sqlite: directoryOnSqlite, postgres: directoryOnPostgres },
  // An older server would go on serving an environment that is deleted.
  {
    number: 7,
    name: 'environments',
    oldestServer: 7,
    sqlite: environmentsOnSqlite,
    postgres: environmentsOnPostgres,
  },
  // An older server does not know the devices that have credentials.
  { number: 8, name: 'credentials', oldestServer: 8, sqlite: credentialsOnSqlite, postgres: credentialsOnPostgres },
  // Older servers send nothing; what they put on record is sent by those that do.
  { number: 9, name: 'webhooks', oldestServer: 1, sqlite: webhooksOnSqlite, postgres: webhooksOnPostgres },
  // A table that older servers do not know; devices of a type that they do not know are refused by them.
  { number: 10, name: 'oath-tokens', oldestServer: 10, sqlite: oathTokensOnSqlite, postgres: oathTokensOnPostgres },
  // Older servers raise no mark, and are held to none.
  { number: 11, name: 'marks', oldestServer: 10, sqlite: marksOnSqlite, postgres: marksOnPostgres },
  // An older server would go on taking tokens that are revoked.
  {
    number: 12,
    name: 'revoked-tokens',
    oldestServer: 12,
    sqlite: revokedTokensOnSqlite,
    postgres: revokedTokensOnPostgres,
  },
  // An older server would delete users and leave their roles and codes behind.
  { number: 13, name: 'accounts', oldestServer: 13, sqlite: accountsOnSqlite, postgres: accountsOnPostgres },
  // Older servers do not know what is put on record of them.
  {
    number: 14,
    name: 'remembered-browsers',
    oldestServer: 14,
    sqlite: rememberedBrowsersOnSqlite,
    postgres: rememberedBrowsersOnPostgres,
  },
  // The same.
  {
    number: 15,
    name: 'recovery-codes',
    oldestServer: 15,
    sqlite: recoveryCodesOnSqlite,
    postgres: recoveryCodesOnPostgres,
  },
  // Older servers know no jobs: they answer 404 for one, and leave its row, which is the newer ones' to remove.
  { number: 16, name: 'oath-jobs', oldestServer: 15, sqlite: oathJobsOnSqlite, postgres: oathJobsOnPostgres },
  // An older server would leave the files of an environment that is purged.
  { number: 17, name: 'image-files', oldestServer: 17, sqlite: imageFilesOnSqlite, postgres: imageFilesOnPostgres },
  // An older server would show nobody of those who are in such a group, and forget in which others it is.
  {
    number: 18,
    name: 'deriving-groups',
    oldestServer: 18,
    sqlite: derivingGroupsOnSqlite,
    postgres: derivingGroupsOnPostgres,
  },
];
