import type { Json } from '../kernel/json.js';
import type { StoredDocument } from '../platform/model.js';
import { proofsOf } from '../policies/notifications/email-domains.js';

/** The names under which proofs are published, below the domain, as released clients compare them (public Terraform provider). */
const OWNERSHIP_NAME = '_amazonses';
const ENVIRONMENT_NAME = '_pingoneemail';
const DKIM_NAME = '_domainkey';
/** Where the reference's signing keys are. */
const DKIM_HOST = 'dkim.amazonses.com';

/** Whether a record is there. */
export type RecordStatus = 'ACTIVE' | 'VERIFICATION_REQUIRED';

/** A record that the owner of a domain publishes. */
export interface DomainRecord {
  /** Below the domain; `@`: the domain itself. */
  readonly key: string;
  readonly value: string;
}

/** The records by which a domain, and its place in this environment, is shown to be its owner's. */
export function ownershipRecords(domain: StoredDocument): {
  readonly [K in 'ownership' | 'environment']: DomainRecord;
} {
  const { ownership, environment } = proofsOf(domain);
  return {
    ownership: { key: OWNERSHIP_NAME, value: ownership },
    environment: { key: ENVIRONMENT_NAME, value: environment },
  };
}

export function dkimRecords(domain: StoredDocument): readonly DomainRecord[] {
  return proofsOf(domain).dkim.map((token) => ({ key: `${token}.${DKIM_NAME}`, value: `${token}.${DKIM_HOST}` }));
}

export const spfRecord = (text: string): DomainRecord => ({ key: '@', value: text });

/** The name that is looked up for a record. */
export function nameOf({ key }: DomainRecord, domainName: Json | undefined): string {
  return key === '@' ? String(domainName) : `${key}.${String(domainName)}`;
}

/** TXT records are compared to the letter. */
export const isPublished = ({ value }: DomainRecord, texts: readonly string[]): boolean => texts.includes(value);

/** Host names have no case, and may end in a dot. */
export const leadsTo = ({ value }: DomainRecord, targets: readonly string[]): boolean =>
  targets.some((target) => target.toLowerCase().replace(/\.$/, '') === value);

/**
 * Whether a domain lets whoever the record names send for it: it has one SPF record (RFC 7208 §4.5), which has every mechanism of this
 * one; what it says of everybody else is its owner's matter.
 */
export function permitsSending({ value }: DomainRecord, texts: readonly string[]): boolean {
  const [published, another] = texts.map(termsOf).filter(([version]) => version === SPF_VERSION);
  if (!published || another) return false;
  return termsOf(value).every((term) => /^[-~?+]?all$/.test(term) || published.includes(term));
}

const SPF_VERSION = 'v=spf1';
const termsOf = (text: string): readonly string[] => text.trim().toLowerCase().split(/ +/);

export const statusOf = (isThere: boolean): RecordStatus => (isThere ? 'ACTIVE' : 'VERIFICATION_REQUIRED');
