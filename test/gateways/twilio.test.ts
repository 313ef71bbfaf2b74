import { describe, expect, it } from 'vitest';
import type { Gateway, Outgoing, SendResult } from '../../src/delivery/gateway.js';
import { twilio } from '../../src/delivery/gateways/twilio.js';
import { minutes, seconds } from '../../src/kernel/duration.js';
import { ACCOUNT, startTwilio } from './fakes/twilio.js';
import { CODE, NOW, outgoing } from './outgoing.js';
import { settingsOf } from './settings.js';

const NUMBER = '+15551234567';
const KEY = `SK${'c'.repeat(32)}`;

async function open(settings: Readonly<Record<string, string>> = {}) {
  const rig = await startTwilio();
  const gateway = twilio.create(settingsOf(twilio, { ...rig.settings, ...settings }), { clock: { now: () => NOW } });
  if (!gateway) throw new Error('not configured');
  const made: Gateway = gateway;
  return {
    rig,
    gateway: made,
    send: (message: Outgoing): Promise<SendResult> => made.send(message, new AbortController().signal),
    async [Symbol.asyncDispose]() {
      made.close();
      await rig[Symbol.asyncDispose]();
    },
  };
}

const formOf = (form: URLSearchParams | undefined) => Object.fromEntries(form ?? []);

describe('twilio', () => {
  it('posts a text message that may wait no longer than its code lives (SEC-80)', async () => {
    await using world = await open();
    const result = await world.send(outgoing('SMS', NUMBER, { deadline: NOW + minutes(5) }));
    expect(result).toEqual({ ok: true, receipt: expect.stringMatching(/^SM[0-9a-f]{32}$/) });
    expect(world.rig.requests[0]?.path).toBe(`/2010-04-01/Accounts/${ACCOUNT}/Messages.json`);
    expect(formOf(world.rig.requests[0]?.form)).toEqual({
      To: NUMBER,
      From: '+15550001111',
      Body: `Your sign-on code is ${CODE}.`,
      ValidityPeriod: '300',
    });
  });

  it.each([
    ['+4915112345678', 'My Shop', 'My Shop'],
    ['+4915112345678', '12345', '+15550001111'],
    ['+4915112345678', 'A&B', '+15550001111'],
    [NUMBER, 'My Shop', '+15550001111'],
  ])('a text message to %s with the sender id %s is from %s (30 §9.3)', async (to, sender, from) => {
    await using world = await open();
    await world.send(outgoing('SMS', to, { sender }));
    expect(formOf(world.rig.requests[0]?.form)).toMatchObject({ To: to, From: from });
  });

  it.each([
    ['Alice', '<Say voice="alice">'],
    ['Polly.Joanna', '<Say voice="Polly.Joanna">'],
    ['"/><Dial>', '<Say>'],
  ])('a call in the voice %s begins with %s (30 §9.3, SEC-62)', async (voice, say) => {
    await using world = await open();
    await world.send(outgoing('VOICE', NUMBER, { voice }));
    expect(formOf(world.rig.requests[0]?.form)['Twiml']).toContain(`<Response>${say}Your sign-on code`);
  });

  it('names a messaging service by its SID', async () => {
    const service = `MG${'d'.repeat(32)}`;
    await using world = await open({ 'twilio-sms-from': service });
    await world.send(outgoing('SMS', NUMBER, { deadline: NOW + seconds(0.4) }));
    const form = formOf(world.rig.requests[0]?.form);
    expect(form).toMatchObject({ MessagingServiceSid: service, ValidityPeriod: '1' });
    expect(form).not.toHaveProperty('From');
  });

  it('posts WhatsApp addresses, as free text or by an approved template', async () => {
    await using plain = await open();
    await plain.send(outgoing('WHATSAPP', NUMBER));
    expect(formOf(plain.rig.requests[0]?.form)).toMatchObject({
      To: `whatsapp:${NUMBER}`,
      From: 'whatsapp:+15550003333',
      Body: `Your sign-on code is ${CODE}.`,
    });
    const template = `HX${'e'.repeat(32)}`;
    await using templated = await open({ 'twilio-whatsapp-content-sid': template });
    await templated.send(outgoing('WHATSAPP', NUMBER));
    const form = formOf(templated.rig.requests[0]?.form);
    expect(form).toMatchObject({ ContentSid: template, ContentVariables: `{"1":"${CODE}"}` });
    expect(form).not.toHaveProperty('Body');
  });

  it('posts a call that dials the extension and speaks, escaped for XML (SEC-62)', async () => {
    await using world = await open();
    const result = await world.send(outgoing('VOICE', NUMBER, { extension: ',,12#', text: 'A & B <Hangup/> 4, 8' }));
    expect(result).toEqual({ ok: true, receipt: expect.stringMatching(/^CA[0-9a-f]{32}$/) });
    expect(world.rig.requests[0]?.path).toBe(`/2010-04-01/Accounts/${ACCOUNT}/Calls.json`);
    expect(formOf(world.rig.requests[0]?.form)).toEqual({
      To: NUMBER,
      From: '+15550002222',
      Twiml: '<?xml version="1.0" encoding="UTF-8"?><Response><Say>A &amp; B &lt;Hangup/&gt; 4, 8</Say></Response>',
      SendDigits: 'ww12#',
    });
  });

  it('prefers an API key to the token of the account', async () => {
    await using world = await open({ 'twilio-api-key-sid': KEY, 'twilio-api-key-secret': 'of the key' });
    await world.send(outgoing('SMS', NUMBER));
    const [scheme, credentials = ''] = world.rig.requests[0]?.authorization.split(' ') ?? [];
    expect(scheme).toBe('Basic');
    expect(Buffer.from(credentials, 'base64').toString()).toBe(`${KEY}:of the key`);
  });

  it('serves only channels that have a sender', async () => {
    await using world = await open({ 'twilio-voice-from': '', 'twilio-whatsapp-from': '' });
    expect(world.gateway.channels).toEqual(['SMS']);
  });

  it.each(['12', 'jane@example.com', '+1555&From=+1999'])(
    'refuses the recipient %j without asking (SEC-63)',
    async (to) => {
      await using world = await open();
      expect(await world.send(outgoing('SMS', to))).toMatchObject({ failure: 'permanent' });
      expect(world.rig.requests).toEqual([]);
    },
  );

  it.each([
    [
      400,
      '{"code":21610,"message":"Attempt to send to unsubscribed recipient"}',
      'permanent',
      'twilio: 400 error 21610',
    ],
    [403, 'not JSON at all', 'permanent', 'twilio: 403'],
    [429, '{"code":20429}', 'transient', 'twilio: 429 error 20429'],
    [500, '{"code":"a string","message":"x"}', 'transient', 'twilio: 500'],
    [503, '', 'transient', 'twilio: 503'],
    [200, '<html>', undefined, undefined],
  ])('reads %i %s', async (status, body, failure, reason) => {
    await using world = await open();
    world.rig.answer(status, body);
    const result = await world.send(outgoing('SMS', NUMBER));
    expect(result).toEqual(failure ? { ok: false, failure, reason } : { ok: true, receipt: 'accepted' });
  });

  it('follows no redirect: the credentials stay here', async () => {
    await using elsewhere = await startTwilio();
    await using world = await open();
    world.rig.answer(307, '', { location: `${elsewhere.settings['twilio-base-url']}/2010-04-01` });
    expect(await world.send(outgoing('SMS', NUMBER))).toMatchObject({ failure: 'permanent' });
    expect(elsewhere.requests).toEqual([]);
  });

  it('tells a server whose certificate nobody vouches for nothing (SEC-70)', async () => {
    await using stranger = await startTwilio({ tls: true });
    await using world = await open({ 'twilio-base-url': stranger.settings['twilio-base-url'] ?? '' });
    expect(await world.send(outgoing('SMS', NUMBER))).toEqual({
      ok: false,
      failure: 'transient',
      reason: expect.stringMatching(/^twilio: [A-Z_]*SELF_SIGNED[A-Z_]*$/),
    });
    expect(stranger.requests).toEqual([]);
  });

  it('reads at most 64 KiB of an answer (SEC-60)', async () => {
    await using world = await open();
    world.rig.answer(201, JSON.stringify({ padding: 'x'.repeat(70_000) }));
    expect(await world.send(outgoing('SMS', NUMBER))).toEqual({
      ok: false,
      failure: 'transient',
      reason: 'twilio: EANSWERTOOLONG',
    });
  });
});

