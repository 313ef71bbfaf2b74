import { charged, judge, lockOf, spent } from '../accounts/code.js';
import type { AuditEvent } from '../audit/record.js';
import type { Told } from '../audit/trail.js';
import { type EmailAddress, parseEmail } from '../devices/sending/contact.js';
import type { Uuid } from '../kernel/ids.js';
import { isJsonObject, type JsonObject } from '../kernel/json.js';
import type { Digests } from '../kernel/keys.js';
import { accept, reject, unreachable } from '../kernel/outcome.js';
import { putDocument } from '../platform/managed/decide.js';
import type { EnvironmentId, StoredDocument } from '../platform/model.js';
import type { CodeCount } from '../platform/users/user-code.js';
import { EMAIL_DOMAIN, TRUSTED_EMAIL, trustedEmails } from '../policies/notifications/email-domains.js';
import type { Decision, Snapshot, Write } from '../storage/port.js';
import type { SenderRejection } from './rejection.js';
import { bindingAt, type SendFacts, sendCode } from './send.js';

export type SenderDecision<T> = Decision<Told<T, SenderRejection>>;

/** Whose address: of a domain, in an environment. */
export interface AddressPlace {
  readonly environmentId: EnvironmentId;
  readonly domainId: Uuid;
  readonly id: Uuid;
}

/** What the owner of a domain has published. */
export interface ProvedDomain {
  /** Whose domain it is. */
  readonly ownership: boolean;
  /** That this environment may send for all of it. */
  readonly environment: boolean;
}

/** An address, and whether it was there before. */
export interface TrustedAddress {
  readonly stored: StoredDocument;
  readonly isNew: boolean;
}

const refuse = (rejection: SenderRejection, events: readonly AuditEvent[] = []) => ({
  writes: [],
  outcome: { result: reject(rejection), events },
});

/**
 * Takes a new address of a domain: active at once where the domain is the environment's by a record of its own, else once the code that
 * goes to it comes back. One that is there already is left as it is (public API documentation: *Create Trusted Email Address*).
 */
export function createAddress(
  snapshot: Snapshot,
  place: AddressPlace,
  document: JsonObject,
  proved: ProvedDomain,
  facts: SendFacts,
): SenderDecision<TrustedAddress> {
  const { environment, documents } = snapshot;
  const { environmentId, domainId, id } = place;
  if (!environment) return refuse({ kind: 'EnvironmentNotFound', environmentId });
  const domain = documents.find((stored) => stored.kind === EMAIL_DOMAIN && stored.id === domainId);
  if (!domain) return refuse({ kind: 'NotFound' });
  if (!proved.ownership && !proved.environment) return refuse({ kind: 'DomainUnproved' });
  const address = parseEmail(String(document['emailAddress']));
  if (!address || !isOf(domain, address)) return refuse(NOT_OF_THE_DOMAIN);
  const present = addressesIn(snapshot, domainId).find(
    ({ body }) => String(body['emailAddress']).toLowerCase() === address.toLowerCase(),
  );
  if (present) return { writes: [], outcome: { result: accept({ stored: present, isNew: false }), events: [] } };

  const sent = proved.environment ? undefined : sendCode(snapshot, { place, address, codes: NO_CODES }, facts);
  if (sent?.kind === 'needs') return { needs: sent.needs };
  if (sent?.kind === 'refused') return refuse(sent.rejection, sent.events);
  const own = sent ? { status: 'VERIFICATION_REQUIRED', verification: asJson(sent.codes) } : { status: 'ACTIVE' };
  const { writes, outcome } = putDocument(trustedEmails(own), snapshot, {
    environmentId,
    id,
    parent: domainId,
    document,
    as: 'create',
  });
  if (!outcome.ok) return refuse(outcome.rejection);
  return {
    writes: [...writes, ...(sent?.writes ?? [])],
    outcome: {
      result: accept({ stored: outcome.value, isNew: true }),
      events: [{ type: 'TRUSTED_EMAIL.CREATED', environmentId, detail: { id } }, ...(sent?.events ?? [])],
    },
  };
}

