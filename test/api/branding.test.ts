import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidOf } from '../../src/kernel/ids.js';
import { namedId } from '../../src/kernel/keys.js';
import { refusesBadFields, refusesRequests } from './bad-fields.js';
import { documentOf, managed } from './managed.js';
import { refusalOf } from './refusal.js';
import { ONE_PIXEL, theme } from './samples.js';
import { flag, object, oneOf, text } from './shapes.js';
import { type Answer, type Body, HERE, NOBODY, startWorld, THERE, type World } from './world.js';

let started: World;
beforeAll(async () => {
  started = await startWorld();
});
afterAll(() => started[Symbol.asyncDispose]());
const world = (): World => started;
const ENVIRONMENT = `/environments/${HERE}`;
const themes = managed(world, `${ENVIRONMENT}/themes`);
const SETTINGS = `${ENVIRONMENT}/brandingSettings`;
/** The theme that the environment was made with. */
const FIRST = namedId(uuidOf(HERE), 'theme//default');
const CONSTRAINT = { status: 400, code: 'REQUEST_FAILED', details: ['CONSTRAINT_VIOLATION'] };

/** An image of an environment, as others name it. */
async function upload(environment = HERE): Promise<{ readonly id: string; readonly href: string }> {
  const path = `/environments/${environment}/images`;
  const { status, body, text } = await world().ask({ path, type: 'image/png', body: ONE_PIXEL });
  expect(status, text).toBe(201);
  const { original } = body['targets'] as { original: { href: string } };
  return { id: String(body['id']), href: original.href };
}

/** Names of the themes that are the default. */
const defaults = async (): Promise<unknown[]> =>
  (await themes.listed())
    .filter((each) => each['default'] === true)
    .map(({ configuration }) => (configuration as Body)['name']);
const setDefault = (path: string, value: boolean): Promise<Answer> => themes.put(`${path}/default`, { default: value });
/** Makes the theme that a new environment has the default again. */
async function restore(): Promise<void> {
  expect((await setDefault(`${themes.path}/${FIRST}`, true)).status).toBe(200);
}

describe('branding themes (public SDK: BrandingThemesApi)', () => {
  it('begin with one, which is the default and has the name that clients look for', async () => {
    expect(await defaults()).toEqual(['Ping Default']);
  });

  it('come back as they were sent, from POST, GET and PUT alike', async () => {
    const [logo, backgroundImage] = [await upload(), await upload()];
    const whole = theme('Whole', { logoType: 'IMAGE', logo, backgroundType: 'IMAGE', backgroundImage, footer: 'Bye' });
    const created = await themes.create(whole);
    expect(documentOf(created)).toEqual(whole);
    expect(Object.keys(created.body)).toEqual(['_links', 'id', 'environment', 'template', 'default', 'configuration']);
    expect((await themes.read(themes.itemOf(created))).body).toEqual(created.body);
    const replaced = await themes.put(themes.itemOf(created), theme('Smaller'));
    expect([replaced.status, documentOf(replaced)]).toEqual([200, theme('Smaller')]);
    expect((await themes.remove(themes.itemOf(created))).status).toBe(204);
    expect(refusalOf(await themes.read(themes.itemOf(created)))).toEqual({ status: 404, code: 'NOT_FOUND' });
  });

  it('go on naming an image that is deleted', async () => {
    const logo = await upload();
    const created = await themes.create(theme('Framed', { logoType: 'IMAGE', logo }));
    expect((await themes.remove(`${ENVIRONMENT}/images/${logo.id}`)).status).toBe(204);
    expect((await themes.read(themes.itemOf(created))).body).toEqual(created.body);
  });

  it('have one default: it moves to whoever asks for it, by itself too, and is neither given up nor deleted', async () => {
    const created = await themes.create(theme('Ours'));
    const path = themes.itemOf(created);
    expect((await themes.read(`${path}/default`)).body).toMatchObject({ default: false });
    expect(await setDefault(path, false)).toMatchObject({ status: 200, body: { default: false } });
    expect(await setDefault(path, true)).toMatchObject({ status: 200, body: { default: true } });
    expect(await defaults()).toEqual(['Ours']);
    expect((await themes.read(path)).body).toEqual({ ...created.body, default: true });
    expect(refusalOf(await setDefault(path, false))).toEqual({
      ...CONSTRAINT,
      details: ['CONSTRAINT_VIOLATION default'],
    });
    expect(refusalOf(await themes.remove(path))).toEqual(CONSTRAINT);
    // What the Terraform provider sends with each of its changes.
    expect((await themes.put(path, theme('Ours, again'))).body).toMatchObject({ default: true });
    expect(await defaults()).toEqual(['Ours, again']);
    await themes.create({ ...theme('Theirs'), default: true });
    expect(await defaults()).toEqual(['Theirs']);
    expect((await themes.remove(path)).status).toBe(204);
    await restore();
    expect(refusalOf(await setDefault(path, true))).toEqual({ status: 404, code: 'NOT_FOUND' });
  });

  it('are of populations, which have the default one when theirs is deleted or they name none', async () => {
    const populations = managed(world, `${ENVIRONMENT}/populations`);
    const created = await themes.create(theme('Passing'));
    const themeOf = async (path: string): Promise<unknown> => (await populations.read(path)).body['theme'];
    const own = await populations.create({ name: 'Painted', theme: { id: created.body['id'] } });
    expect(own.body['theme']).toEqual({ id: created.body['id'] });
    expect((await setDefault(themes.itemOf(created), true)).status).toBe(200);
    const plain = await populations.create({ name: 'Plain' });
    expect(plain.body['theme']).toEqual({ id: created.body['id'] });
    await restore();
    expect((await themes.remove(themes.itemOf(created))).status).toBe(204);
    for (const population of [own, plain]) expect(await themeOf(populations.itemOf(population))).toEqual({ id: FIRST });
  });

  it('that an environment began with goes too, and its populations go on with its heir', async () => {
    const body = { name: 'Repainted', type: 'SANDBOX', region: 'NA' };
    const { body: made } = await world().ask({ path: '/environments', body });
    const elsewhere = managed(world, `/environments/${made['id']}/themes`);
    const heir = await elsewhere.create({ ...theme('Heir'), default: true });
    const first = (await elsewhere.listed()).find(({ id }) => id !== heir.body['id']);
    expect((await elsewhere.remove(`${elsewhere.path}/${first?.['id']}`)).status).toBe(204);
    const [population] = await managed(world, `/environments/${made['id']}/populations`).listed();
    expect(population?.['theme']).toEqual({ id: heir.body['id'] });
  });
});

