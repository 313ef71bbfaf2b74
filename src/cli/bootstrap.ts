import { toTimestamp } from '../kernel/clock.js';
import { allEnvironments } from '../platform/environments/organization.js';
import type { Environment } from '../platform/model.js';
import type { Composition } from './composition.js';
import type { Invocation } from './run.js';
import { provisionWorld } from './seed/provision.js';
import { SEED_ROLES } from './seed/schema.js';
import { rolesOver, type World } from './seed/world.js';
import { CommandError } from './terminal.js';

/** Bytes of a client secret (SEC-50: at least 256 bits). */
const SECRET_BYTES = 48;
const DEFAULT_NAME = 'Default';

/**
 * `postern bootstrap`: the first way into a production server (SEC-51). Creates an environment with factory settings and a worker
 * application that may do everything in the organization, all ids and the secret random, and prints them once. The secret expires: it
 * is for making the application that stays.
 */
export async function bootstrap({ loaded: { config }, words }: Invocation, composition: Composition): Promise<void> {
  const name = words[0] ?? DEFAULT_NAME;
  await using parts = await composition.openStore(config);
  const { store, random } = parts;
  const { organizationId, licenseId, isTaken } = await look(store, name);
  if (isTaken)
    throw new CommandError(
      `there is an environment ${JSON.stringify(name)} already: name another, as in \`postern bootstrap Staging\`.`,
    );
  const environmentId = random.uuid();
  const clientId = random.uuid();
  const secret = random.bytes(SECRET_BYTES).toString('base64url');
  const organization = organizationId ?? random.uuid();
  const world: World = {
    environments: [
      {
        environment: {
          id: environmentId,
          name,
          type: 'PRODUCTION',
          region: 'NA',
          organizationId: organization,
          licenseId: licenseId ?? random.uuid(),
          population: { id: random.uuid() },
          defaultPolicy: { id: random.uuid() },
        },
        users: [],
        clients: [
          {
            application: {
              id: clientId,
              name: 'Bootstrap',
              type: 'WORKER',
              enabled: true,
              tokenEndpointAuthMethod: 'CLIENT_SECRET_BASIC',
              mayActForItself: true,
              roles: rolesOver(SEED_ROLES, 'ORGANIZATION', organization),
            },
            secret,
            secretLife: config.bootstrapSecretLife,
          },
        ],
      },
    ],
  };
  await provisionWorld(parts, world, config.limits);
  const { environment } = await store.load({ environmentId });
  if (!environment) throw new TypeError('the environment that was made is not there');
  composition.terminal.out(
    [
      `Created environment ${JSON.stringify(name)} and its worker application.`,
      '',
      `  Environment id  ${environmentId}`,
      `  Client id       ${clientId}`,
      `  Client secret   ${secret}`,
      '',
      'The secret is shown this once. The client authenticates by HTTP Basic.',
      `It expires at ${toTimestamp(environment.createdAt + config.bootstrapSecretLife)}: make the application that stays with it until then (docs/operations.md, "The first client").`,
    ].join('\n'),
  );
}

/** The one organization and its licence, if any environment has been made, and whether the name is taken. */
async function look(
  store: Pick<Awaited<ReturnType<Composition['openStore']>>['store'], 'environments'>,
  name: string,
): Promise<Partial<Pick<Environment, 'organizationId' | 'licenseId'>> & { readonly isTaken: boolean }> {
  const environments = await allEnvironments((page) => store.environments(page));
  const [first] = environments;
  return {
    ...(first ? { organizationId: first.organizationId, licenseId: first.licenseId } : {}),
    isTaken: environments.some((environment) => environment.name === name),
  };
}
