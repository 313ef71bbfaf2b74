import type { OwnContents } from '../delivery/own-contents.js';
import { seconds, toMillis } from '../kernel/duration.js';
import { parseUuid } from '../kernel/ids.js';
import type { EnvironmentId, StoredDocument } from '../platform/model.js';
import { modelsOf, readEntry } from '../webauthn/metadata/entry.js';
import type { AuthenticatorModels } from '../webauthn/trust.js';
import { DEFAULT_MAX_ALLOWED_DEVICES } from './defaults.js';
import { methodsOf } from './device-authentication/methods.js';
import { isPolicyDocument } from './device-authentication/policy-document.js';
import { parseFido2Policy } from './fido2/fido2-policy.js';
import { isMfaSettingsDocument } from './mfa-settings-document.js';
import type { Configuration, DeviceAuthenticationPolicy, DeviceSelection, MfaSettings, PolicyId } from './model.js';
import { isNotificationsPolicy } from './notifications/notifications-policy.js';
import { sendRulesOf } from './notifications/send-rules.js';
import { sentContents } from './templates/sent-contents.js';

/** A stored configuration that cannot be read: the environment's decisions would rest on guesses. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/**
 * What an environment's configuration documents mean at run time; called once per `configVersion` (`design.md` §5).
 * Policies stand in the order they were created, the default first among those created at once (`30` §1.5).
 * Throws `ConfigurationError` when a document does not decode, or there is not one default policy and one `mfaSettings`.
 */
export function parseConfiguration(
  environmentId: EnvironmentId,
  version: number,
  documents: readonly StoredDocument[],
): Configuration {
  const settings = documents.filter(({ kind }) => kind === 'mfaSettings');
  const [only] = settings;
  if (!only || settings.length > 1)
    throw new ConfigurationError(`environment ${environmentId} has ${settings.length} mfaSettings instead of one`);
  const mfaSettings = parseMfaSettings(only);
  const contents = sentContents(documents);
  const policies = documents
    .filter(({ kind }) => kind === 'deviceAuthenticationPolicy')
    .map((document) => parsePolicy(document, mfaSettings, contents))
    .sort(byCreation);
  const [defaultPolicy, ...otherDefaults] = policies.filter((policy) => policy.default);
  if (!defaultPolicy || otherDefaults.length > 0)
    throw new ConfigurationError(`environment ${environmentId} does not have exactly one default policy`);
  return {
    environmentId,
    version,
    policies: new Map<PolicyId, DeviceAuthenticationPolicy>(policies.map((policy) => [policy.id, policy])),
    defaultPolicy,
    mfaSettings,
    ...fido2Policies(documents),
    ...ownAuthenticators(documents),
    ...notificationsPolicies(documents),
  };
}

/** An environment that was made before there were any has none, and nothing limits its messages. */
function notificationsPolicies(
  documents: readonly StoredDocument[],
): Pick<Configuration, 'sendRules' | 'defaultSendRules'> {
  const stored = documents.filter(({ kind }) => kind === 'notificationsPolicy');
  const parsed = stored.map(({ id, body }) => {
    if (!isNotificationsPolicy(body)) throw new ConfigurationError(`notification policy ${id} does not decode`);
    return [id, sendRulesOf(body)] as const;
  });
  const sendRules = new Map(parsed);
  const chosen = stored.find(({ body }) => body['default'] === true);
  const defaultSendRules = chosen && sendRules.get(chosen.id);
  return defaultSendRules && Object.keys(defaultSendRules).length > 0 ? { sendRules, defaultSendRules } : { sendRules };
}

function fido2Policies(
  documents: readonly StoredDocument[],
): Pick<Configuration, 'fido2Policies' | 'defaultFido2Policy'> {
  const stored = documents.filter(({ kind }) => kind === 'fido2Policy');
  const parsed = stored.map(({ id, body }) => {
    const policy = parseFido2Policy(body, id);
    if (!policy) throw new ConfigurationError(`FIDO policy ${id} does not decode`);
    return [id, policy] as const;
  });
  const policies = new Map(parsed);
  const chosen = stored.find(({ body }) => body['default'] === true);
  const defaultPolicy = chosen && policies.get(chosen.id);
  return { fido2Policies: policies, ...(defaultPolicy ? { defaultFido2Policy: defaultPolicy } : {}) };
}

/** Read when somebody asks: few do, and certificates take their time. */
function ownAuthenticators(documents: readonly StoredDocument[]): Pick<Configuration, 'ownAuthenticators'> {
  const own = documents.filter(({ kind }) => kind === 'fidoDeviceMetadata');
  if (own.length === 0) return {};
  let models: AuthenticatorModels | undefined;
  return {
    ownAuthenticators() {
      models ??= modelsOf(own.flatMap(({ body }) => readEntry(body) ?? []));
      return models;
    },
  };
}

function byCreation(a: DeviceAuthenticationPolicy, b: DeviceAuthenticationPolicy): number {
  return a.createdAt - b.createdAt || Number(b.default) - Number(a.default) || (a.id < b.id ? -1 : 1);
}

/** One policy's meaning. The deprecated selection of the settings counts where the policy has none (`10` §4.2). */
export function parsePolicy(
  stored: StoredDocument,
  settings: MfaSettings,
  contents?: OwnContents,
): DeviceAuthenticationPolicy {
  const { body } = stored;
  if (!isPolicyDocument(body)) throw new ConfigurationError(`policy ${stored.id} does not decode`);
  const notificationsPolicyId = parseUuid(body.notificationsPolicy?.id ?? '');
  return {
    id: stored.id,
    environmentId: stored.environmentId,
    name: body.name,
    default: body.default,
    document: body,
    deviceSelection: body.authentication?.deviceSelection ?? settingsSelection(settings),
    ignoreUserLock: body.ignoreUserLock ?? false,
    methods: methodsOf(body),
    ...(body.rememberMe?.web.enabled ? { remembersFor: toMillis(body.rememberMe.web.lifeTime) } : {}),
    ...(contents ? { contents } : {}),
    ...(notificationsPolicyId ? { notificationsPolicyId } : {}),
    createdAt: stored.createdAt,
    updatedAt: stored.updatedAt,
  };
}

/** The settings' meaning (`30` §3.3). */
export function parseMfaSettings(stored: StoredDocument): MfaSettings {
  const { body } = stored;
  if (!isMfaSettingsDocument(body))
    throw new ConfigurationError(`mfaSettings of environment ${stored.environmentId} do not decode`);
  const { pairing, lockout, phoneExtensions, users } = body;
  return {
    document: body,
    maxAllowedDevices: pairing?.maxAllowedDevices ?? DEFAULT_MAX_ALLOWED_DEVICES,
    lockout: lockout && { failureCount: lockout.failureCount, duration: seconds(lockout.durationSeconds ?? 0) },
    phoneExtensionsEnabled: phoneExtensions?.enabled ?? false,
    mfaEnabledForNewUsers: users?.mfaEnabled ?? false,
    updatedAt: stored.updatedAt,
  };
}

/** `mfaSettings.authentication.deviceSelection`, deprecated, with its default (`30` §3.2). */
export function settingsSelection({ document }: Pick<MfaSettings, 'document'>): DeviceSelection {
  return (isMfaSettingsDocument(document) && document.authentication?.deviceSelection) || 'DEFAULT_TO_FIRST';
}
