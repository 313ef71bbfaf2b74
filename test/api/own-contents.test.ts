import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { managed } from './managed.js';
import { refusalOf } from './refusal.js';
import { type Answer, type Body, HERE, here, startWorld, type World } from './world.js';

let started: World;
beforeAll(async () => {
  started = await startWorld();
});
afterAll(() => started[Symbol.asyncDispose]());

const world = (): World => started;
const contents = (template: string) => managed(world, `/environments/${HERE}/templates/${template}/contents`);
const signOn = contents('strong_authentication');
const languages = managed(world, `/environments/${HERE}/languages`);

/** A flow of the seeded user, and what the newest message says. */
async function start(device: string, notification?: Body): Promise<Answer> {
  return world().ask({
    path: `/${HERE}/deviceAuthentications`,
    body: { user: { id: here.user }, selectedDevice: { id: device }, ...(notification ? { notification } : {}) },
  });
}
async function said(device: string, template?: Body, variables?: Body): Promise<Body> {
  const notification = {
    template: { name: 'strong_authentication', ...template, ...(variables ? { variables } : {}) },
  };
  const answer = await start(device, notification);
  expect(answer.status, answer.text).toBe(201);
  return message(`deviceAuthentication=${answer.body['id']}`);
}
async function message(query: string): Promise<Body> {
  await world().postern.drain();
  const { body } = await world().postern.send({
    method: 'GET',
    url: `${world().postern.inboxUrl}/messages?${query}`,
    token: null,
  });
  const [only] = (body as { messages: Body[] }).messages;
  return only ?? {};
}
const textOf = async (device: string, template?: Body, variables?: Body): Promise<string> =>
  String((await said(device, template, variables))['body']);

describe('contents of the environment’s own are what is sent (30 §9.5)', () => {
  const sms = (more: Body): Body => ({ deliveryMethod: 'SMS', ...more });

  it('the locale is relaxed, the variant is kept, and without a content there are the server’s words', async () => {
    const builtIn = await textOf(here.sms);
    expect(builtIn).toMatch(/^Your sign-on code is \d{6}\.$/);
    const german = await signOn.create(sms({ locale: 'de', content: `DE \${otp}` }));
    await signOn.create(sms({ locale: 'fr-CA', content: `FR-CA \${OTP} \${Shop}` }));
    await signOn.create(sms({ locale: 'fr', variant: 'Formal', content: `FR formal \${otp}` }));
    expect(await textOf(here.sms, { locale: 'de' })).toMatch(/^DE \d{6}$/);
    expect(await textOf(here.sms, { locale: 'de-AT' })).toMatch(/^DE \d{6}$/);
    expect(await textOf(here.sms, { locale: 'fr_CA' }, { shop: 'Fleurs' })).toMatch(/^FR-CA \d{6} Fleurs$/);
    expect(await textOf(here.sms, { locale: 'it' })).toMatch(/^Your sign-on code is/);
    expect(await textOf(here.sms)).toMatch(/^Your sign-on code is/);
    expect(await textOf(here.sms, { locale: 'fr-BE', variant: 'FORMAL' })).toMatch(/^FR formal \d{6}$/);
    const own = await signOn.create(sms({ locale: 'en', content: `EN \${otp}` }));
    expect(await textOf(here.sms)).toMatch(/^EN \d{6}$/);
    for (const content of [own, german]) await signOn.remove(signOn.itemOf(content));
    expect(await textOf(here.sms, { locale: 'de' })).toMatch(/^Your sign-on code is/);
  });

  it('a variant that nobody has is refused, and so is one in another language than asked for or spoken', async () => {
    for (const template of [{ variant: 'nobody’s' }, { variant: 'formal' }, { variant: 'formal', locale: 'de' }]) {
      const answer = await start(here.sms, { template: { name: 'strong_authentication', ...template } });
      expect(refusalOf(answer).status).toBe(400);
    }
  });

  it('the environment’s language comes before the server’s', async () => {
    const spanish = (await languages.listed()).find(({ locale }) => locale === 'es');
    const path = `${languages.path}/${spanish?.['id']}`;
    await languages.put(path, { locale: 'es', enabled: true, default: true });
    await signOn.create(sms({ locale: 'es', content: `ES \${otp}` }));
    expect(await textOf(here.sms)).toMatch(/^ES \d{6}$/);
    expect(await textOf(here.sms, { locale: 'en' })).toMatch(/^Your sign-on code is/);
    const [population] = await managed(world, `/environments/${HERE}/populations`).listed();
    expect(population?.['preferredLanguage']).toBe('es');
    const english = (await languages.listed()).find(({ locale }) => locale === 'en');
    await languages.put(`${languages.path}/${english?.['id']}`, { locale: 'en', enabled: true, default: true });
  });

  it('the language of the population comes before the environment’s, and behind the user’s (00 §7.2)', async () => {
    const populations = managed(world, `/environments/${HERE}/populations`);
    const [population] = await populations.listed();
    const path = `${populations.path}/${population?.['id']}`;
    const name = population?.['name'] ?? '';
    const made = [];
    for (const locale of ['nl', 'tr']) made.push(await signOn.create(sms({ locale, content: `${locale} \${otp}` })));
    expect((await populations.put(path, { name, preferredLanguage: 'nl-BE' })).status).toBe(200);
    expect(await textOf(here.sms)).toMatch(/^nl \d{6}$/);
    const speak = (preferredLanguage: string | null) =>
      world().ask({
        method: 'PATCH',
        path: `/environments/${HERE}/users/${here.user}`,
        body: { preferredLanguage },
      });
    expect((await speak('tr')).status).toBe(200);
    expect(await textOf(here.sms)).toMatch(/^tr \d{6}$/);
    expect((await speak(null)).status).toBe(200);
    expect((await populations.put(path, { name })).body['preferredLanguage']).toBe('en');
    expect(await textOf(here.sms)).not.toMatch(/^(nl|tr)/);
    for (const content of made) await signOn.remove(signOn.itemOf(content));
  });

  it('a mail is HTML unless it says otherwise, and is read as text by whoever wants that', async () => {
    const mail = {
      deliveryMethod: 'Email',
      locale: 'it',
      subject: `Codice \${otp}`,
      body: `<p>Ciao \${who}<br>\${otp}</p>`,
    };
    const created = await signOn.create(mail);
    const mailed = await said(here.email, { locale: 'it' }, { who: '<b>Ann</b>' });
    expect(mailed['subject']).toMatch(/^Codice \d{6}$/);
    expect(mailed['body']).toMatch(/^Ciao <b>Ann<\/b>\n\d{6}$/);
    await signOn.put(signOn.itemOf(created), { ...mail, emailContentType: 'text/plain', subject: undefined });
    const plain = await said(here.email, { locale: 'it' }, { who: 'Ann' });
    expect(plain['body']).toMatch(/^<p>Ciao Ann<br>\d{6}<\/p>$/);
    expect(plain['subject']).toBe('Your sign-on code');
  });

  it('pairing has words of its own too', async () => {
    const pairing = contents('device_pairing');
    await pairing.create(sms({ locale: 'en', content: `Pair \${otp}` }));
    const answer = await world().ask({
      path: `/environments/${HERE}/users/${here.newcomer}/devices`,
      body: { type: 'SMS', phone: '+15125550177', status: 'ACTIVATION_REQUIRED' },
    });
    expect(answer.status, answer.text).toBe(201);
    expect((await message(`device=${answer.body['id']}`))['body']).toMatch(/^Pair \d{6}$/);
  });
});
