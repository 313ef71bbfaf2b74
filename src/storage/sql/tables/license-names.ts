import type { LicenseName } from '../../../platform/environments/organization.js';
import { decode, text } from '../row.js';
import { type Row, statement, type Value } from '../statement.js';
import { rowsByKey } from './document-rows.js';

const TABLE = 'license_names';
const KEY = { organizationId: 'organization_id', licenseId: 'license_id' };

/** As it stands in a document, because PostgreSQL's text cannot hold every character. */
export function licenseNameValues({ organizationId, licenseId, name }: LicenseName): Record<string, Value> {
  return { organizationId, licenseId, name: JSON.stringify(name) };
}

export function toLicenseName(row: Row): LicenseName {
  return decode(TABLE, row[1], () => ({
    // Ids are stored as they were parsed.
    organizationId: text(row, 0) as LicenseName['organizationId'],
    licenseId: text(row, 1) as LicenseName['licenseId'],
    name: String(JSON.parse(text(row, 2))),
  }));
}

export const listLicenseNames = statement('rows', 'select organization_id, license_id, name from license_names');

export const { put: putLicenseName } = rowsByKey(TABLE, KEY, 'name');
