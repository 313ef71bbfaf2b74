import type { RememberedBrowser } from '../../../devices/browsers/browser.js';
import type { EnvironmentId } from '../../../platform/model.js';
import type { Plan } from '../../port.js';
import { decode, document, integer, text } from '../row.js';
import { type Call, call, type Row, statement, type Value } from '../statement.js';

const COLUMNS = 'id, user_id, version, document, created_at, expires_at';

type Body = Omit<RememberedBrowser, 'id' | 'environmentId' | 'userId' | 'version' | 'createdAt' | 'expiresAt'>;

export function toBrowser(environmentId: EnvironmentId, row: Row): RememberedBrowser {
  return decode('remembered_browsers', row[0], () =>
    Object.assign(document<Body>(row, 3, ['policyId', 'digest', 'hasSession']), {
      // Ids are stored as they were parsed.
      id: text(row, 0) as RememberedBrowser['id'],
      environmentId,
      userId: text(row, 1) as RememberedBrowser['userId'],
      version: integer(row, 2),
      createdAt: integer(row, 4),
      expiresAt: integer(row, 5),
    }),
  );
}

export function browserValues(browser: RememberedBrowser): Record<string, Value> {
  const { id, environmentId, userId, version, createdAt, expiresAt, ...body } = browser;
  const kept: Body = body;
  return {
    environment: environmentId,
    id,
    user: userId,
    version,
    document: JSON.stringify(kept),
    createdAt,
    expiresAt,
  };
}

export const insertBrowser = statement(
  'count',
  `insert into remembered_browsers (environment_id, id, user_id, version, document, created_at, expires_at)
   values (:environment, :id, :user, 1, :document, :createdAt, :expiresAt)`,
);

export const deleteBrowser = statement(
  'count',
  'delete from remembered_browsers where environment_id = :environment and id = :id and version = :version',
);

const selectBrowser = statement(
  'rows',
  `select ${COLUMNS} from remembered_browsers where environment_id = :environment and id = :id and user_id = :user`,
);

const selectBrowsers = statement(
  'rows',
  `select ${COLUMNS} from remembered_browsers where environment_id = :environment and user_id = :user
   order by created_at, id`,
);

/** The look-up of what a plan names: all of a user's, or one of them. */
export function browsersCall(environment: EnvironmentId, user: string, of: NonNullable<Plan['browsers']>): Call {
  return of === 'all'
    ? call(selectBrowsers, { environment, user })
    : call(selectBrowser, { environment, user, id: of });
}

/** Past their time, of any environment. */
export const endedBrowsers = statement(
  'rows',
  `select environment_id, id, expires_at, user_id from remembered_browsers
   where expires_at <= cast(:before as bigint) order by expires_at limit cast(:limit as bigint)`,
);

export const purgeBrowser = statement(
  'count',
  `delete from remembered_browsers
   where environment_id = :environment and id = :id and expires_at <= cast(:before as bigint)`,
);
