import type { Option } from '../../config/option.js';
import type { Problem } from '../../config/problem.js';
import type { Gateway } from '../gateway.js';
import { CHANNELS, type Channel } from '../message.js';
import type { GatewayContext, GatewayKind, GatewaySettings } from './definition.js';
import { inbox } from './inbox.js';
import { smtp } from './smtp.js';
import { twilio } from './twilio.js';

/** Every gateway; where several serve a channel, the earlier is tried first. */
export const GATEWAYS: readonly GatewayKind[] = [smtp, twilio, inbox];

/** The gateways' rows of the configuration table. */
export const GATEWAY_OPTIONS: readonly Option[] = GATEWAYS.flatMap(({ options }) => options);

/** What is wrong with how the gateways are configured, all at once. */
export function gatewayProblems(settings: GatewaySettings): readonly Problem[] {
  return GATEWAYS.flatMap((kind) => kind.check(settings));
}

/** The ways out of this server. */
export interface Outlets extends AsyncDisposable {
  /** By channel, in the order in which they are tried. */
  readonly chains: ReadonlyMap<Channel, readonly Gateway[]>;
  /** Channels with at least one: `deployment.channels`. */
  readonly channels: ReadonlySet<Channel>;
}

/**
 * Opens the configured gateways. A stand-in serves what no other does: with an inbox, everything goes somewhere; without, a
 * channel that has no gateway is not offered (`10` §13A), so that nothing is dropped in silence.
 */
export function gatewaysFor(
  settings: GatewaySettings,
  context: GatewayContext,
  watched: (gateway: Gateway) => Gateway = (gateway) => gateway,
): Outlets {
  const open = GATEWAYS.flatMap((kind) => {
    const gateway = kind.create(settings, context);
    return gateway ? [{ gateway: watched(gateway), standIn: kind.standIn === true }] : [];
  });
  const chains = new Map<Channel, readonly Gateway[]>();
  for (const channel of CHANNELS) {
    const serving = open.filter(({ gateway }) => gateway.channels.includes(channel));
    const proper = serving.filter(({ standIn }) => !standIn);
    const chain = (proper.length > 0 ? proper : serving).map(({ gateway }) => gateway);
    if (chain.length > 0) chains.set(channel, chain);
  }
  return {
    chains,
    channels: new Set(chains.keys()),
    async [Symbol.asyncDispose]() {
      for (const { gateway } of open) gateway.close();
    },
  };
}
