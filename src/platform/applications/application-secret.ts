import type { Instant } from '../../kernel/clock.js';
import { isJsonObject, type JsonObject } from '../../kernel/json.js';
import { Redacted } from '../../kernel/sealed.js';

/** What is sealed beside an application: what it proves itself by, and its members that are never shown (wire: `00` §9.2, §9.3). */
export interface ApplicationSecrets {
  readonly current?: string;
  /** Absent: the current one is good until it is replaced. */
  readonly currentUntil?: Instant;
  /** Good beside the current one until then. */
  readonly previous?: { readonly secret: string; readonly expiresAt: Instant };
  /** By their dotted paths, as `managed/secrets.ts` takes them out. */
  readonly members?: JsonObject;
}

/** As it is sealed. */
export function sealable(secrets: ApplicationSecrets): Redacted<string> {
  return new Redacted(JSON.stringify({ application: secrets }));
}

/** Reads it back; what is not of this form is the secret of an application from before there was more to seal. */
export function readApplicationSecrets(text: string): ApplicationSecrets {
  const parsed = asJson(text);
  const own = isJsonObject(parsed) ? parsed['application'] : undefined;
  if (!isJsonObject(own)) return { current: text };
  const { current, currentUntil, previous, members } = own;
  return {
    ...(typeof current === 'string' ? { current } : {}),
    ...(typeof currentUntil === 'number' ? { currentUntil } : {}),
    ...(isPrevious(previous) ? { previous } : {}),
    ...(isJsonObject(members) ? { members } : {}),
  };
}

function isPrevious(value: unknown): value is NonNullable<ApplicationSecrets['previous']> {
  return isJsonObject(value) && typeof value['secret'] === 'string' && typeof value['expiresAt'] === 'number';
}

/** Secrets that are good now, the current one first. */
export function liveSecrets(secrets: ApplicationSecrets, now: Instant): readonly string[] {
  const { current, currentUntil = Number.POSITIVE_INFINITY } = secrets;
  const earlier = livePrevious(secrets, now);
  return [...(current !== undefined && now < currentUntil ? [current] : []), ...(earlier ? [earlier.secret] : [])];
}

/** The one before, while it is good. */
export function livePrevious({ previous }: ApplicationSecrets, now: Instant): ApplicationSecrets['previous'] {
  return previous && now < previous.expiresAt ? previous : undefined;
}

/**
 * A new secret in place of the current one, which stays good until `previousUntil` if that is given, but no longer than it would have
 * been.
 */
export function replacedSecret(
  { current, currentUntil = Number.POSITIVE_INFINITY, members }: ApplicationSecrets,
  fresh: string,
  previousUntil: Instant | undefined,
): ApplicationSecrets {
  const keeps = current !== undefined && previousUntil !== undefined;
  return {
    current: fresh,
    ...(keeps ? { previous: { secret: current, expiresAt: Math.min(previousUntil, currentUntil) } } : {}),
    ...(members ? { members } : {}),
  };
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
