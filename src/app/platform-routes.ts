import type { Refusals } from '../audit/refusals.js';
import type { EventSink } from '../events.js';
import type { Route } from '../http/route.js';
import { applicationSecretsRoutes } from '../http/routes/application-secrets.js';
import { applicationsRoutes } from '../http/routes/applications.js';
import { brandingRoutes } from '../http/routes/branding.js';
import { certificatesRoutes } from '../http/routes/certificates.js';
import { environmentChangesRoutes } from '../http/routes/environment-changes.js';
import { environmentsRoutes } from '../http/routes/environments.js';
import { gatewaysRoutes } from '../http/routes/gateways.js';
import { identityProvidersRoutes } from '../http/routes/identity-providers.js';
import { imagesRoutes } from '../http/routes/images.js';
import { keyRotationPoliciesRoutes } from '../http/routes/key-rotation-policies.js';
import { keysRoutes } from '../http/routes/keys.js';
import { organizationsRoutes } from '../http/routes/organizations.js';
import { passwordPoliciesRoutes } from '../http/routes/password-policies.js';
import { populationProvidersRoutes } from '../http/routes/population-providers.js';
import { populationsRoutes } from '../http/routes/populations.js';
import { resourcesRoutes } from '../http/routes/resources.js';
import { roleAssignmentsRoutes } from '../http/routes/role-assignments.js';
import { rolesRoutes } from '../http/routes/roles.js';
import type { Clock, Millis } from '../kernel/clock.js';
import type { DestinationGuard } from '../kernel/destination.js';
import type { Digests, Vault } from '../kernel/keys.js';
import type { Random } from '../kernel/random.js';
import { createApplicationSecretService } from '../platform/applications/application-secrets.js';
import { createApplicationService } from '../platform/applications/applications.js';
import { createKeyMaker } from '../platform/certificates/key-maker.js';
import { createKeyService } from '../platform/certificates/key-service.js';
import { createRotationService } from '../platform/certificates/rotation.js';
import { createCertificateService } from '../platform/certificates/service.js';
import type { Directory } from '../platform/directory.js';
import { createEnvironmentService } from '../platform/environments/environments.js';
import { createImageService } from '../platform/images/service.js';
import type { ManagedService } from '../platform/managed/service.js';
import { createRoleAssignmentService } from '../platform/roles/role-service.js';
import { createPlatformService } from '../platform/service.js';
import type { TokenService } from '../platform/tokens/tokens.js';
import { relyingPartyIdOf } from '../policies/fido2/fido2-policy-document.js';
import { newEnvironment } from '../policies/provisioning.js';
import type { Store } from '../storage/port.js';

export interface PlatformParts {
  readonly store: Store;
  readonly random: Random;
  readonly digests: Digests;
  readonly vault: Vault;
  readonly events: EventSink;
  readonly refusals?: Refusals;
  readonly directory: Directory;
  readonly tokens: Pick<TokenService, 'forget'>;
  readonly managed: ManagedService;
  readonly authPath: string;
  readonly longestLifeTime: Millis | undefined;
  readonly imageUrl: string;
  readonly clock: Clock;
  /** Which addresses tenants may name. */
  readonly guard: DestinationGuard;
}

/** What the management API has around the resources of MFA (wire: `00` §6, §7, §9): services and their routes. */
export function platformRoutes(parts: PlatformParts): readonly Route[] {
  const { store, directory, tokens, managed, authPath, imageUrl, longestLifeTime, clock } = parts;
  const relyingPartyId = relyingPartyIdOf(authPath);
  const platform = createPlatformService(parts);
  const environments = createEnvironmentService({
    ...parts,
    directory,
    provision: (made, now) => newEnvironment({ ...made, relyingPartyId, longestLifeTime }, now),
    onRoles: tokens.forget,
  });
  const applications = createApplicationService({ ...parts, onChange: tokens.forget });
  const keyMaker = createKeyMaker(parts);
  return [
    ...organizationsRoutes(platform),
    ...rolesRoutes(platform),
    ...environmentsRoutes(platform),
    ...environmentChangesRoutes(environments, platform),
    ...populationsRoutes(managed, store),
    ...populationProvidersRoutes(managed),
    ...brandingRoutes(managed),
    ...passwordPoliciesRoutes(managed),
    ...identityProvidersRoutes(managed),
    ...gatewaysRoutes(managed),
    ...applicationsRoutes(applications),
    ...applicationSecretsRoutes(createApplicationSecretService(parts)),
    ...keysRoutes(createKeyService({ ...parts, keyMaker }), clock),
    ...keyRotationPoliciesRoutes(createRotationService({ ...parts, keyMaker })),
    ...certificatesRoutes(createCertificateService(managed), clock),
    ...imagesRoutes(createImageService(parts), imageUrl),
    ...resourcesRoutes(managed),
    ...roleAssignmentsRoutes(createRoleAssignmentService({ ...parts, onRoles: tokens.forget })),
  ];
}
