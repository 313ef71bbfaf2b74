import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TEMPLATES } from '../../src/policies/templates/templates.js';
import { refusesBadFields, refusesRequests } from './bad-fields.js';
import { documentOf, managed } from './managed.js';
import { invalidData, refusalOf } from './refusal.js';
import { object, oneOf, text } from './shapes.js';
import { type Answer, type Body, HERE, startWorld, THERE, type World } from './world.js';

let started: World;
beforeAll(async () => {
  started = await startWorld();
});
afterAll(() => started[Symbol.asyncDispose]());

const world = (): World => started;
const ENVIRONMENT = `/environments/${HERE}`;
const templates = managed(world, `${ENVIRONMENT}/templates`);
const contentsOf = (template: string) => managed(world, `${ENVIRONMENT}/templates/${template}/contents`);
const signOn = contentsOf('strong_authentication');
const OTP = `Code: \${OTP}`;

const email = (more: Body = {}): Body => ({
  deliveryMethod: 'Email',
  locale: 'de',
  body: `<p>\${code.value}</p>`,
  subject: 'Code',
  from: { name: 'Bank', address: 'noreply@pingidentity.com' },
  replyTo: { address: 'noreply@pingidentity.com' },
  charset: 'iso-8859-5',
  emailContentType: 'text/plain',
  ...more,
});
const sms = (more: Body = {}): Body => ({ deliveryMethod: 'SMS', locale: 'de', content: OTP, ...more });
const listed = async (answer: Promise<Answer>): Promise<readonly Body[]> =>
  ((await answer).body['_embedded'] as { contents: Body[] }).contents;

describe('templates (30 §9.1, §9.2)', () => {
  it('are those of the reference, and read by name', async () => {
    const all = await templates.listed();
    expect(all.map(({ id }) => id)).toEqual(TEMPLATES.map(({ id }) => id));
    expect(all).toHaveLength(16);
    expect(all[0]).toMatchObject({
      id: 'strong_authentication',
      environment: { id: HERE },
      deliveryMethods: ['SMS', 'Email', 'Voice', 'Push', 'WhatsApp'],
      allowDynamicVariables: true,
      variables: {
        otp: { required: true, requiredForDeliveryMethods: ['SMS', 'Email', 'Voice', 'WhatsApp'] },
        'user.username': { required: false },
      },
    });
    for (const template of all)
      expect((await templates.read(`${templates.path}/${template['id']}`)).body).toEqual(template);
    for (const name of ['nothing', 'toString', '__proto__'])
      expect(refusalOf(await templates.read(`${templates.path}/${name}`))).toEqual({ status: 404, code: 'NOT_FOUND' });
  });

  it('come in pages, and by delivery method', async () => {
    const { body } = await templates.read(`${templates.path}?limit=10`);
    expect(body).toMatchObject({ count: 16, size: 10 });
    const { href } = (body['_links'] as Record<string, { href: string }>)['next'] ?? { href: '' };
    const next = await world().ask({ path: href.slice(world().postern.apiPath.length) });
    expect(next.body).toMatchObject({ count: 16, size: 6, _links: { environment: {} } });
    const push = await templates.listed(`?filter=${encodeURIComponent('deliveryMethod eq "Push"')}`);
    expect(push).toHaveLength(6);
    expect(refusalOf(await templates.read(`${templates.path}?cursor=nothing`))).toEqual(
      invalidData('INVALID_PARAMETER cursor'),
    );
  });

  it.each(TEMPLATES.map(({ id, deliveryMethods }) => [id, deliveryMethods] as const))(
    '%s has one content for each delivery method, which nobody can change',
    async (id, methods) => {
      const contents = contentsOf(id);
      const predefined = (await contents.listed()).filter((content) => content['default'] === true);
      expect(predefined.map(({ deliveryMethod }) => deliveryMethod).sort()).toEqual([...methods].sort());
      for (const content of predefined) {
        expect(content).toMatchObject({ default: true, locale: 'en' });
        const path = contents.itemOf({ body: content });
        expect((await contents.read(path)).body).toEqual(content);
        for (const answer of [await contents.put(path, documentOf({ body: content })), await contents.remove(path)])
          expect(refusalOf(answer)).toEqual({
            status: 400,
            code: 'REQUEST_FAILED',
            details: ['CONSTRAINT_VIOLATION'],
          });
        // The server's own words would be taken as anybody's.
        const copy = await world().ask({
          path: contents.path,
          body: { ...documentOf({ body: content }), variant: 'copy' },
        });
        expect(copy.status, copy.text).toBe(201);
      }
    },
  );
});

