import type { Requester } from '../audit/record.js';
import type { Refusals } from '../audit/refusals.js';
import { createTrail } from '../audit/trail.js';
import type { Deployment } from '../devices/eligibility.js';
import type { EventSink } from '../events.js';
import type { Clock } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import type { JsonObject } from '../kernel/json.js';
import type { Digests } from '../kernel/keys.js';
import { accept, type Outcome } from '../kernel/outcome.js';
import type { Random } from '../kernel/random.js';
import { DRAWN_DIGITS } from '../otp/code.js';
import type { ManagedRejection } from '../platform/managed/rejection.js';
import type { ManagedService } from '../platform/managed/service.js';
import type { EnvironmentId, StoredDocument } from '../platform/model.js';
import {
  type DomainProofs,
  EMAIL_DOMAIN,
  emailDomains,
  TRUSTED_EMAIL,
} from '../policies/notifications/email-domains.js';
import type { Plan, Store } from '../storage/port.js';
import {
  type AddressPlace,
  activate,
  createAddress,
  type ProvedDomain,
  resendCode,
  type TrustedAddress,
} from './decide.js';
import {
  type DomainRecord,
  dkimRecords,
  isPublished,
  leadsTo,
  nameOf,
  ownershipRecords,
  permitsSending,
  type RecordStatus,
  spfRecord,
  statusOf,
} from './records.js';
import type { SenderRejection } from './rejection.js';
import type { SendFacts } from './send.js';

/** What the names of domains say of themselves. Rejects never: what does not answer says nothing. */
export interface DomainNames {
  txt(name: string): Promise<readonly string[]>;
  cname(name: string): Promise<readonly string[]>;
}

/** A record, and whether it is there. */
export interface SeenRecord extends DomainRecord {
  readonly status: RecordStatus;
}

type Result<T> = Promise<Outcome<T, SenderRejection>>;

/** In whose name an environment's mail may be sent (public SDK: `TrustedEmailDomainsApi`, `TrustedEmailAddressesApi`). */
export interface SenderService {
  /** The documents; a domain that is created is given what proves it. */
  readonly domains: ManagedService;
  ownership(
    environmentId: EnvironmentId,
    domainId: Uuid,
  ): Result<{ readonly [K in 'ownership' | 'environment']: SeenRecord } & { readonly region: string }>;
  spf(environmentId: EnvironmentId, domainId: Uuid): Result<SeenRecord>;
  dkim(
    environmentId: EnvironmentId,
    domainId: Uuid,
  ): Result<{ readonly records: readonly DomainRecord[]; readonly status: RecordStatus; readonly region: string }>;
  createAddress(
    environmentId: EnvironmentId,
    domainId: Uuid,
    document: JsonObject,
    by?: Requester,
  ): Result<TrustedAddress>;
  resend(place: AddressPlace, by?: Requester): Result<StoredDocument>;
  activate(place: AddressPlace, code: string, by?: Requester): Result<StoredDocument>;
}

export interface SenderParts {
  readonly store: Pick<Store, 'load' | 'transact'>;
  readonly managed: ManagedService;
  readonly names: DomainNames;
  /** The SPF record by which a domain lets the operator's mail relay send for it. */
  readonly spf: string;
  readonly random: Pick<Random, 'bytes' | 'digits' | 'uuid' | 'timeOrderedUuid'>;
  readonly clock: Clock;
  readonly digests: Digests;
  readonly deployment: Deployment;
  readonly events: EventSink;
  readonly refusals?: Refusals;
}

/** Bytes of a value that proves something, and of the name of a key. */
const PROOF_BYTES = 32;
const DKIM_BYTES = 16;
const DKIM_KEYS = 3;

export function createSenderService(parts: SenderParts): SenderService {
  const { store, managed, names, random, clock, digests, deployment } = parts;
  const trail = createTrail(parts);

  const newProofs = (): DomainProofs => ({
    ownership: random.bytes(PROOF_BYTES).toString('base64'),
    environment: random.bytes(PROOF_BYTES).toString('base64'),
    dkim: Array.from({ length: DKIM_KEYS }, () => random.bytes(DKIM_BYTES).toString('hex')),
  });
  const sendFacts = (): SendFacts => ({
    digits: random.digits(DRAWN_DIGITS),
    messageId: random.timeOrderedUuid(clock.now()),
    digests,
    deployment,
  });

  /** A domain, with the name of the region that its mail is sent from. */
  const read = (environmentId: EnvironmentId, domainId: Uuid): Promise<Outcome<StoredDocument, ManagedRejection>> =>
    managed.read(emailDomains(), { environmentId }, domainId);
  const regionOf = async (environmentId: EnvironmentId): Promise<string> =>
    (await store.load({ environmentId })).environment?.region.toLowerCase() ?? '';

  const isThere = async (domain: StoredDocument, record: DomainRecord): Promise<boolean> =>
    isPublished(record, await names.txt(nameOf(record, domain.body['domainName'])));

  async function provedIn(domain: StoredDocument): Promise<ProvedDomain> {
    const records = ownershipRecords(domain);
    const [ownership, environment] = await Promise.all([
      isThere(domain, records.ownership),
      isThere(domain, records.environment),
    ]);
    return { ownership, environment };
  }

  const planOf = ({ environmentId, domainId }: Omit<AddressPlace, 'id'>): Plan => ({
    environmentId,
    documents: [
      { kind: EMAIL_DOMAIN, id: domainId },
      { kind: TRUSTED_EMAIL, parent: domainId },
    ],
  });

  return {
    domains: {
      ...managed,
      create: (_, place, document, by) => managed.create(emailDomains(newProofs()), place, document, by),
    },

    async ownership(environmentId, domainId) {
      const found = await read(environmentId, domainId);
      if (!found.ok) return found;
      const [records, proved] = [ownershipRecords(found.value), await provedIn(found.value)];
      return accept({
        ownership: { ...records.ownership, status: statusOf(proved.ownership) },
        environment: { ...records.environment, status: statusOf(proved.environment) },
        region: await regionOf(environmentId),
      });
    },

    async spf(environmentId, domainId) {
      const found = await read(environmentId, domainId);
      if (!found.ok) return found;
      const record = spfRecord(parts.spf);
      const texts = await names.txt(nameOf(record, found.value.body['domainName']));
      return accept({ ...record, status: statusOf(permitsSending(record, texts)) });
    },

    async dkim(environmentId, domainId) {
      const found = await read(environmentId, domainId);
      if (!found.ok) return found;
      const records = dkimRecords(found.value);
      const { domainName } = found.value.body;
      const seen = await Promise.all(
        records.map(async (record) => leadsTo(record, await names.cname(nameOf(record, domainName)))),
      );
      return accept({ records, status: statusOf(seen.every(Boolean)), region: await regionOf(environmentId) });
    },

    async createAddress(environmentId, domainId, document, by) {
      const found = await read(environmentId, domainId);
      if (!found.ok) return found;
      // A domain's proofs stay as they were drawn: what was seen of it holds for the domain that the unit loads.
      const proved = await provedIn(found.value);
      const facts = sendFacts();
      const place = { environmentId, domainId, id: random.uuid() };
      return trail.transact(planOf(place), by, (snapshot) => createAddress(snapshot, place, document, proved, facts));
    },

    resend(place, by) {
      const facts = sendFacts();
      return trail.transact(planOf(place), by, (snapshot) => resendCode(snapshot, place, facts));
    },

    activate: (place, code, by) =>
      trail.transact(planOf(place), by, (snapshot) => activate(snapshot, place, code, digests)),
  };
}
