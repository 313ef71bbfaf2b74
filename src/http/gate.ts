import type { Millis } from '../kernel/clock.js';
import { type WireError, wireError } from './errors.js';
import { ENVIRONMENT_PARAMETER } from './operations.js';
import type { Admission } from './request.js';
import { TokenBuckets } from './token-buckets.js';

/** What one process takes; a rate of 0 is none. */
export interface GateLimits {
  /** Requests per second, client and environment. */
  readonly clientRate: number;
  /** Device authentications started per second, client and environment (SEC-87). */
  readonly flowRate: number;
  /** Requests being worked on. */
  readonly atOnce: number;
  /** Of them, for one environment; 0 to 1. */
  readonly tenantShare: number;
}

/** Routes that stand in one queue. A flood of one class leaves room for the others (SEC-85). */
type RouteClass = 'authentication' | 'management' | 'public' | 'page';

/** The part of `atOnce` that a class may take. */
const SHARES: Readonly<Record<RouteClass, number>> = {
  authentication: 1,
  management: 1 / 2,
  public: 1 / 8,
  page: 1 / 8,
};
const FLOW_CREATIONS: ReadonlySet<string> = new Set([
  'deviceAuthentication.create',
  'deviceAuthentication.payload.check',
]);

/** A request that is being worked on. */
export interface Entry {
  readonly kind: 'entry';
  readonly routeClass: RouteClass;
  readonly environment: string | undefined;
}

/**
 * Admission (`design.md` §12): who comes too often, or on top of what the process works on already, is told so at once and with
 * `Retry-After` (SEC-85). What each check comes before is said at the check. Requests that wait for their token to be looked up, or for
 * their body to arrive, are inside of nothing yet: connections and the time of a request bound them (`limits.ts`).
 */
export interface Gate {
  /** Whether nobody else is let in: asked first, before the token, because a refusal must cost less than an answer. */
  isFull(): boolean;
  /** Rates of the client, once its token is verified and before its body is read. `now` is monotonic. */
  tooOften(admission: Admission, now: Millis): WireError | undefined;
  /** A place for a request whose body is there, before it is parsed and costs a queue or the database; given back by `leave`. */
  enter(admission: Admission): Entry | WireError;
  leave(entry: Entry): void;
  /** The rate of an address that asks for pages: nobody there says who they are (SEC-85). */
  tooOftenFrom(address: string, now: Millis): WireError | undefined;
  /** A place for such a page, as `enter` gives one. */
  enterPage(): Entry | WireError;
}

/** For requests that come on top: the server is there, and busy. */
export const overloaded = (): WireError => wireError('UNAVAILABLE', undefined, { headers: { 'retry-after': '1' } });

/** The documented refusal (wire: `00` §4.8). */
export function requestLimited(wait: Millis): WireError {
  const seconds = Math.max(1, Math.ceil(wait / 1000));
  return wireError('REQUEST_LIMITED', [{ code: 'LIMIT_EXCEEDED', message: 'Too many requests. Try again later.' }], {
    headers: { 'retry-after': String(seconds) },
  });
}

export function createGate({ clientRate, flowRate, atOnce, tenantShare }: GateLimits): Gate {
  const requests = new TokenBuckets(clientRate);
  const addresses = new TokenBuckets(clientRate);
  const flows = new TokenBuckets(flowRate);
  const inside: Record<RouteClass, number> = { authentication: 0, management: 0, public: 0, page: 0 };
  const tenants = new Map<string, number>();
  const ofTenant = Math.max(1, Math.floor(atOnce * tenantShare));
  let all = 0;

  function place(routeClass: RouteClass, environment: string | undefined): Entry | WireError {
    if (all >= atOnce || inside[routeClass] >= atOnce * SHARES[routeClass]) return overloaded();
    if (environment !== undefined) {
      const taken = tenants.get(environment) ?? 0;
      if (taken >= ofTenant) return requestLimited(0);
      tenants.set(environment, taken + 1);
    }
    all += 1;
    inside[routeClass] += 1;
    return { kind: 'entry', routeClass, environment };
  }

  return {
    isFull: () => all >= atOnce,

    tooOften({ operation, actor, params }, now) {
      const startsFlow = flows.isLimited && FLOW_CREATIONS.has(operation.route.id);
      if (!actor || !(requests.isLimited || startsFlow)) return undefined;
      const { applicationId: client } = actor;
      const environment = operation.parameters[0] === ENVIRONMENT_PARAMETER ? (params[0] ?? '') : '';
      const wait = requests.take(client, environment, now) || (startsFlow ? flows.take(client, environment, now) : 0);
      return wait > 0 ? requestLimited(wait) : undefined;
    },

    enter({ operation, params }) {
      const { permission } = operation.route;
      const routeClass: RouteClass =
        permission === 'deviceAuthentications:use'
          ? 'authentication'
          : permission === 'public'
            ? 'public'
            : 'management';
      const isShared = tenantShare < 1 && operation.parameters[0] === ENVIRONMENT_PARAMETER;
      return place(routeClass, isShared ? params[0] : undefined);
    },

    leave({ routeClass, environment }) {
      all -= 1;
      inside[routeClass] -= 1;
      if (environment === undefined) return;
      const left = (tenants.get(environment) ?? 1) - 1;
      if (left > 0) tenants.set(environment, left);
      else tenants.delete(environment);
    },

    tooOftenFrom(address, now) {
      const wait = addresses.take(address, '', now);
      return wait > 0 ? requestLimited(wait) : undefined;
    },

    enterPage: () => place('page', undefined),
  };
}
