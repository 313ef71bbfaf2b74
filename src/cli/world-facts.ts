import type { BaseUrls } from '../config/config.js';
import { isSentType, KINDS, SENT_TYPES } from '../devices/kinds/index.js';
import type { DeviceType } from '../devices/model.js';
import type { TokenEndpointAuthMethod } from '../platform/model.js';
import type { DeviceAuthenticationPolicy } from '../policies/model.js';
import type { Snapshot } from '../storage/port.js';
import type { Server } from './composition.js';
import type { ReadyFile } from './ready-file.js';
import type { World } from './seed/world.js';
import { CommandError } from './terminal.js';

/** What is told of a world: its first environment, that environment's first client, and those of its users that are still there. */
export type WorldFacts = Required<Omit<ReadyFile, keyof BaseUrls | 'inboxUrl' | 'caFile' | 'pid'>> & {
  readonly environmentName: string;
  readonly trial: Trial | undefined;
};

/** Whom to try an authentication with, and by what: a device of theirs, or an address made up for it. */
export interface Trial {
  readonly userId: string;
  readonly clientMethod: TokenEndpointAuthMethod;
  readonly selectedDevice:
    | { readonly id: string }
    | { readonly oneTime: { readonly type: DeviceType; readonly email?: string; readonly phone?: string } };
}

/** Users that are looked for at once: a seed has any number, and the store's queue has not. */
const AT_ONCE = 100;

/** Read back from the store: a later start finds policies changed and users gone. */
export async function worldFacts({ store }: Pick<Server, 'store'>, world: World): Promise<WorldFacts> {
  const [first] = world.environments;
  if (!first) throw new CommandError('the seed describes no environment.');
  const environmentId = first.environment.id;
  const { environment, configuration } = await store.load({ environmentId });
  if (!environment || !configuration) throw new CommandError(`environment ${environmentId} is not there.`);
  const snapshots: Snapshot[] = [];
  for (let from = 0; from < first.users.length; from += AT_ONCE) {
    const some = first.users.slice(from, from + AT_ONCE);
    snapshots.push(...(await Promise.all(some.map(({ id }) => store.load({ environmentId, user: id })))));
  }
  const [client] = first.clients;
  const { defaultPolicy } = configuration;
  return {
    environmentId,
    environmentName: environment.name,
    organizationId: environment.organizationId,
    licenseId: environment.licenseId,
    populationId: environment.defaultPopulationId,
    clientId: client?.application.id ?? '',
    clientSecret: client?.secret ?? '',
    deviceAuthPolicyId: defaultPolicy.id,
    trial: client && trialOf(snapshots, defaultPolicy, client.application.tokenEndpointAuthMethod),
    users: snapshots.flatMap(({ user, devices }) =>
      user ? [{ id: user.id, username: user.username, devices: devices.map(({ id, type }) => ({ id, type })) }] : [],
    ),
  };
}

/** Somebody whose device receives codes under the default policy; else anybody, at an address of a method that is on. */
function trialOf(
  snapshots: readonly Snapshot[],
  policy: DeviceAuthenticationPolicy,
  clientMethod: TokenEndpointAuthMethod,
): Trial | undefined {
  const isOn = (type: DeviceType): boolean => policy.methods[KINDS[type].method].enabled;
  for (const { user, devices } of snapshots) {
    const device = devices.find(
      ({ type, status, testMode }) => isSentType(type) && isOn(type) && status === 'ACTIVE' && !testMode,
    );
    if (user && device) return { userId: user.id, clientMethod, selectedDevice: { id: device.id } };
  }
  const userId = snapshots.find(({ user }) => user)?.user?.id;
  const type = SENT_TYPES.find(isOn);
  if (userId === undefined || type === undefined) return undefined;
  const contact = KINDS[type].contactField === 'email' ? { email: 'someone@example.org' } : { phone: '+15125550199' };
  return { userId, clientMethod, selectedDevice: { oneTime: { type, ...contact } } };
}