/** Sends another code; the one before is dead (SEC-06), and the count of wrong ones goes on (SEC-12). */
export function resendCode(snapshot: Snapshot, place: AddressPlace, facts: SendFacts): SenderDecision<StoredDocument> {
  const found = findPending(snapshot, place);
  if (!found.ok) return refuse(found.rejection);
  const { stored, address, codes } = found.value;
  const lock = lockOf(codes, snapshot.now);
  if (lock) return refuse(lock);
  const sent = sendCode(snapshot, { place, address, codes }, facts);
  if (sent.kind === 'needs') return { needs: sent.needs };
  if (sent.kind === 'refused') return refuse(sent.rejection, sent.events);
  const next = withCodes(stored, sent.codes, snapshot.now);
  return {
    writes: [put(next), ...sent.writes],
    outcome: { result: accept(next), events: sent.events },
  };
}

/** A right code makes the address one that mail may be from. A wrong one counts, whatever is decided beside it (SEC-10, SEC-11). */
export function activate(
  snapshot: Snapshot,
  place: AddressPlace,
  submitted: string,
  digests: Digests,
): SenderDecision<StoredDocument> {
  const found = findPending(snapshot, place);
  if (!found.ok) return refuse(found.rejection);
  const { stored, address, codes } = found.value;
  const { now } = snapshot;
  const terms = { bindingAt: bindingAt(place, address, digests), epoch: 0, now, digests };
  const judgement = judge(codes, submitted, terms);
  const { environmentId, id } = place;
  switch (judgement.kind) {
    case 'refused':
      return refuse(judgement.rejection);
    case 'wrong': {
      const { codes: next, attemptsLeft } = charged(codes, now);
      const type = attemptsLeft > 0 ? 'OTP.CHECK_INVALID' : 'OTP.CHECK_FAILED';
      const detail = { use: 'trustedEmail', ...(judgement.isReplay ? { replayed: true } : {}) };
      return {
        writes: [put(withCodes(stored, next, now))],
        outcome: { result: reject({ kind: 'CodeWrong', attemptsLeft }), events: [{ type, environmentId, detail }] },
      };
    }
    case 'right': {
      const spentCodes = withCodes(stored, spent(codes), now);
      const next: StoredDocument = { ...spentCodes, body: { ...spentCodes.body, status: 'ACTIVE' } };
      const event: AuditEvent = { type: 'TRUSTED_EMAIL.ACTIVE', environmentId, detail: { id } };
      return { writes: [put(next)], outcome: { result: accept(next), events: [event] } };
    }
    default:
      return unreachable(judgement);
  }
}

/** Nothing was sent yet. */
const NO_CODES: CodeCount = { sends: 0, failures: 0 };

const NOT_OF_THE_DOMAIN: SenderRejection = {
  kind: 'InvalidDocument',
  problems: [{ problem: 'invalid', target: 'emailAddress', message: 'must be an e-mail address of the domain' }],
};

function isOf({ body }: StoredDocument, address: EmailAddress): boolean {
  return address.slice(address.lastIndexOf('@') + 1) === String(body['domainName']).toLowerCase();
}

function addressesIn({ documents }: Snapshot, domainId: Uuid): readonly StoredDocument[] {
  return documents.filter(({ kind, parent }) => kind === TRUSTED_EMAIL && parent === domainId);
}

/** The address that a code is for. */
function findPending(snapshot: Snapshot, { environmentId, domainId, id }: AddressPlace) {
  if (!snapshot.environment) return reject({ kind: 'EnvironmentNotFound', environmentId } as const);
  const stored = addressesIn(snapshot, domainId).find((each) => each.id === id);
  if (!stored) return reject({ kind: 'NotFound' } as const);
  const address = parseEmail(String(stored.body['emailAddress']));
  const { verification } = stored.body;
  if (stored.body['status'] === 'ACTIVE' || !address) return reject({ kind: 'AlreadyActive' } as const);
  return accept({ stored, address, codes: codesIn(verification) });
}

/** Written by `asJson`, and read by nobody else. */
const codesIn = (verification: unknown): CodeCount =>
  isJsonObject(verification) ? (verification as unknown as CodeCount) : NO_CODES;
const asJson = (codes: CodeCount): JsonObject => codes as unknown as JsonObject;

function withCodes(stored: StoredDocument, codes: CodeCount, now: number): StoredDocument {
  return {
    ...stored,
    body: { ...stored.body, verification: asJson(codes) },
    updatedAt: Math.max(now, stored.updatedAt),
  };
}

const put = (value: StoredDocument): Write => ({ kind: 'put', entity: 'document', value });
