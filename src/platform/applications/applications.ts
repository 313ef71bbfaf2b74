import type { Requester } from '../../audit/record.js';
import type { DestinationGuard } from '../../kernel/destination.js';
import { isJsonObject, type JsonObject } from '../../kernel/json.js';
import type { Vault } from '../../kernel/keys.js';
import type { Random } from '../../kernel/random.js';
import type { Protected, Redacted } from '../../kernel/sealed.js';
import type { Store } from '../../storage/port.js';
import { CERTIFICATE_PLACES } from '../certificates/certificate.js';
import { ISSUING_KEY, SIGNING_KEY } from '../certificates/key.js';
import { ROTATION_PLACES, ROTATION_POLICY } from '../certificates/rotation-policy.js';
import { GATEWAYS_OF_APPLICATIONS } from '../gateways.js';
import { placesAt } from '../managed/places.js';
import type { Candidate, ManagedResource, Rule } from '../managed/resource.js';
import { atMost, checked, immutable, leavesReferrers, owns, refersTo } from '../managed/rules.js';
import { readSecrets } from '../managed/secrets.js';
import type { ManagedService } from '../managed/service.js';
import type { ApplicationId, RoleAssignment } from '../model.js';
import { rolesOf } from './application.js';
import { APPLICATION_WRITE_ONLY, ApplicationDocument, applicationProblems } from './application-document.js';
import { keyProblems } from './application-keys.js';
import { readApplicationSecrets, sealable } from './application-secret.js';
import { isSystemApplication, systemOnesStay } from './system-applications.js';

const KIND = 'application';
/** Of one environment (`00` §4.8). */
const MOST_APPLICATIONS = 1_000;
/** Bytes of a client secret: 64 characters (`00` §9.3; SEC-50: at least 256 bits). */
export const CLIENT_SECRET_BYTES = 48;

/** What is drawn and looked up before an application is written. */
interface Facts {
  /** For one that has no secret yet. */
  readonly secret: string;
  /** Those of the caller, for a worker that is to have them. */
  readonly roles: readonly RoleAssignment[];
  /** A pure function over keys. */
  readonly open: (secret: Protected) => string;
  /** Which addresses of keys may be named (SEC-59). */
  readonly guard: Pick<DestinationGuard, 'problem'>;
}

/** Applications of an environment (wire: `00` §9.1): what is said of them, with what is not said: roles and secrets. */
export function applications({ secret, roles, open, guard }: Facts): ManagedResource {
  return {
    kind: KIND,
    schema: ApplicationDocument,
    noun: 'APPLICATION',
    writeOnly: APPLICATION_WRITE_ONLY,
    seals({ current, document }: Candidate, members: Redacted<string> | undefined) {
      const before = current?.secret && readApplicationSecrets(open(current.secret));
      const { members: _, ...kept } = before ?? {};
      return sealable({
        ...(document['protocol'] === 'OPENID_CONNECT' && !isSystemApplication(document) ? { current: secret } : {}),
        ...kept,
        ...(members ? { members: readSecrets(members.reveal()) } : {}),
      });
    },
    rules: [
      checked(applicationProblems),
      checked((document) => keyProblems(document, guard)),
      immutable('type'),
      immutable('protocol'),
      ownPackage(),
      refersTo('key', SIGNING_KEY, 'a key'),
      refersTo('key', ISSUING_KEY, 'a key for ISSUANCE', {
        serves: ({ body }) => body['usageType'] === 'ISSUANCE',
        // Released clients look for this text.
        unfit: ({ id, environmentId }) =>
          `Key with ID '${id}' in Environment '${environmentId}' is not for ISSUANCE. Usage type should be ISSUANCE.`,
      }),
      refersTo('gateway', GATEWAYS_OF_APPLICATIONS, 'a gateway'),
      ...CERTIFICATE_PLACES.map((place) => refersTo('certificate', place, 'a certificate')),
      ...ROTATION_PLACES.map((place) => refersTo(ROTATION_POLICY, place, 'a key rotation policy')),
      atMost(KIND, MOST_APPLICATIONS),
      systemOnesStay(),
      workersServeAdministrators(),
      nativesHaveAnApp(),
      // MFA policies go on without it: a Terraform configuration that gives up both deletes the application before it changes the policy.
      leavesReferrers('deviceAuthenticationPolicy', ['mobile.applications.*.id'], { emptied: 'goes' }),
      owns('grant'),
      owns('pushCredentials'),
      owns('signOnPolicyAssignment'),
      keepsWhatIsNotSaid(roles),
    ],
  };
}

