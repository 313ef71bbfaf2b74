import { createAccountService } from '../accounts/service.js';
import type { Refusals } from '../audit/refusals.js';
import { createAuthenticationService } from '../authentication/service.js';
import type { BaseUrls, Config } from '../config/config.js';
import { createBrowserService } from '../devices/browsers/service.js';
import type { Deployment } from '../devices/eligibility.js';
import { createNumberRules } from '../devices/numbering.js';
import { createOathJobService } from '../devices/oath/jobs.js';
import { createOathTokenService } from '../devices/oath/service.js';
import { createRecoveryCodeService } from '../devices/recovery/service.js';
import { relyingPartyTerms } from '../devices/relying-party.js';
import { createDeviceService } from '../devices/service.js';
import type { EventSink } from '../events.js';
import { createClientEndpoint } from '../http/client-endpoint.js';
import { ClientThrottle } from '../http/client-throttle.js';
import type { Route } from '../http/route.js';
import { activitiesRoutes } from '../http/routes/activities.js';
import { alertChannelsRoutes } from '../http/routes/alert-channels.js';
import { deviceAuthenticationPoliciesRoutes } from '../http/routes/device-authentication-policies.js';
import { deviceAuthenticationsRoutes } from '../http/routes/device-authentications.js';
import { devicesRoutes } from '../http/routes/devices.js';
import { discoveryRoutes } from '../http/routes/discovery.js';
import { emailDomainsRoutes } from '../http/routes/email-domains.js';
import { fidoDevicesMetadataRoutes } from '../http/routes/fido-devices-metadata.js';
import { fidoPoliciesRoutes } from '../http/routes/fido-policies.js';
import { fido2PoliciesRoutes } from '../http/routes/fido2-policies.js';
import { groupMembershipsRoutes } from '../http/routes/group-memberships.js';
import { groupNestingsRoutes } from '../http/routes/group-nestings.js';
import { groupsRoutes } from '../http/routes/groups.js';
import { languagesRoutes } from '../http/routes/languages.js';
import { mfaSettingsRoutes } from '../http/routes/mfa-settings.js';
import { notificationsPoliciesRoutes } from '../http/routes/notifications-policies.js';
import { notificationsSettingsRoutes } from '../http/routes/notifications-settings.js';
import { oathJobsRoutes } from '../http/routes/oath-jobs.js';
import { oathTokensRoutes } from '../http/routes/oath-tokens.js';
import { phoneDeliverySettingsRoutes } from '../http/routes/phone-delivery-settings.js';
import { pushCredentialsRoutes } from '../http/routes/push-credentials.js';
import { recoveryCodesRoutes } from '../http/routes/recovery-codes.js';
import { signOnPoliciesRoutes } from '../http/routes/sign-on-policies.js';
import { subscriptionsRoutes } from '../http/routes/subscriptions.js';
import { templateContentsRoutes } from '../http/routes/template-contents.js';
import { templatesRoutes } from '../http/routes/templates.js';
import { tokenStateRoutes } from '../http/routes/token-states.js';
import { tokenRoutes } from '../http/routes/tokens.js';
import { userCodesRoutes } from '../http/routes/user-codes.js';
import { userPasswordsRoutes } from '../http/routes/user-passwords.js';
import { usersRoutes } from '../http/routes/users.js';
import type { Clock } from '../kernel/clock.js';
import { createDestinationGuard } from '../kernel/destination.js';
import type { Digests, Vault } from '../kernel/keys.js';
import type { Logger } from '../kernel/log.js';
import { createPasswordHashes, type HashCost } from '../kernel/password-hash.js';
import type { Random } from '../kernel/random.js';
import { createNameRecords } from '../outbound/name-records.js';
import { createActivityService } from '../platform/activities.js';
import type { Directory } from '../platform/directory.js';
import { createGroupService } from '../platform/groups/groups.js';
import { createManagedService } from '../platform/managed/service.js';
import { createPasswordService } from '../platform/passwords/passwords.js';
import { subscriptions } from '../platform/subscriptions.js';
import { createTokenStates } from '../platform/tokens/token-states.js';
import type { TokenService } from '../platform/tokens/tokens.js';
import { createUserService } from '../platform/users/users.js';
import { deviceAuthenticationPolicies } from '../policies/device-authentication/device-authentication-policies.js';
import { notificationsSettings } from '../policies/notifications/notifications-settings.js';
import { phoneDeliverySettings } from '../policies/notifications/phone-delivery-settings.js';
import { createPolicyService } from '../policies/service.js';
import { templateContents } from '../policies/templates/template-contents.js';
import { createTemplateService } from '../policies/templates/template-service.js';
import { createSenderService } from '../senders/service.js';
import type { Store } from '../storage/port.js';
import type { Lifetime } from './lifetime.js';
import { platformRoutes } from './platform-routes.js';

