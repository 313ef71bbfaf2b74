import type { Environment } from '../../../platform/model.js';
import { text } from '../row.js';
import { type Call, call, type Row, statement } from '../statement.js';

/** A name of an environment; unique in its organization (wire: `00` §7.1). */
export type EnvironmentName = Pick<Environment, 'organizationId' | 'name'>;

/** As it stands in a document, because PostgreSQL's text cannot hold every character. */
const keyOf = ({ organizationId, name }: EnvironmentName) => ({
  organization: organizationId,
  name: JSON.stringify(name),
});

const select = statement(
  'row',
  'select environment_id from environment_names where organization_id = :organization and name = :name',
);

const insert = statement(
  'count',
  `insert into environment_names (organization_id, name, environment_id)
   values (:organization, :name, :environment) on conflict do nothing`,
);

const remove = statement(
  'count',
  `delete from environment_names
   where organization_id = :organization and name = :name and environment_id = :environment`,
);

export const selectNameHolder = (name: EnvironmentName): Call => call(select, keyOf(name));

export const toNameHolder = (row: Row): Environment['id'] => text(row, 0) as Environment['id'];

/** No row: the name is taken. */
export const claimName = (value: Environment): Call => call(insert, { ...keyOf(value), environment: value.id });

export const releaseName = (value: Environment): Call => call(remove, { ...keyOf(value), environment: value.id });
