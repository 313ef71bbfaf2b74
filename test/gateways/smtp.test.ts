import { describe, expect, it } from 'vitest';
import type { Gateway } from '../../src/delivery/gateway.js';
import { smtp } from '../../src/delivery/gateways/smtp.js';
import { type SmtpRig, startSmtp } from './fakes/smtp.js';
import { CODE, NOW, outgoing } from './outgoing.js';
import { settingsOf } from './settings.js';

const signal = (): AbortSignal => new AbortController().signal;

/** A gateway at a mail server, closed together. */
async function open(settings: Readonly<Record<string, string>> = {}, server: Parameters<typeof startSmtp>[0] = {}) {
  const rig: SmtpRig = await startSmtp(server);
  const gateway = smtp.create(settingsOf(smtp, { ...rig.settings, ...settings }), { clock: { now: () => NOW } });
  if (!gateway) throw new Error('not configured');
  const made: Gateway = gateway;
  return {
    rig,
    gateway: made,
    async [Symbol.asyncDispose]() {
      made.close();
      await rig[Symbol.asyncDispose]();
    },
  };
}

describe('smtp', () => {
  it('sends a mail of text and HTML, once per Message-ID, marked as made by a machine', async () => {
    await using world = await open();
    const message = outgoing('EMAIL', 'jane@example.com');
    await world.gateway.send(message, signal());
    const mail = world.rig.mails[0];
    expect(mail?.from).toBe('codes@example.org');
    expect(mail?.to).toEqual(['jane@example.com']);
    expect(mail?.data).toMatch(/^From: Example Codes <codes@example.org>\r$/m);
    expect(mail?.data).toMatch(/^Subject: Your sign-on code\r$/m);
    expect(mail?.data).toContain(`Message-ID: <${message.id}@example.org>`);
    expect(mail?.data).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(mail?.data).toContain('multipart/alternative');
    expect(mail?.data).toContain(`<p>${CODE}</p>`);
  });

  it('sends nothing to a server that does not offer STARTTLS (SEC-70)', async () => {
    await using world = await open({}, { starttls: false });
    expect(await world.gateway.send(outgoing('EMAIL', 'jane@example.com'), signal())).toMatchObject({ ok: false });
    expect(world.rig.mails).toEqual([]);
  });

  it('does so when told that TLS is not required', async () => {
    await using world = await open({ 'smtp-require-tls': 'false' }, { starttls: false });
    expect(await world.gateway.send(outgoing('EMAIL', 'jane@example.com'), signal())).toMatchObject({ ok: true });
  });

  it('sends nothing to a server whose certificate nobody vouches for (SEC-70)', async () => {
    await using world = await open({ 'smtp-ca-file': '' });
    expect(await world.gateway.send(outgoing('EMAIL', 'jane@example.com'), signal())).toMatchObject({ ok: false });
    expect(world.rig.mails).toEqual([]);
  });

  it.each(['jane@example.com\r\nBcc: eve@example.com', 'a@b.example, c@d.example', '"x y"@example.com', 'jane'])(
    'refuses the recipient %j without asking the server (SEC-63)',
    async (to) => {
      await using world = await open();
      expect(await world.gateway.send(outgoing('EMAIL', to), signal())).toMatchObject({ failure: 'permanent' });
      expect(world.rig.mails).toEqual([]);
    },
  );

  it('lets no subject begin a header of its own (SEC-63)', async () => {
    await using world = await open();
    await world.gateway.send(
      outgoing('EMAIL', 'jane@example.com', { subject: 'hello\r\nBcc: eve@example.com' }),
      signal(),
    );
    expect(world.rig.mails[0]?.to).toEqual(['jane@example.com']);
    expect(world.rig.mails[0]?.data).not.toMatch(/^Bcc:/m);
  });
});

describe('a mail that says who it is from (30 §9.3)', () => {
  async function sent(change: Parameters<typeof outgoing>[2]): Promise<string> {
    await using world = await open();
    await world.gateway.send(outgoing('EMAIL', 'jane@example.com', change), signal());
    expect(world.rig.mails[0]?.from).toBe('codes@example.org');
    return world.rig.mails[0]?.data ?? '';
  }

  it('has the environment’s name, and its address within the operator’s domain', async () => {
    const data = await sent({
      from: { name: 'Shop\r\nBcc: eve@example.com', address: 'Hello@EXAMPLE.org' },
      replyTo: { name: 'Help', address: 'help@example.org' },
    });
    expect(data).toMatch(/^From: "?ShopBcc: eve@example.com"? <Hello@example.org>\r$/m);
    expect(data).toMatch(/^Reply-To: Help <help@example.org>\r$/m);
    expect(data).not.toMatch(/^Bcc:/m);
  });

  it('is not sent in another domain’s name, nor asks for replies there', async () => {
    const data = await sent({
      from: { name: 'Shop', address: 'noreply@example.com' },
      replyTo: { address: 'eve@sub.example.org' },
    });
    expect(data).toMatch(/^From: Shop <codes@example.org>\r$/m);
    expect(data).not.toMatch(/^Reply-To:/m);
    expect(await sent({ from: { address: 'no address' } })).toMatch(/^From: Example Codes <codes@example.org>\r$/m);
  });

  it('is in the character set that is asked for, where that has its characters', async () => {
    const latin = await sent({ text: 'Ihr Schlüssel', html: '<p>Ihr Schlüssel</p>', charset: 'ISO-8859-1' });
    expect(latin.match(/charset=iso-8859-1/g)).toHaveLength(2);
    expect(latin.match(/Ihr Schl=FCssel/g)).toHaveLength(2);
    for (const charset of ['US-ASCII', 'KOI8-R', 'x\r\ny'])
      expect(await sent({ text: 'Ihr Schlüssel', charset })).toContain('charset=utf-8');
    expect(await sent({ text: 'Your key', html: '<p>Your key</p>', charset: 'us-ascii' })).toContain(
      'charset=us-ascii',
    );
  });
});

describe('smtp settings', () => {
  const check = (settings: Readonly<Record<string, string>>) =>
    smtp.check(settingsOf(smtp, settings)).map(({ where, what }) => `${where} ${what}`);

  it.each([
    'https://mail.example.org',
    'mail.example.org:587',
    'smtp://',
    'smtp://host/path',
    'smtp://host?x=y',
    'smtp://a%zz@host',
  ])('refuse the URL %j and do not print it', (url) => {
    const problems = check({ 'smtp-url': url, 'smtp-from': 'codes@example.org' });
    expect(problems).toEqual([expect.stringMatching(/^POSTERN_SMTP_URL must be/)]);
    expect(problems.join()).not.toContain(`${url}"`);
  });

  it('name everything that is missing or wrong at once', () => {
    expect(check({ 'smtp-url': 'smtp://mail.example.org', 'smtp-ca-file': '/no/such/file' })).toEqual([
      expect.stringMatching(/^POSTERN_SMTP_FROM is missing/),
      expect.stringMatching(/^POSTERN_SMTP_CA_FILE names/),
    ]);
    expect(check({ 'smtp-from': 'nobody' })).toEqual([expect.stringMatching(/^POSTERN_SMTP_FROM must be/)]);
  });

  it.each([
    'codes@example.org',
    'Example <codes@example.org>',
    '"Example, Inc." <codes@example.org>',
    '<codes@example.org>',
  ])('take the sender %j', (from) => expect(check({ 'smtp-from': from })).toEqual([]));
});