describe('twilio settings', () => {
  const check = (settings: Readonly<Record<string, string>>) =>
    twilio.check(settingsOf(twilio, settings)).map(({ where }) => where);
  const good = { 'twilio-account-sid': ACCOUNT, 'twilio-auth-token': 't', 'twilio-sms-from': '+15550001111' };

  it('name everything that is missing or wrong at once', () => {
    expect(check(good)).toEqual([]);
    expect(check({ 'twilio-sms-from': '+15550001111' })).toEqual([
      'POSTERN_TWILIO_ACCOUNT_SID',
      'POSTERN_TWILIO_AUTH_TOKEN',
    ]);
    expect(
      check({ ...good, 'twilio-account-sid': 'AC1', 'twilio-voice-from': '555', 'twilio-api-key-sid': KEY }),
    ).toEqual(['POSTERN_TWILIO_API_KEY_SECRET', 'POSTERN_TWILIO_ACCOUNT_SID', 'POSTERN_TWILIO_VOICE_FROM']);
    expect(check({ ...good, 'twilio-sms-from': '' })).toEqual(['POSTERN_TWILIO_SMS_FROM']);
  });

  it.each(['http://api.example.org', 'ftp://api.example.org', 'https://api.example.org/path', 'nonsense'])(
    'send credentials nowhere that TLS does not protect: %s (SEC-70)',
    (url) => expect(check({ ...good, 'twilio-base-url': url })).toEqual(['POSTERN_TWILIO_BASE_URL']),
  );
});