/** What is stored of an application beside what is said of it. */
export const UNSAID: readonly string[] = ['roles', 'anySecretMethod'];

function keepsWhatIsNotSaid(actorRoles: readonly RoleAssignment[]): Rule {
  return {
    completes({ document, current }) {
      if (current) {
        const { anySecretMethod, roles = [] } = current.body;
        return { ...document, ...(anySecretMethod === true ? { anySecretMethod } : {}), roles };
      }
      const inherits = document['type'] === 'WORKER' && document['assignActorRoles'] === true;
      const roles = (inherits ? actorRoles : []).map(({ role, scope }): JsonObject => ({ role, scope: { ...scope } }));
      return { ...document, roles };
    },
  };
}

/** A worker of which nobody says who may use it is for administrators: the Terraform provider's own tests look for it. */
function workersServeAdministrators(): Rule {
  return {
    completes({ document }) {
      const { type, accessControl = {} } = document;
      if (type !== 'WORKER' || !isJsonObject(accessControl) || accessControl['role']) return document;
      return { ...document, accessControl: { ...accessControl, role: { type: 'ADMIN_USERS_ONLY' } } };
    },
  };
}

/** What holds of a native application's app when it is not said (`00` §9.2): released clients read it as it is, not as it was sent. */
const APP = {
  passcodeGracePeriod: 5,
  passcodeRefreshDuration: { duration: 30, timeUnit: 'SECONDS' },
  integrityDetection: { mode: 'DISABLED' },
} as const satisfies JsonObject;

function nativesHaveAnApp(): Rule {
  return {
    completes({ document }) {
      const { type, protocol, mobile = {} } = document;
      if (type !== 'NATIVE_APP' || protocol !== 'OPENID_CONNECT' || !isJsonObject(mobile)) return document;
      return { ...document, mobile: { ...APP, ...mobile } };
    },
  };
}

const PACKAGE = 'mobile.packageName';

/** A package is of one application, and stays (wire: `00` §9.2). */
function ownPackage(): Rule {
  const packageOf = (document: JsonObject): unknown => placesAt(document, PACKAGE)[0]?.value;
  return {
    reads: ({ document }) => (document && packageOf(document) !== undefined ? [{ kind: KIND }] : []),
    problems({ id, document, current }, others) {
      const own = packageOf(document);
      const before = current && packageOf(current.body);
      // It can be given up: the Terraform provider's own tests do.
      if (before !== undefined && own !== undefined && own !== before)
        return [{ problem: 'invalid', target: PACKAGE, message: 'cannot be changed' }];
      const holder =
        own === undefined
          ? undefined
          : others.of(KIND).find((other) => other.id !== id && packageOf(other.body) === own);
      return holder ? [{ problem: 'taken', target: PACKAGE, existingId: holder.id }] : [];
    },
  };
}

export interface ApplicationParts {
  readonly store: Pick<Store, 'findDocument'>;
  readonly managed: ManagedService;
  readonly random: Pick<Random, 'bytes'>;
  readonly vault: Pick<Vault, 'open'>;
  readonly guard: Pick<DestinationGuard, 'problem'>;
  /** Told when something about an application has changed that its tokens rest on. */
  readonly onChange: (applicationId: ApplicationId) => void;
}

/** The commands of managed resources on applications: each with its facts, and tokens told of what has changed. */
export function createApplicationService({
  store,
  managed,
  random,
  vault,
  guard,
  onChange,
}: ApplicationParts): ManagedService & { readonly resource: ManagedResource } {
  const withFacts = (roles: readonly RoleAssignment[] = []): ManagedResource =>
    applications({
      secret: random.bytes(CLIENT_SECRET_BYTES).toString('base64url'),
      roles,
      open: (secret) => vault.open(secret),
      guard,
    });
  async function rolesOfCaller(by: Requester | undefined): Promise<readonly RoleAssignment[]> {
    const caller = by?.clientId && (await store.findDocument(KIND, by.clientId));
    return caller ? rolesOf(caller) : [];
  }
  return {
    ...managed,
    resource: withFacts(),
    create: async (_, place, document, by) => managed.create(withFacts(await rolesOfCaller(by)), place, document, by),
    async replace(_, place, id, document, by) {
      const replaced = await managed.replace(withFacts(), place, id, document, by);
      onChange(id);
      return replaced;
    },
    async remove(_, place, id, by) {
      const removed = await managed.remove(withFacts(), place, id, by);
      onChange(id);
      return removed;
    },
  };
}
