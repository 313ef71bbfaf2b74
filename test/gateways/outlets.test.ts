import { describe, expect, it } from 'vitest';
import type { GatewayContext } from '../../src/delivery/gateways/definition.js';
import { GATEWAYS, gatewaysFor } from '../../src/delivery/gateways/index.js';
import { CHANNELS } from '../../src/delivery/message.js';
import { ACCOUNT } from './fakes/twilio.js';
import { settingsOf } from './settings.js';

const clock = { now: () => 0 };
const withInbox: GatewayContext = { clock, inbox: { deliver: async () => {} } };
const TWILIO = { 'twilio-account-sid': ACCOUNT, 'twilio-auth-token': 't', 'twilio-sms-from': '+15550001111' };

/** Names by channel. */
async function chainsOf(written: Readonly<Record<string, string>>, context: GatewayContext) {
  const settings = Object.assign({}, ...GATEWAYS.map((kind) => settingsOf(kind, written)));
  await using outlets = gatewaysFor(settings, context);
  expect([...outlets.channels].sort()).toEqual([...outlets.chains.keys()].sort());
  return Object.fromEntries([...outlets.chains].map(([channel, chain]) => [channel, chain.map(({ name }) => name)]));
}

describe('gatewaysFor', () => {
  it('sends everything to the inbox in development', async () => {
    expect(await chainsOf({}, withInbox)).toEqual(Object.fromEntries(CHANNELS.map((channel) => [channel, ['inbox']])));
  });

  it('lets a configured gateway take its channels from the inbox', async () => {
    expect(await chainsOf(TWILIO, withInbox)).toEqual({
      SMS: ['twilio'],
      VOICE: ['inbox'],
      EMAIL: ['inbox'],
      WHATSAPP: ['inbox'],
    });
  });

  it('offers no channel that nobody serves, in production', async () => {
    expect(await chainsOf({}, { clock })).toEqual({});
    expect(
      await chainsOf({ ...TWILIO, 'smtp-url': 'smtp://m.example', 'smtp-from': 'a@b.example' }, { clock }),
    ).toEqual({
      SMS: ['twilio'],
      EMAIL: ['smtp'],
    });
  });
});
