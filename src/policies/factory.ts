import type { Uuid } from '../kernel/ids.js';
import type { JsonObject } from '../kernel/json.js';
import { namedId } from '../kernel/keys.js';
import { factoryApplications } from '../platform/applications/system-applications.js';
import { FACTORY_THEME, FACTORY_THEME_NAME } from '../platform/branding/themes.js';
import type { DocumentKind } from '../platform/model.js';
import { FACTORY_PASSWORD_POLICIES } from '../platform/passwords/password-policies.js';
import { givenAttributes } from '../platform/resources/resource-attributes.js';
import { FACTORY_RESOURCES } from '../platform/resources/resources.js';
import { factoryFido2Policies } from './fido2/fido2-policy-document.js';
import { factoryNotificationsPolicy } from './notifications/notifications-policy.js';
import { FACTORY_SIGN_ON_POLICIES } from './sign-on-policies.js';
import { factoryLanguages } from './templates/languages.js';

/** A document that every new environment has, by a name of its own (`30` §0.5); its id is made of that name. */
export interface FactoryDocument {
  readonly kind: DocumentKind;
  readonly name: string;
  readonly parent?: string;
  readonly body: JsonObject;
}

/** What a new environment contains beside its policy, settings, population and key (`30` §0.5). */
export function factoryDocuments({
  environmentId,
  relyingPartyId,
}: {
  readonly environmentId: Uuid;
  readonly relyingPartyId: string;
}): readonly FactoryDocument[] {
  const [passkeys, securityKey] = factoryFido2Policies(relyingPartyId);
  return [
    { kind: 'fido2Policy', name: 'passkeys', body: passkeys },
    { kind: 'fido2Policy', name: 'security key', body: securityKey },
    ...factoryLanguages().map((body) => ({ kind: 'language', name: String(body['locale']), body }) as const),
    { kind: 'notificationsPolicy', name: 'default', body: factoryNotificationsPolicy() },
    ...FACTORY_PASSWORD_POLICIES.map((body) => ({ kind: 'passwordPolicy', name: String(body['name']), body }) as const),
    ...FACTORY_SIGN_ON_POLICIES.flatMap(({ body, actions }): FactoryDocument[] => {
      const policy: FactoryDocument = { kind: 'signOnPolicy', name: String(body['name']), body };
      const parent = factoryId(environmentId, policy);
      const steps = actions.map(
        (action): FactoryDocument => ({
          kind: 'signOnPolicyAction',
          parent,
          name: String(action['type']),
          body: action,
        }),
      );
      return [policy, ...steps];
    }),
    { kind: 'theme', name: FACTORY_THEME_NAME, body: FACTORY_THEME },
    ...factoryApplications(environmentId).map(
      (body) => ({ kind: 'application', name: String(body['type']), body }) as const,
    ),
    ...FACTORY_RESOURCES.flatMap(({ body, scopes }): FactoryDocument[] => {
      const resource: FactoryDocument = { kind: 'resource', name: String(body['name']), body };
      const parent = factoryId(environmentId, resource);
      return [
        resource,
        ...scopes.map(
          (name): FactoryDocument => ({
            kind: 'scope',
            parent,
            name,
            body: { name, description: `The predefined scope ${name}` },
          }),
        ),
        ...givenAttributes(body['type']).map(
          (attribute): FactoryDocument => ({
            kind: 'resourceAttribute',
            parent,
            name: String(attribute['name']),
            body: attribute,
          }),
        ),
      ];
    }),
  ];
}

/** The id of a factory document in its environment. */
export function factoryId(environmentId: Uuid, { kind, parent = '', name }: FactoryDocument): Uuid {
  return namedId(environmentId, `${kind}/${parent}/${name}`);
}
