import type { Instant } from '../kernel/clock.js';
import { isJsonObject, type JsonObject } from '../kernel/json.js';
import { Redacted } from '../kernel/sealed.js';

/** What is sealed beside an application: what it proves itself by, and its members that are never shown (wire: `00` §9.2, §9.3). */
export interface ApplicationSecrets {
  readonly current?: string;
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
  const { current, previous, members } = own;
  return {
    ...(typeof current === 'string' ? { current } : {}),
    ...(isPrevious(previous) ? { previous } : {}),
    ...(isJsonObject(members) ? { members } : {}),
  };
}

function isPrevious(value: unknown): value is NonNullable<ApplicationSecrets['previous']> {
  return isJsonObject(value) && typeof value['secret'] === 'string' && typeof value['expiresAt'] === 'number';
}

/** Secrets that are good now, the current one first. */
export function liveSecrets({ current, previous }: ApplicationSecrets, now: Instant): readonly string[] {
  const earlier = previous && now < previous.expiresAt ? [previous.secret] : [];
  return current === undefined ? earlier : [current, ...earlier];
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
