import { isJsonObject, type Json, type JsonObject } from '../../kernel/json.js';
import { type Certificate, parseCertificate } from '../certificate.js';
import { type AuthenticatorModel, type AuthenticatorModels, keyIdentifierOf, uuidOf } from '../trust.js';

/** A model with the statement that its maker wrote (FIDO Metadata Statement 3.1). */
export interface MetadataEntry {
  readonly model: AuthenticatorModel;
  readonly statement: JsonObject;
}

/** What is known of authenticators: entries as they were published, and what they mean. */
export interface KnownAuthenticators {
  readonly entries: () => readonly MetadataEntry[];
  readonly models: () => AuthenticatorModels;
}

/** Reports that refuse an authenticator (MDS 3.1 §3.1.4); a later update does not take them back from devices that are out there. */
const COMPROMISED: ReadonlySet<Json | undefined> = new Set<Json | undefined>([
  'REVOKED',
  'USER_VERIFICATION_BYPASS',
  'ATTESTATION_KEY_COMPROMISE',
  'USER_KEY_REMOTE_COMPROMISE',
  'USER_KEY_PHYSICAL_COMPROMISE',
]);
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const KEY_IDENTIFIER = /^[0-9a-f]{40}$/;

/** The metadata id (`20` §15): the AAGUID of a FIDO2 model, the first 16 bytes of the first key identifier of a U2F model. */
export function metadataIdOf(aaguid: string | undefined, [first]: readonly string[]): string | undefined {
  if (aaguid !== undefined) return UUID.test(aaguid) ? aaguid : undefined;
  return first !== undefined && KEY_IDENTIFIER.test(first) ? uuidOf(Buffer.from(first, 'hex')) : undefined;
}

/** What an entry says; `undefined` for UAF and for what does not read. */
export function readEntry(entry: JsonObject): MetadataEntry | undefined {
  const statement = entry['metadataStatement'];
  if (!isJsonObject(statement)) return undefined;
  const aaguid = textOf(entry['aaguid'])?.toLowerCase();
  const keyIdentifiers = textsOf(entry['attestationCertificateKeyIdentifiers']).map((text) => text.toLowerCase());
  const id = metadataIdOf(aaguid, keyIdentifiers);
  if (id === undefined) return undefined;
  const reports = entry['statusReports'];
  const status = (Array.isArray(reports) ? reports : []).filter(isJsonObject);
  return {
    model: {
      id,
      ...(aaguid === undefined ? {} : { aaguid }),
      keyIdentifiers,
      description: textOf(statement['description']) ?? id,
      anchors: textsOf(statement['attestationRootCertificates']).flatMap(certificateOf),
      certified: isCertified(status),
      compromised: compromiseOf(status),
    },
    statement,
  };
}

export function modelsOf(entries: Iterable<MetadataEntry>): AuthenticatorModels {
  return new Map(Array.from(entries, ({ model }) => [model.id, model]));
}

/** By the last report that says anything about certification. */
function isCertified(reports: readonly JsonObject[]): boolean {
  const [last] = reports
    .map((report) => textOf(report['status']) ?? '')
    .filter((status) => status.includes('FIDO_CERTIFIED') || status === 'REVOKED')
    .slice(-1);
  return last?.startsWith('FIDO_CERTIFIED') ?? false;
}

/** All of them, or those under the certificates that the reports name; one report without a certificate means all. */
function compromiseOf(reports: readonly JsonObject[]): boolean | readonly string[] {
  const bad = reports.filter((report) => COMPROMISED.has(report['status']));
  const batches = bad.map((report) => certificateOf(textOf(report['certificate']) ?? '').map(keyIdentifierOf));
  if (batches.some((batch) => batch.length === 0)) return true;
  return batches.length === 0 ? false : batches.flat();
}

/** A certificate as metadata writes it: Base64 of its DER, with or without white space. */
export function certificateOf(text: string): readonly Certificate[] {
  const certificate = text === '' ? undefined : parseCertificate(Buffer.from(text.replace(/\s/g, ''), 'base64'));
  return certificate ? [certificate] : [];
}

const textOf = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

function textsOf(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
