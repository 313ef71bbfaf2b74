import type { Config } from '../config/config.js';
import type { Channel } from '../delivery/message.js';
import type { Deployment } from '../devices/eligibility.js';
import type { Clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/log.js';
import { relyingPartyIdOf } from '../policies/fido2-policy-document.js';
import type { AuthenticatorModels } from '../webauthn/trust.js';
import type { FidoMetadata } from './fido-metadata.js';
import type { Lifetime } from './lifetime.js';

const NO_MODELS: AuthenticatorModels = new Map();

/** What the configuration allows, as decisions are told; with the FIDO metadata, which is read only where it is named. */
export async function deploymentOf(
  config: Pick<Config, 'testModeEnvironments' | 'limits' | 'fidoMetadata'>,
  { channels, authPath }: { readonly channels: ReadonlySet<Channel>; readonly authPath: string },
  parts: { readonly lifetime: Lifetime; readonly clock: Clock; readonly logger: Logger },
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
      models: metadata ? metadata.models : () => NO_MODELS,
    },
  };
}

async function metadataOf(
  { fidoMetadata }: Pick<Config, 'fidoMetadata'>,
  { lifetime, clock, logger }: { readonly lifetime: Lifetime; readonly clock: Clock; readonly logger: Logger },
): Promise<FidoMetadata | undefined> {
  if (!fidoMetadata) return undefined;
  const { openFidoMetadata } = await import('./fido-metadata.js');
  return lifetime.own(await openFidoMetadata(fidoMetadata, { clock, logger }));
}
