import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Gateway, Outgoing, SendResult } from '../../src/delivery/gateway.js';
import { GATEWAYS, gatewayProblems } from '../../src/delivery/gateways/index.js';
import type { Channel } from '../../src/delivery/message.js';
import { startInbox } from './fakes/inbox.js';
import type { Failure, Rig } from './fakes/rig.js';
import { startSmtp } from './fakes/smtp.js';
import { startTwilio } from './fakes/twilio.js';
import { CODE, NOW, outgoing } from './outgoing.js';
import { settingsOf } from './settings.js';

/** The provider that each gateway of the registry is tried against; one without is not tested, and so fails here. */
const RIGS: Readonly<Record<string, { start: () => Promise<Rig>; failures: readonly Failure[] }>> = {
  smtp: { start: startSmtp, failures: ['transient', 'permanent', 'unauthorized', 'gone'] },
  twilio: { start: startTwilio, failures: ['transient', 'permanent', 'unauthorized', 'gone'] },
  inbox: { start: startInbox, failures: [] },
};

const TO: Record<Channel, string> = {
  SMS: '+15551234567',
  VOICE: '+15551234567',
  WHATSAPP: '+15551234567',
  EMAIL: 'jane@example.com',
};

describe.each(GATEWAYS.map((kind) => [kind.name, kind] as const))('gateway %s', (name, kind) => {
  let rig: Rig;
  let gateway: Gateway;
  const signal = (): AbortSignal => new AbortController().signal;
  const message = (channel: Channel): Outgoing => outgoing(channel, TO[channel]);
  const failures = RIGS[name]?.failures ?? [];
  const first = kind.channels[0] ?? 'SMS';

  beforeEach(async () => {
    if (!RIGS[name]) throw new Error(`no provider to try ${name} against`);
    rig = await RIGS[name].start();
    const settings = settingsOf(kind, rig.settings);
    expect(kind.check(settings)).toEqual([]);
    const made = kind.create(settings, { clock: { now: () => NOW }, ...(rig.inbox ? { inbox: rig.inbox } : {}) });
    if (!made) throw new Error(`${name} is not configured`);
    gateway = made;
  });
  afterEach(async () => {
    gateway.close();
    await rig[Symbol.asyncDispose]();
  });

  /** What a peer or a log could see of a result. */
  const expectNothingSecret = (result: SendResult): void => {
    const text = JSON.stringify(result);
    for (const secret of [...rig.secrets, CODE, 'jane', '5551234567', '5,5,5', '4, 8, 2'])
      expect(text).not.toContain(secret);
  };

  it('does not exist until it is configured', () => {
    const unset = settingsOf(kind, {});
    expect(kind.check(unset)).toEqual([]);
    expect(kind.create(unset, { clock: { now: () => 0 } })).toBeUndefined();
  });

  it.each(kind.channels)('delivers %s, with a receipt', async (channel) => {
    const result = await gateway.send(message(channel), signal());
    expect(result).toEqual({ ok: true, receipt: expect.stringMatching(/./) });
    expect(rig.delivered()).toHaveLength(1);
    expect(rig.delivered()[0]?.to).toBe(TO[channel]);
    expectNothingSecret(result);
  });

  it('takes several at once', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, () => gateway.send(message(first), signal())));
    expect(results.filter(({ ok }) => ok)).toHaveLength(20);
    expect(rig.delivered()).toHaveLength(20);
  });

  it.each(failures)(
    'says of a provider that is %s whether to try again, and nothing secret (SEC-60, SEC-71)',
    async (behaviour) => {
      rig.behave(behaviour);
      const result = await gateway.send(message(first), signal());
      const failure = behaviour === 'permanent' || behaviour === 'unauthorized' ? 'permanent' : 'transient';
      expect(result).toEqual({ ok: false, failure, reason: expect.stringMatching(new RegExp(`^${name}: `)) });
      expectNothingSecret(result);
    },
  );

  if (failures.length > 0)
    it('gives up when its signal ends, before a send and in the middle of one', async () => {
      rig.behave('hang');
      const controller = new AbortController();
      const result = gateway.send(message(first), controller.signal);
      controller.abort();
      expect(await result).toMatchObject({ ok: false, failure: 'transient' });
      expect(await gateway.send(message(first), AbortSignal.timeout(100))).toMatchObject({ failure: 'transient' });
    });

  it('names every setting in kebab-case after itself, and hides the secret ones', () => {
    for (const option of kind.options) expect(option.name).toMatch(new RegExp(`^${name}-[a-z-]+$`));
    const settings = settingsOf(kind, rig.settings);
    for (const secret of rig.secrets) expect(JSON.stringify(settings)).not.toContain(secret);
    expect(gatewayProblems(settings)).toEqual([]);
  });
});