/** What the operations of the API stand on. */
export interface ApiParts {
  readonly config: Config;
  readonly urls: BaseUrls;
  readonly store: Store;
  readonly vault: Vault;
  readonly digests: Digests;
  readonly clock: Clock;
  readonly random: Random;
  readonly deployment: Deployment;
  readonly directory: Directory;
  readonly tokens: TokenService;
  readonly events: EventSink;
  readonly refusals: Refusals;
  readonly logger: Logger;
  /** Ends what goes on after requests have been answered. */
  readonly lifetime: Lifetime;
  /** The hashes' own cost unless given. */
  readonly passwordCost?: HashCost;
}

/** Every operation of the API, over its services. */
export function apiRoutes(api: ApiParts): readonly Route[] {
  const { config, urls, store, vault, digests, clock, random, deployment, tokens, events, refusals, logger } = api;
  const { limits } = config;
  const { refusedNumberTypes: refused } = limits;
  const numbers = refused.length > 0 ? { numbers: createNumberRules(refused) } : {};
  const hashes = createPasswordHashes(random, api.passwordCost);
  const accounts = createAccountService({
    store,
    random,
    clock,
    digests,
    deployment,
    passwords: hashes,
    events,
    refusals,
  });
  const { firstCode } = accounts;
  const users = createUserService({ store, random, digests, passwords: hashes, firstCode, events, refusals });
  const passwords = createPasswordService({ store, passwords: hashes, events, refusals });
  const groups = createGroupService({ store, random, digests, events, refusals });
  const managed = createManagedService({ store, random, digests, vault, events, refusals });
  const { notifications } = config;
  const senders = createSenderService({
    store,
    managed,
    random,
    clock,
    digests,
    deployment,
    events,
    refusals,
    names: createNameRecords(notifications.dnsServers),
    spf: notifications.spfRecord,
  });
  const policies = createPolicyService({ store, events, refusals });
  const templates = createTemplateService({ store, events, refusals });
  const mfaPolicies = deviceAuthenticationPolicies(limits.longestLifeTime);
  const parts = { store, random, clock, digests, vault, deployment, events, refusals, ...numbers };
  const devices = createDeviceService(parts);
  const browsers = createBrowserService(parts);
  const oathTokens = createOathTokenService(parts);
  const oathJobs = api.lifetime.own(createOathJobService({ ...parts, logger }));
  const authentications = createAuthenticationService(parts);
  const activities = createActivityService({ store, digests });
  const guard = createDestinationGuard(config.outbound);
  const client = createClientEndpoint(new ClientThrottle({ free: limits.requests.tokenFailures }), refusals);
  return [
    ...tokenRoutes(tokens, client),
    ...tokenStateRoutes(createTokenStates({ store, tokens, events }), client),
    ...discoveryRoutes(tokens, config.domainEnvironment),
    ...platformRoutes({
      ...api,
      managed,
      guard,
      authPath: urls.authPath,
      imageUrl: config.imageUrl ?? urls.authPath,
      longestLifeTime: limits.longestLifeTime,
    }),
    ...usersRoutes(users),
    ...userPasswordsRoutes(passwords),
    ...userCodesRoutes(accounts),
    ...groupsRoutes(groups),
    ...groupMembershipsRoutes(groups),
    ...groupNestingsRoutes(groups),
    ...deviceAuthenticationsRoutes(authentications),
    ...devicesRoutes(devices, browsers),
    ...oathTokensRoutes(oathTokens),
    ...oathJobsRoutes(oathJobs),
    ...deviceAuthenticationPoliciesRoutes(mfaPolicies, managed, policies),
    ...mfaSettingsRoutes(managed),
    ...fido2PoliciesRoutes(managed),
    ...fidoPoliciesRoutes(managed),
    ...fidoDevicesMetadataRoutes(() => relyingPartyTerms(deployment).metadata?.entries() ?? [], managed),
    ...pushCredentialsRoutes(managed),
    ...languagesRoutes(managed),
    ...templatesRoutes(templates),
    ...templateContentsRoutes(templateContents(config.notifications.senderAddress), managed, templates),
    ...signOnPoliciesRoutes(managed),
    ...notificationsPoliciesRoutes(managed),
    ...notificationsSettingsRoutes(notificationsSettings(config.notifications.senderAddress), managed),
    ...emailDomainsRoutes(senders, managed),
    ...alertChannelsRoutes(managed),
    ...phoneDeliverySettingsRoutes(phoneDeliverySettings(config.notifications.phoneAccounts), managed),
    ...(config.recoveryCodes ? recoveryCodesRoutes(createRecoveryCodeService(parts), authentications) : []),
    ...activitiesRoutes(activities),
    ...subscriptionsRoutes(subscriptions(guard), managed),
  ];
}
