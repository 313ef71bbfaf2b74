import type { Plan } from '../port.js';
import { type Statement, statement } from './statement.js';
import { COUNTER_COLUMNS } from './tables/counters.js';
import { CREDENTIAL_COLUMNS } from './tables/credentials.js';
import { DESTINATION_COLUMNS } from './tables/destinations.js';
import { DEVICE_AUTHENTICATION_COLUMNS } from './tables/device-authentications.js';
import { DEVICES_OF_USER } from './tables/devices.js';
import { FACTORS_COLUMNS } from './tables/factors.js';
import { USER_COLUMNS } from './tables/users.js';
import type { TimeSource } from './time.js';

/** Columns of every load. */
export const NOW = 0;
export const CONFIG_VERSION = 1;

/** The parameters of a plan's counters, in its order: `MOST_COUNTERS` of them, which every load has values for. */
const COUNTER_PARAMETERS = ['firstCounter', 'secondCounter', 'thirdCounter'];

/** A load's statement, and where in its row each part begins; absent = not asked for. */
export interface Layout {
  readonly statement: Statement;
  readonly flow?: number;
  readonly user?: { readonly at: number; readonly factors: number; readonly devices: number };
  /** `contactKey`: of the flow, where the plan does not name it. */
  readonly destination?: { readonly at: number; readonly contactKey: number | undefined };
  readonly holder?: number;
  /** In the order of the plan. */
  readonly counters?: readonly number[];
  readonly credential?: number;
}

/** The layout's number: one per combination of what a plan can ask for, ids apart. */
export function shapeOf(plan: Plan): number {
  return (
    (plan.deviceAuthentication === undefined ? 0 : 1) +
    (plan.user === undefined ? 0 : 2) +
    (plan.destination === undefined ? 0 : 4) +
    (plan.username === undefined ? 0 : 8) +
    (plan.credential === undefined ? 0 : 16) +
    32 * (plan.counters?.length ?? 0)
  );
}

/**
 * One statement per shape: the environment's `config_version`, and by outer joins along keys all that the plan names, in one row.
 * The leading row without a table makes sure that there is one. A flow brings its own user, unless the plan names one.
 */
export function layoutOf(plan: Plan, time: TimeSource): Layout {
  const columns = [time.column, 'e.config_version'];
  const joins = [
    'from (select 1 as one) as always',
    'left join environments e on e.id = :environment and e.deleted_at is null',
  ];
  const add = (alias: string, names: readonly string[]): number =>
    columns.push(...names.map((name) => `${alias}.${name}`)) - names.length;
  const layout: { -readonly [K in keyof Omit<Layout, 'statement'>]: Layout[K] } = {};
  const hasFlow = plan.deviceAuthentication !== undefined;
  if (hasFlow) {
    joins.push('left join device_authentications a on a.environment_id = e.id and a.id = :flow');
    layout.flow = add('a', DEVICE_AUTHENTICATION_COLUMNS);
  }
  if (hasFlow || plan.user !== undefined) {
    joins.push(
      `left join users u on u.environment_id = e.id and u.id = ${plan.user === undefined ? 'a.user_id' : ':user'}`,
      'left join user_factors f on f.environment_id = u.environment_id and f.user_id = u.id',
    );
    layout.user = {
      at: add('u', USER_COLUMNS),
      factors: add('f', FACTORS_COLUMNS),
      devices: columns.push(DEVICES_OF_USER) - 1,
    };
  }
  if (hasFlow || plan.destination !== undefined) {
    const isNamed = plan.destination !== undefined;
    const key = isNamed ? 'cast(:destination as text)' : 'a.contact_key';
    joins.push(`left join destination_use x on x.environment_id = e.id and x.contact_key = ${key}`);
    layout.destination = {
      at: add('x', DESTINATION_COLUMNS),
      contactKey: isNamed ? undefined : add('a', ['contact_key']),
    };
  }
  if (plan.username !== undefined) {
    joins.push('left join users n on n.environment_id = e.id and n.username_key = :usernameKey');
    layout.holder = add('n', ['id']);
  }
  if (plan.counters?.length)
    layout.counters = plan.counters.map((_, index) => {
      const k = `k${index}`;
      const name = `cast(:${COUNTER_PARAMETERS[index]} as text)`;
      joins.push(`left join counters ${k} on ${k}.environment_id = e.id and ${k}.name = ${name}`);
      return add(k, COUNTER_COLUMNS);
    });
  if (plan.credential !== undefined) {
    joins.push('left join credentials c on c.environment_id = e.id and c.credential_key = cast(:credential as text)');
    layout.credential = add('c', CREDENTIAL_COLUMNS);
  }
  return { ...layout, statement: statement('row', `select ${columns.join(', ')} ${joins.join(' ')}`) };
}