describe('branding settings (public SDK: BrandingSettingsApi)', () => {
  it('are there before anybody writes them, have the id of their environment, and come back as they were sent', async () => {
    const { body: made } = await world().ask({
      path: '/environments',
      body: { name: 'Branded', type: 'SANDBOX', region: 'NA' },
    });
    const path = `/environments/${made['id']}/brandingSettings`;
    const before = await themes.read(path);
    expect([before.status, documentOf(before), before.body['id']]).toEqual([200, {}, made['id']]);
    const sent = { companyName: 'Postern Ltd', logo: await upload(String(made['id'])) };
    const put = await themes.put(path, sent);
    expect([put.status, documentOf(put), put.body['id']]).toEqual([200, sent, made['id']]);
    expect((await themes.read(path)).body).toEqual(put.body);
    expect(documentOf(await themes.put(path, { companyName: '' }))).toEqual({ companyName: '' });
    expect((await themes.remove(path)).status).toBe(405);
  });
});

const colour = () => text({ malformed: ['red', '#12345', '#1234567', '#GGGGGG', '123456'] });

refusesBadFields('a bad field of a theme is named', {
  world,
  to: () => ({ path: themes.path }),
  right: () => theme('Fields', { footer: 'Bye' }),
  shape: object({
    'template*': oneOf('default', 'focus', 'mural', 'slate', 'split'),
    default: flag(),
    'configuration*': object({
      name: text({ max: 256 }),
      'logoType*': oneOf('IMAGE', 'NONE'),
      'backgroundType*': oneOf('NONE', 'COLOR', 'IMAGE', 'DEFAULT'),
      backgroundColor: colour(),
      'bodyTextColor*': colour(),
      'buttonColor*': colour(),
      'buttonTextColor*': colour(),
      'cardColor*': colour(),
      'headingTextColor*': colour(),
      'linkTextColor*': colour(),
      footer: text({ max: 1_024, mayBeEmpty: true }),
    }),
  }),
});

refusesRequests('a theme is refused that', { world, to: () => ({ path: themes.path }) }, [
  {
    name: 'shows images and has none',
    body: () => theme('Bare', { logoType: 'IMAGE', backgroundType: 'IMAGE' }),
    details: ['REQUIRED_VALUE configuration.backgroundImage', 'REQUIRED_VALUE configuration.logo'],
  },
  {
    name: 'names images that are not there (SEC-43)',
    body: () => {
      const lost = { id: NOBODY, href: 'https://example.org/logo.png' };
      return theme('Lost', { logoType: 'IMAGE', logo: lost, backgroundImage: lost });
    },
    details: ['INVALID_VALUE configuration.backgroundImage.id', 'INVALID_VALUE configuration.logo.id'],
  },
]);

it('another environment’s image is nobody’s logo (SEC-43)', async () => {
  const logo = await upload(THERE);
  expect(refusalOf(await themes.put(SETTINGS, { logo }))).toMatchObject({ details: ['INVALID_VALUE logo.id'] });
});

refusesBadFields('a bad field of the branding settings is named', {
  world,
  to: () => ({ method: 'PUT', path: SETTINGS }),
  right: () => ({ companyName: 'Postern Ltd' }),
  shape: object({ companyName: text({ max: 256, mayBeEmpty: true }) }),
});
