import type { Instant } from '../../kernel/clock.js';
import { type Digests, equalDigests } from '../../kernel/keys.js';
import type { EnvironmentId, UserId } from '../../platform/model.js';
import type { DeviceAuthenticationPolicy, PolicyId } from '../../policies/model.js';
import type { DeviceId } from '../model.js';

/**
 * A browser that a relying party has had remembered (wire: `20` §16). Not an MFA method: it has no place among the user's devices,
 * neither in their number nor in their order.
 */
export interface RememberedBrowser {
  readonly id: DeviceId;
  readonly environmentId: EnvironmentId;
  readonly userId: UserId;
  readonly version: number;
  /** The policy that it was remembered under; no other is satisfied by it. */
  readonly policyId: PolicyId;
  /** Of the token in the cookie, never the token itself. */
  readonly digest: string;
  /** Created within a session: whoever presents the cookie names that session too. Its id is in the digest and nowhere else. */
  readonly hasSession: boolean;
  readonly nickname?: string;
  readonly createdAt: Instant;
  /** By the policy's life time when it was created. */
  readonly expiresAt: Instant;
}

/** Of one user; the oldest make room. No source names a limit; without one, rows would pile up for 90 days. */
export const MAX_REMEMBERED_BROWSERS = 50;
/** 256 random bits (`20` §16): nothing that could be guessed, so wrong ones are not counted. */
export const BROWSER_TOKEN_BYTES = 32;

/** What a browser presents: the contents of its cookie. */
export interface PresentedBrowser {
  readonly id: DeviceId;
  readonly token: string;
}

/** What the digest binds a token to: presented anywhere else, by or for anybody else, it is a wrong one. */
type Binding = Pick<RememberedBrowser, 'id' | 'environmentId' | 'userId' | 'policyId'>;

/** Keyed digest of a token in its place; with `like`, under the key of that digest. */
export function digestBrowserToken(
  { id, environmentId, userId, policyId }: Binding,
  token: string,
  sessionId: string | undefined,
  digests: Digests,
  like?: string,
): string {
  return digests.code([environmentId, id, userId, policyId, 'browser', sessionId ?? '', token], like);
}

/** Why a browser is not recognised; for the records only, the peer is told one thing for all of them. */
export type BrowserProblem = 'EXPIRED' | 'POLICY' | 'SESSION' | 'TOKEN';

export interface BrowserClaim {
  readonly token: string;
  /** Without meaning for a browser that was created without a session. */
  readonly sessionId: string | undefined;
  readonly policy: Pick<DeviceAuthenticationPolicy, 'id' | 'remembersFor'>;
  readonly now: Instant;
}

/**
 * Whether the browser is the one it was. Absent: it is. It never outlives its policy: a life time that was cut since counts from the
 * browser's creation, and a longer one adds nothing to it.
 */
export function browserProblem(
  browser: RememberedBrowser,
  { token, sessionId, policy, now }: BrowserClaim,
  digests: Digests,
): BrowserProblem | undefined {
  const { createdAt, expiresAt, hasSession, policyId, digest } = browser;
  if (policyId !== policy.id || policy.remembersFor === undefined) return 'POLICY';
  if (now >= Math.min(expiresAt, createdAt + policy.remembersFor)) return 'EXPIRED';
  if (hasSession && sessionId === undefined) return 'SESSION';
  const presented = digestBrowserToken(browser, token, hasSession ? sessionId : undefined, digests, digest);
  return equalDigests(presented, digest) ? undefined : 'TOKEN';
}

/** Past its time it is as good as deleted, whether or not the sweeper has been by. */
export function isPast({ expiresAt }: Pick<RememberedBrowser, 'expiresAt'>, now: Instant): boolean {
  return now >= expiresAt;
}