describe('contents of templates (30 §9.3, §9.4)', () => {
  it.each<[string, string, () => Body]>([
    ['Email', 'verification_code_template', email],
    ['SMS', 'strong_authentication', () => sms({ sender: 'Bank 24', twilioVerifyTemplate: { id: 'x', locale: 'de' } })],
    ['Voice', 'strong_authentication', () => ({ deliveryMethod: 'Voice', locale: 'de', content: OTP, voice: 'Man' })],
    [
      'Push',
      'strong_authentication',
      () => ({ deliveryMethod: 'Push', locale: 'de', title: 'T', body: 'B', pushCategory: 'WITHOUT_BANNER_BUTTONS' }),
    ],
    ['WhatsApp', 'device_pairing', () => ({ deliveryMethod: 'WhatsApp', locale: 'de', content: OTP })],
  ])('by %s come back as they were sent', async (_method, template, body) => {
    const contents = contentsOf(template);
    const created = await contents.create(body());
    expect(documentOf(created)).toEqual({ ...body(), default: false });
    const path = contents.itemOf(created);
    expect((await contents.read(path)).body).toEqual(created.body);
    const replaced = await contents.put(path, { ...body(), variant: 'Special' });
    expect(documentOf(replaced)).toEqual({ ...body(), variant: 'Special', default: false });
    expect(documentOf(await contents.put(path, body()))).toEqual({ ...body(), default: false });
    expect((await contents.remove(path)).status).toBe(204);
    expect((await contents.read(path)).status).toBe(404);
  });

  it('may be as long as a mail is', async () => {
    const contents = contentsOf('general');
    const long = email({ body: 'x'.repeat(102_400) });
    expect(documentOf(await contents.create(long))['body']).toHaveLength(102_400);
    const longer = await world().ask({ path: contents.path, body: email({ locale: 'fr', body: 'x'.repeat(102_401) }) });
    expect(refusalOf(longer).status).toBe(400);
  });

  it('may stand beside the predefined one, and are one for each locale and variant, in any case', async () => {
    const own = await signOn.create({ deliveryMethod: 'Push', locale: 'en', title: 'Ours', body: 'Ours' });
    await signOn.create(sms({ locale: 'fr_CA', variant: 'Short' }));
    const second = await world().ask({ path: signOn.path, body: sms({ locale: 'FR-ca', variant: 'sHORT' }) });
    expect(refusalOf(second)).toEqual(invalidData('UNIQUENESS_VIOLATION locale'));
    await signOn.create(sms({ locale: 'fr-CA' }));
    expect((await signOn.remove(signOn.itemOf(own))).status).toBe(204);
  });

  it('need a language of the environment, enabled or not', async () => {
    const body = sms({ locale: 'en-GB' });
    expect(refusalOf(await world().ask({ path: signOn.path, body }))).toEqual(invalidData('INVALID_VALUE language'));
    await world().ask({ path: `${ENVIRONMENT}/languages`, body: { locale: 'en-GB', enabled: false, default: false } });
    expect((await signOn.create(body)).body['locale']).toBe('en-GB');
    const elsewhere = signOn.path.replace(HERE, THERE);
    expect((await world().ask({ path: elsewhere, body })).status).toBe(400);
  });

  it('keep their delivery method and locale', async () => {
    const created = await signOn.create(sms({ variant: 'fixed' }));
    const path = signOn.itemOf(created);
    expect(refusalOf(await signOn.put(path, sms({ locale: 'fr' })))).toEqual(invalidData('INVALID_VALUE locale'));
    const voice = { deliveryMethod: 'Voice', locale: 'de', content: OTP };
    expect(refusalOf(await signOn.put(path, voice))).toEqual(invalidData('INVALID_VALUE deliveryMethod'));
  });

  it('are listed by what they are', async () => {
    const contents = contentsOf('transaction');
    await contents.create(sms({ variant: 'Big' }));
    await contents.create(sms({ locale: 'fr-CA' }));
    const by = async (filter: string) =>
      (await contents.listed(`?filter=${encodeURIComponent(filter)}`)).map(({ locale, deliveryMethod }) => [
        locale,
        deliveryMethod,
      ]);
    expect(await by('variant eq "big"')).toEqual([['de', 'SMS']]);
    expect(await by('locale sw "fr"')).toEqual([['fr-CA', 'SMS']]);
    expect(await by('default eq true and deliveryMethod eq "Push"')).toEqual([['en', 'Push']]);
    expect(await by('createdAt ge "2000-01-01T00:00:00Z" and default eq false and locale eq "de"')).toHaveLength(1);
  });

  it('of a variant are renamed and deleted at once', async () => {
    const contents = contentsOf('new_device_paired');
    const said = (more: Body): Body => ({ deliveryMethod: 'SMS', content: 'New.', ...more });
    for (const locale of ['de', 'fr', 'it']) await contents.create(said({ locale, variant: 'Old' }));
    await contents.create(said({ locale: 'de' }));
    const bulk = (method: string, filter: string, body?: Body): Promise<Answer> =>
      world().ask({ method, path: `${contents.path}?filter=${encodeURIComponent(filter)}`, ...(body ? { body } : {}) });
    const renamed = bulk('PATCH', 'variant eq "OLD"', { variant: 'New' });
    expect((await listed(renamed)).map(({ locale, variant }) => [locale, variant]).sort()).toEqual([
      ['de', 'New'],
      ['fr', 'New'],
      ['it', 'New'],
    ]);
    await contents.create(said({ locale: 'fr', variant: 'Taken' }));
    expect(refusalOf(await bulk('PATCH', 'variant eq "taken"', { variant: 'new' }))).toEqual(
      invalidData('UNIQUENESS_VIOLATION variant'),
    );
    expect(await listed(bulk('PATCH', 'variant eq "nobody’s"', { variant: 'x' }))).toEqual([]);
    for (const filter of ['locale eq "de"', 'variant sw "n"', 'variant eq "a" or variant eq "b"', ''])
      expect((await bulk('DELETE', filter)).status).toBe(400);
    expect((await world().ask({ method: 'DELETE', path: contents.path })).status).toBe(400);
    expect((await bulk('DELETE', 'variant eq "new"')).status).toBe(204);
    expect(
      (await contents.listed()).filter((content) => content['default'] === false && content['variant'] !== 'copy'),
    ).toHaveLength(2);
    expect(world().events.filter((type) => type === 'CONTENT.DELETED').length).toBeGreaterThanOrEqual(3);
  });

  it('of one environment or template are not there in another (SEC-42, SEC-43)', async () => {
    const created = await signOn.create(sms({ variant: 'mine' }));
    const path = signOn.itemOf(created);
    for (const at of [
      path.replace(HERE, THERE),
      path.replace('strong_authentication', 'transaction'),
      path.replace('strong_', 'weak_'),
    ])
      for (const answer of [
        await signOn.read(at),
        await signOn.put(at, sms({ variant: 'mine' })),
        await signOn.remove(at),
      ])
        expect(refusalOf(answer)).toEqual({ status: 404, code: 'NOT_FOUND' });
    expect((await world().ask({ path: contentsOf('nothing').path })).status).toBe(404);
    expect((await world().ask({ path: contentsOf('nothing').path, body: sms() })).status).toBe(404);
  });
});

refusesBadFields('a bad field of a content is named', {
  world,
  to: () => ({ path: contentsOf('verification_code_template').path }),
  right: () => email({ locale: 'ja', variant: 'Fields' }),
  shape: object({
    'deliveryMethod*': oneOf('Email', 'SMS', 'Push', 'Voice', 'WhatsApp'),
    'locale*': text({ max: 35, malformed: ['e', 'en GB'] }),
    variant: text({ max: 100 }),
    'body*': text(),
    subject: text({ max: 256, mayBeEmpty: true }),
    charset: text({ max: 64 }),
  }),
});

refusesRequests(
  'a content is refused that',
  { world, to: () => ({ path: contentsOf('email_verification_admin').path }) },
  [
    {
      name: 'is delivered as its template is not',
      body: () => sms({ content: 'Code' }),
      details: ['INVALID_VALUE deliveryMethod'],
    },
    {
      name: 'has no code in it',
      body: () => email({ body: 'Code' }),
      details: ['REQUIRED_VALUE body'],
    },
    {
      name: 'is from somebody else',
      body: () => email({ body: `\${code}`, from: { address: 'president@example.org' } }),
      details: ['INVALID_VALUE from.address'],
    },
  ],
);
