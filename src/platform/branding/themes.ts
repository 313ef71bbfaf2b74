import { oneOf, Reference } from '../../kernel/document-schema.js';
import type { FieldProblem } from '../../kernel/field-problem.js';
import type { Uuid } from '../../kernel/ids.js';
import { isJsonObject, type JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import { namedId } from '../../kernel/keys.js';
import type { ManagedResource, Rule } from '../managed/resource.js';
import { atMost, checked, defaultOf, oneDefault, refersTo } from '../managed/rules.js';
import type { EnvironmentId, StoredDocument } from '../model.js';

const KIND = 'theme';
/** Of one environment; no client names a limit. */
const MOST_THEMES = 100;

/** An image as what shows it names it: the id that it has here, and its address (public SDK: `BrandingThemeConfigurationLogo`). */
export const ShownImage = Type.Object({
  id: Reference,
  href: Type.String({ minLength: 1, maxLength: 2_048, pattern: '^https?://\\S+$' }),
});

const colour = Type.String({ pattern: '^#(?:[0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})$' });

/** The writable members of a theme (public SDK: `BrandingTheme`). */
const ThemeDocument = Type.Object({
  template: oneOf('default', 'focus', 'mural', 'slate', 'split'),
  default: Type.Optional(Type.Boolean()),
  configuration: Type.Object({
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    logoType: oneOf('IMAGE', 'NONE'),
    logo: Type.Optional(ShownImage),
    backgroundType: oneOf('NONE', 'COLOR', 'IMAGE', 'DEFAULT'),
    backgroundColor: Type.Optional(colour),
    backgroundImage: Type.Optional(ShownImage),
    bodyTextColor: colour,
    buttonColor: colour,
    buttonTextColor: colour,
    cardColor: colour,
    headingTextColor: colour,
    linkTextColor: colour,
    footer: Type.Optional(Type.String({ maxLength: 1_024 })),
  }),
});

/** What the first theme of an environment is made of; released clients look for it by this name of its configuration. */
export const FACTORY_THEME: JsonObject = {
  template: 'default',
  default: true,
  configuration: {
    name: 'Ping Default',
    logoType: 'NONE',
    backgroundType: 'DEFAULT',
    backgroundColor: '#ededed',
    bodyTextColor: '#686f77',
    buttonColor: '#007CBA',
    buttonTextColor: '#ffffff',
    cardColor: '#ffffff',
    headingTextColor: '#686f77',
    linkTextColor: '#007CBA',
  },
};

/** The name by which an environment is given its first theme. */
export const FACTORY_THEME_NAME = 'default';

/** The theme of a population: the one that it names, else the one that its environment was made with. */
export function themeOf({ environmentId, body }: Pick<StoredDocument, 'environmentId' | 'body'>): JsonObject {
  const { theme } = body;
  return isJsonObject(theme) ? theme : { id: factoryThemeId(environmentId) };
}

const factoryThemeId = (environmentId: EnvironmentId): Uuid => namedId(environmentId, `${KIND}//${FACTORY_THEME_NAME}`);

/** How pages of an environment look (public SDK: `BrandingThemesApi`). Documents: no page of this server is made of one. */
export const themes: ManagedResource = {
  kind: KIND,
  schema: ThemeDocument,
  noun: 'THEME',
  rules: [
    checked(namesWhatItsTypesNeed),
    refersTo('image', 'configuration.logo.id', 'an image'),
    refersTo('image', 'configuration.backgroundImage.id', 'an image'),
    movesToWhoAsks(),
    // The Terraform provider sends `false` with every change, of the default one too.
    {
      completes: ({ document, current }) => ({ ...document, default: isDefault(document) || isDefault(current?.body) }),
    },
    givesItsPopulationsTheDefault(),
    atMost(KIND, MOST_THEMES),
  ],
};

/** Wire: public SDK, `BrandingThemeDefault`. */
export const ThemeDefault = Type.Object({ default: Type.Boolean() });

/** Whether a theme is its environment's default, as a command of its own. */
export const themeDefault: ManagedResource = {
  kind: KIND,
  schema: ThemeDefault,
  noun: 'THEME',
  rules: [oneDefault(KIND), { completes: ({ document, current }) => ({ ...current?.body, ...document }) }],
};

const isDefault = (body: JsonObject | undefined): boolean => body?.['default'] === true;

/** The default moves as ever; that a change does not ask for it is no wish to give it up. */
function movesToWhoAsks(): Rule {
  const { refuses: _, ...moves } = oneDefault(KIND);
  return moves;
}

/** Members that a theme must have because of what it says of its logo and its background. */
const NEEDED = [
  ['logoType', 'IMAGE', 'logo'],
  ['backgroundType', 'IMAGE', 'backgroundImage'],
  ['backgroundType', 'COLOR', 'backgroundColor'],
] as const;

function namesWhatItsTypesNeed({ configuration }: JsonObject): readonly FieldProblem[] {
  if (configuration === undefined || !isJsonObject(configuration)) return [];
  return NEEDED.filter(
    ([type, value, member]) => configuration[type] === value && configuration[member] === undefined,
  ).map(([, , member]): FieldProblem => ({ problem: 'required', target: `configuration.${member}` }));
}

/** Populations that have it have the default from now on: the Terraform provider deletes a theme before it changes them. */
function givesItsPopulationsTheDefault(): Rule {
  return {
    reads: ({ document }) => (document ? [] : [{ kind: 'population' }]),
    mends({ id }, others) {
      const heir = defaultOf(KIND, others);
      return others
        .of('population')
        .filter((population) => themeOf(population)['id'] === id)
        .map((population): StoredDocument => {
          const { theme: _, ...body } = population.body;
          return {
            ...population,
            body: heir ? { ...body, theme: { id: heir.id } } : body,
            updatedAt: Math.max(others.now, population.updatedAt),
          };
        });
    },
  };
}
