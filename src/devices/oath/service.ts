import type { Requester } from '../../audit/record.js';
import type { Refusals } from '../../audit/refusals.js';
import { createTrail } from '../../audit/trail.js';
import type { EventSink } from '../../events.js';
import type { Digests, Vault } from '../../kernel/keys.js';
import { accept, type Outcome, reject } from '../../kernel/outcome.js';
import type { Random } from '../../kernel/random.js';
import { createCursors, type Listing, type ListRequest, listPage } from '../../platform/listing.js';
import type { EnvironmentId, UserId } from '../../platform/model.js';
import type { Plan, Snapshot, Store } from '../../storage/port.js';
import { isLapsed } from '../eligibility.js';
import { createOathToken, type OathTokenDecision, resyncOathToken, revokeOathToken } from './decide.js';
import type { OathTokenRejection } from './rejection.js';
import { planForRoom } from './room.js';
import { type NewToken, newOathToken, type OathToken, type OathTokenId } from './token.js';

export interface OathTokenDependencies {
  readonly store: Pick<Store, 'load' | 'transact' | 'oathTokens'>;
  readonly random: Pick<Random, 'uuid'>;
  readonly digests: Pick<Digests, 'cursor'>;
  readonly vault: Pick<Vault, 'open'>;
  readonly events: EventSink;
  readonly refusals?: Refusals;
}

type Result<T> = Promise<Outcome<T, OathTokenRejection>>;

/** Hardware tokens of an environment (`20` §9): each change is durable when it settles, and on record as done `by` whom. */
export interface OathTokenService {
  create(environmentId: EnvironmentId, token: NewToken, by?: Requester): Result<OathToken>;
  list(environmentId: EnvironmentId, request: ListRequest): Result<Listing<OathToken>>;
  read(environmentId: EnvironmentId, id: OathTokenId): Result<OathToken>;
  /** `undefined`: there is none. */
  findBySerialNumber(environmentId: EnvironmentId, serialNumber: string): Result<OathToken | undefined>;
  /** The pairing, unless the device that it names is gone. */
  standingPairing(token: OathToken): Promise<OathToken['device']>;
  revoke(environmentId: EnvironmentId, id: OathTokenId, by?: Requester): Result<undefined>;
  /** With `userId`: of the token as that user's. */
  resync(
    environmentId: EnvironmentId,
    id: OathTokenId,
    otps: readonly string[],
    userId?: UserId,
    by?: Requester,
  ): Result<OathToken>;
}

/** A pairing that changes again and again while it is asked for: nobody does that but to try. */
const TRIES = 3;

export function createOathTokenService(dependencies: OathTokenDependencies): OathTokenService {
  const { store, random, digests, vault } = dependencies;
  const trail = createTrail(dependencies);
  const cursors = createCursors(digests);

  async function load(environmentId: EnvironmentId, id: OathTokenId): Promise<Snapshot> {
    return store.load({ environmentId, oathTokens: [{ id }] });
  }

  /** Decides with the user loaded whom the token is paired with. */
  async function withOwner<T>(
    environmentId: EnvironmentId,
    id: OathTokenId,
    by: Requester | undefined,
    decide: (snapshot: Snapshot) => OathTokenDecision<T>,
  ): Result<T> {
    for (let tried = 1; ; tried++) {
      const [token] = (await load(environmentId, id)).oathTokens ?? [];
      const owner = token?.device?.userId;
      const plan: Plan = { environmentId, oathTokens: [{ id }], ...(owner === undefined ? {} : { user: owner }) };
      const outcome = await trail.transact(plan, by, decide);
      if (outcome.ok || outcome.rejection.kind !== 'PairingMoved' || tried === TRIES) return outcome;
    }
  }

  return {
    async create(environmentId, terms, by) {
      const { count = 0 } = await store.oathTokens(environmentId, { limit: 1 });
      const token = newOathToken({ id: random.uuid(), environmentId }, terms);
      const { serialNumber } = token;
      const plan = { environmentId, oathTokens: [{ serialNumber }], ...planForRoom(count) };
      return trail.transact(plan, by, (snapshot) => createOathToken(snapshot, token));
    },
    async list(environmentId, request) {
      const { environment } = await store.load({ environmentId });
      if (!environment) return reject({ kind: 'EnvironmentNotFound', environmentId });
      return listPage(cursors, ['oathTokens', environmentId], request, (page) => store.oathTokens(environmentId, page));
    },
    async read(environmentId, id) {
      const { environment, oathTokens: [token] = [] } = await load(environmentId, id);
      if (!environment) return reject({ kind: 'EnvironmentNotFound', environmentId });
      return token ? accept(token) : reject({ kind: 'TokenNotFound' });
    },
    async findBySerialNumber(environmentId, serialNumber) {
      const { environment, oathTokens } = await store.load({ environmentId, oathTokens: [{ serialNumber }] });
      return environment ? accept(oathTokens?.[0]) : reject({ kind: 'EnvironmentNotFound', environmentId });
    },
    async standingPairing({ environmentId, device }) {
      if (!device) return undefined;
      const { devices, now } = await store.load({ environmentId, user: device.userId });
      return devices.some((one) => one.id === device.deviceId && !isLapsed(one, now)) ? device : undefined;
    },
    revoke: (environmentId, id, by) => withOwner(environmentId, id, by, (snapshot) => revokeOathToken(snapshot, id)),
    async resync(environmentId, id, otps, userId, by) {
      if (userId !== undefined) {
        const { environment, oathTokens: [token] = [] } = await load(environmentId, id);
        if (!environment) return reject({ kind: 'EnvironmentNotFound', environmentId });
        if (token?.device?.userId !== userId) return reject({ kind: 'TokenNotFound' });
      }
      return withOwner(environmentId, id, by, (snapshot) =>
        resyncOathToken(snapshot, { id, otps }, (value) => vault.open(value)),
      );
    },
  };
}
