import { betterAuthOnPostgres, betterAuthOnSqlite } from './better-auth.js';
import { commitPerRequest, echo, floor, plainPg } from './floor.js';
import { posternOnPostgres, posternOnSqlite } from './postern.js';

/**
 * All that take part in `npm run bench`. A case has a `name`, `usesPostgres`, `launch(context)` (`harness/bench.js`), which
 * resolves with a target: `host`, `port`, `pid`, `databasePid`, the `flow` by which it is loaded (`generator/flows.js`), `stop`;
 * and perhaps `unavailable()`, which says why it cannot take part here.
 */
export const CASES = [
  floor,
  echo,
  commitPerRequest,
  posternOnSqlite,
  posternOnPostgres,
  plainPg,
  betterAuthOnSqlite,
  betterAuthOnPostgres,
];
