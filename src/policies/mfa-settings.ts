import { accept, type Outcome, reject } from '../kernel/outcome.js';
import type { EnvironmentId } from '../platform/model.js';
import type { Decision, Snapshot } from '../storage/port.js';
import { parseMfaSettings } from './configuration.js';
import { factoryMfaSettings } from './defaults.js';
import { type MfaSettingsDocument, withKnownSettings } from './mfa-settings-document.js';
import type { MfaSettings } from './model.js';
import type { PolicyRejection } from './rejection.js';

export interface ReplaceMfaSettings {
  readonly environmentId: EnvironmentId;
  readonly document: MfaSettingsDocument;
}

type SettingsOutcome = Outcome<MfaSettings, PolicyRejection>;

/** A full replacement: a `lockout` that is not sent is gone (`30` §3.2). The document's id is the environment's, and so is its age. */
export function replaceMfaSettings(snapshot: Snapshot, command: ReplaceMfaSettings): Decision<SettingsOutcome> {
  const { environmentId, document } = command;
  const { environment, configuration, now } = snapshot;
  if (!environment || !configuration)
    return { writes: [], outcome: reject({ kind: 'EnvironmentNotFound', environmentId }) };
  const stored = {
    environmentId,
    kind: 'mfaSettings',
    id: environmentId,
    body: withKnownSettings(document),
    createdAt: environment.createdAt,
    updatedAt: Math.max(now, configuration.mfaSettings.updatedAt),
  } as const;
  return { writes: [{ kind: 'put', entity: 'document', value: stored }], outcome: accept(parseMfaSettings(stored)) };
}

/** Back to the factory's values (`30` §3.1). */
export function resetMfaSettings(snapshot: Snapshot, environmentId: EnvironmentId): Decision<SettingsOutcome> {
  return replaceMfaSettings(snapshot, { environmentId, document: factoryMfaSettings() });
}
