import type { Uuid } from '../../kernel/ids.js';
import type { Json, JsonObject } from '../../kernel/json.js';
import { namedId } from '../../kernel/keys.js';
import type { Rule } from '../managed/resource.js';

/** Types of which every environment has one application, and nobody makes another (wire: `00` §7.1, §9.2). */
const SYSTEM_TYPES = ['PING_ONE_PORTAL', 'PING_ONE_SELF_SERVICE'] as const;
type SystemType = (typeof SYSTEM_TYPES)[number];
/** Of the server's making too; an environment has none of it here. */
const UNMAKEABLE: readonly Json[] = [...SYSTEM_TYPES, 'PING_ONE_ADMIN_CONSOLE'];

/** Whether a document is one of the applications that an environment comes with. They have no secret and never act. */
export const isSystemApplication = ({ type }: JsonObject): boolean => SYSTEM_TYPES.some((known) => known === type);

/** Names as released clients look for them (the Terraform provider's own tests). Nothing answers under them: they are documents. */
const TERMS: Readonly<
  Record<SystemType, { readonly name: string; readonly description: string; readonly shape: string }>
> = {
  PING_ONE_PORTAL: {
    name: 'PingOne Application Portal',
    description: 'The portal of the environment’s applications. This server has no such page.',
    shape: 'M4 4h6v6H4zm10 0h6v6h-6zM4 14h6v6H4zm10 0h6v6h-6z',
  },
  PING_ONE_SELF_SERVICE: {
    name: 'PingOne Self-Service - MyAccount',
    description: 'Where users manage their own account. This server has no such page.',
    shape: 'M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4 20a8 6 0 0 1 16 0z',
  },
};

/** What is said of one unless somebody says otherwise. */
const UNSAID = {
  pkceEnforcement: 'OPTIONAL',
  hiddenFromAppPortal: false,
  applyDefaultTheme: false,
} as const satisfies JsonObject;

/** The applications that an environment comes with. */
export function factoryApplications(environmentId: Uuid): readonly JsonObject[] {
  return SYSTEM_TYPES.map((type) => {
    const { name, description, shape } = TERMS[type];
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="${shape}"/></svg>`;
    return {
      name,
      description,
      type,
      protocol: 'OPENID_CONNECT',
      enabled: true,
      tokenEndpointAuthMethod: 'NONE',
      // In the document itself: no host has to have it.
      icon: {
        id: namedId(environmentId, `icon/${type}`),
        href: `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`,
      },
      ...UNSAID,
      roles: [],
    };
  });
}

/** What may be said of one (members of the public Go client); the rest is the server's, and taken without effect. */
const SAYABLE = [
  'enabled',
  'description',
  'accessControl',
  'hiddenFromAppPortal',
  'loginPageUrl',
  'pkceEnforcement',
  'applyDefaultTheme',
  'enableDefaultThemeFooter',
] as const;

/** They are what the server made them, and stay; a few members change (wire: `00` §7.1, §9.2). */
export function systemOnesStay(): Rule {
  return {
    problems: ({ document, current }) =>
      !current && UNMAKEABLE.some((type) => type === document['type'])
        ? [{ problem: 'invalid', target: 'type', message: 'is for applications that the server makes' }]
        : [],
    keeps: ({ body }) => (isSystemApplication(body) ? { rule: 'ReadOnly' } : undefined),
    completes({ document, current }) {
      if (!current || !isSystemApplication(current.body)) return document;
      const { name, type, protocol, tokenEndpointAuthMethod, icon } = current.body;
      const said = SAYABLE.flatMap((member) => {
        const value = document[member];
        return value === undefined ? [] : [[member, value] as const];
      });
      const own = Object.entries({ name, type, protocol, tokenEndpointAuthMethod, icon });
      return { ...UNSAID, ...Object.fromEntries([...own.flatMap(present), ...said]) };
    },
  };
}

const present = ([name, value]: readonly [string, Json | undefined]): readonly (readonly [string, Json])[] =>
  value === undefined ? [] : [[name, value]];
