import type { Config } from '../config/config.js';
import type { Channel } from '../delivery/message.js';
import type { Deployment } from '../devices/eligibility.js';
import { createDestinationGuard } from '../kernel/destination.js';
import { createGet } from '../outbound/get.js';
import { relyingPartyIdOf } from '../policies/fido2/fido2-policy-document.js';
import type { FidoMetadata, FidoMetadataParts } from './fido-metadata.js';
import type { Lifetime } from './lifetime.js';

/** What the metadata needs of the server. */
interface DeploymentParts extends Omit<FidoMetadataParts, 'get'> {
  readonly lifetime: Lifetime;
}

/** What the configuration allows, as decisions are told; with the FIDO metadata, which is read only where it is named. */
export async function deploymentOf(
  config: Pick<Config, 'testModeEnvironments' | 'limits' | 'fidoMetadata' | 'outbound'>,
  { channels, authPath }: { readonly channels: ReadonlySet<Channel>; readonly authPath: string },
  parts: DeploymentParts,
): Promise<Deployment> {
  const { testModeEnvironments: testMode, limits } = config;
  const metadata = await metadataOf(config, parts);
  return {
    channels,
    allowsTestMode: (id) => testMode === 'all' || testMode.some((allowed) => allowed === id),
    sendLimits: limits.send,
    failureAlarm: limits.failureAlarm,
    ...(limits.widestPasscodeWindow === undefined ? {} : { widestPasscodeWindow: limits.widestPasscodeWindow }),
    relyingParty: {
      relyingPartyId: relyingPartyIdOf(authPath),
      allowsSubdomains: !limits.exactOrigins,
      ...(metadata ? { metadata } : {}),
    },
  };
}

async function metadataOf(
  { fidoMetadata, outbound }: Pick<Config, 'fidoMetadata' | 'outbound'>,
  { lifetime, ...parts }: DeploymentParts,
): Promise<FidoMetadata | undefined> {
  if (!fidoMetadata) return undefined;
  const { openFidoMetadata } = await import('./fido-metadata.js');
  const get = createGet(createDestinationGuard(outbound));
  return lifetime.own(await openFidoMetadata(fidoMetadata, { ...parts, get }));
}
