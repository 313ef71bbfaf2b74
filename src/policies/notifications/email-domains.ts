import type { FieldProblem } from '../../kernel/field-problem.js';
import { isJsonObject, type JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import { placesAt } from '../../platform/managed/places.js';
import type { Refusal } from '../../platform/managed/rejection.js';
import type { ManagedResource, Others, Rule } from '../../platform/managed/resource.js';
import { atMost, checked, immutable, owns, unique } from '../../platform/managed/rules.js';
import type { StoredDocument } from '../../platform/model.js';

export const EMAIL_DOMAIN = 'emailDomain';
export const TRUSTED_EMAIL = 'trustedEmail';
/** Public API documentation: *Trusted Email Domains*, *Trusted Email Addresses*. */
const MOST_DOMAINS = 50;
const MOST_ADDRESSES = 10;

/** Labels of letters, digits and hyphens, two or more; the last is no number, so that no IP address fits (RFC 1123 §2.1). */
const DOMAIN = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/** Members of a stored domain or address that are not shown as they are stored. */
export const UNSHOWN_OF_DOMAIN: readonly string[] = ['proofs'];
export const UNSHOWN_OF_ADDRESS: readonly string[] = ['verification'];

/** Values that whoever owns a domain publishes. Drawn for one domain of one environment: another environment's prove nothing here. */
export interface DomainProofs {
  /** That the domain is its owner's. */
  readonly ownership: string;
  /** That mail of this environment may bear any address of it. */
  readonly environment: string;
  /** Names of the keys that mail is signed with. */
  readonly dkim: readonly string[];
}

/**
 * Domains in whose name an environment may send mail, once it has shown that they are its own (public SDK: `TrustedEmailDomainsApi`).
 * `proofs` are those of one that is to be made.
 */
export function emailDomains(proofs?: DomainProofs): ManagedResource {
  return {
    kind: EMAIL_DOMAIN,
    schema: Type.Object({ domainName: Type.String({ minLength: 2, maxLength: 253 }) }),
    noun: 'EMAIL_DOMAIN',
    rules: [
      checked(({ domainName }): readonly FieldProblem[] =>
        DOMAIN.test(String(domainName))
          ? []
          : [{ problem: 'invalid', target: 'domainName', message: 'must be a domain name' }],
      ),
      unique(EMAIL_DOMAIN, 'domainName', 'caseless'),
      atMost(EMAIL_DOMAIN, MOST_DOMAINS),
      staysWhileNamed((domain, others) => others.of(TRUSTED_EMAIL, domain.id).map(addressIn)),
      owns(TRUSTED_EMAIL),
      { completes: ({ document }) => (proofs ? { ...document, proofs: { ...proofs } } : document) },
    ],
  };
}

/** Addresses of such a domain that mail may be from (public SDK: `TrustedEmailAddressesApi`); `own`: what the server says of a new one. */
export function trustedEmails(own: JsonObject = {}): ManagedResource {
  return {
    kind: TRUSTED_EMAIL,
    schema: Type.Object({ emailAddress: Type.String({ minLength: 5, maxLength: 254 }) }),
    noun: 'TRUSTED_EMAIL',
    rules: [
      immutable('emailAddress'),
      atMost(TRUSTED_EMAIL, MOST_ADDRESSES),
      staysWhileNamed((address) => [addressIn(address)]),
      { completes: ({ document }) => ({ ...document, ...own }) },
    ],
  };
}

/** What a domain's owner publishes. Throws when the document is none that a domain has. */
export function proofsOf({ id, body }: StoredDocument): DomainProofs {
  const { ownership, environment, dkim } = isJsonObject(body['proofs']) ? body['proofs'] : {};
  if (typeof ownership !== 'string' || typeof environment !== 'string' || !Array.isArray(dkim))
    throw new TypeError(`e-mail domain ${id} does not decode`);
  return { ownership, environment, dkim: dkim.map(String) };
}

/** Whether mail may be from an address: one of these, whatever its case. */
export function trusts(addresses: readonly StoredDocument[], address: string): boolean {
  return addresses.some((stored) => stored.body['status'] === 'ACTIVE' && addressIn(stored) === address.toLowerCase());
}

const addressIn = ({ body }: StoredDocument): string => String(body['emailAddress']).toLowerCase();

/** Where settings and contents name a sender. */
const SENDERS = ['from.address', 'replyTo.address'] as const;
const NAMING = ['notificationsSettings', 'templateContent'] as const;

/** What mail still is from cannot go: it would go on being sent in that name. */
function staysWhileNamed(addressesOf: (stored: StoredDocument, others: Others) => readonly string[]): Rule {
  return {
    reads: ({ document }) => (document ? [] : [{ kind: TRUSTED_EMAIL }, ...NAMING.map((kind) => ({ kind }))]),
    keeps(stored, others): Refusal | undefined {
      const gone = addressesOf(stored, others);
      const by = NAMING.flatMap((kind) => others.of(kind)).filter(({ body }) =>
        SENDERS.some((place) => placesAt(body, place).some(({ value }) => gone.includes(String(value).toLowerCase()))),
      );
      return by.length > 0 ? { rule: 'StillReferenced', by: by.map(({ id }) => id) } : undefined;
    },
  };
}
