import { Type } from '../../kernel/json-schema.js';
import type { Outcome } from '../../kernel/outcome.js';
import type { ManagedService } from '../../platform/managed/service.js';
import type { StoredDocument } from '../../platform/model.js';
import {
  emailDomains,
  trustedEmails,
  UNSHOWN_OF_ADDRESS,
  UNSHOWN_OF_DOMAIN,
} from '../../policies/notifications/email-domains.js';
import type { SenderRejection } from '../../senders/rejection.js';
import type { SenderService } from '../../senders/service.js';
import { LinkView } from '../hal/collection.js';
import type { Links } from '../hal/links.js';
import type { ManagedDefinition } from '../managed/definition.js';
import { pathIn } from '../managed/place.js';
import { managedRoutes } from '../managed/routes.js';
import { managedView, viewSchema } from '../managed/view.js';
import { senderError } from '../rejections/senders.js';
import { type Call, defineRoute, JSON_TYPE, type Route, reply, vnd } from '../route.js';

const DOMAINS = '/environments/:envId/emailDomains';
const SOURCE = '30 §6.2';
const NAMED = { StillReferenced: 'Notification settings or contents still name it as their sender' };

const DOMAIN: ManagedDefinition = {
  resource: emailDomains(),
  id: 'emailDomain',
  one: 'a trusted e-mail domain',
  many: 'trusted e-mail domains',
  source: SOURCE,
  collection: 'emailDomains',
  path: DOMAINS,
  parameter: 'emailDomainId',
  permission: { read: 'policies:read', write: 'policies:write' },
  timestamps: 'none',
  hides: UNSHOWN_OF_DOMAIN,
  texts: NAMED,
  without: ['update'],
};

const ADDRESS: ManagedDefinition = {
  resource: trustedEmails(),
  id: 'trustedEmail',
  one: 'a trusted e-mail address',
  many: 'trusted e-mail addresses',
  source: SOURCE,
  collection: 'trustedEmails',
  path: `${DOMAINS}/:emailDomainId/trustedEmails`,
  parameter: 'trustedEmailId',
  parent: { parameter: 'emailDomainId', kind: 'emailDomain', member: 'domain' },
  permission: { read: 'policies:read', write: 'policies:write' },
  timestamps: 'none',
  hides: UNSHOWN_OF_ADDRESS,
  adds: {
    schema: { status: Type.Enum(['ACTIVE', 'VERIFICATION_REQUIRED']) },
    members: ({ body }) => ({ status: body['status'] ?? 'VERIFICATION_REQUIRED' }),
  },
  texts: NAMED,
  without: ['create', 'update'],
};

const AddressView = viewSchema(ADDRESS);

/** In whose name an environment's mail may be sent (public SDK: `TrustedEmailDomainsApi`, `TrustedEmailAddressesApi`). */
export function emailDomainsRoutes(senders: SenderService, managed: ManagedService): Route[] {
  return [
    ...managedRoutes(DOMAIN, senders.domains),
    ...recordRoutes(senders),
    ...managedRoutes(ADDRESS, managed),
    ...addressRoutes(senders),
  ];
}

const Status = Type.Enum(['ACTIVE', 'VERIFICATION_REQUIRED']);
const OfDomain = { _links: Type.Object({ self: LinkView, environment: LinkView }) };
const RecordView = { key: Type.String(), value: Type.String() };

const linksOf = ({ envId, emailDomainId }: Call<'envId' | 'emailDomainId'>['params'], links: Links, what: string) => ({
  self: links.api(`/environments/${envId}/emailDomains/${emailDomainId}/${what}`),
  environment: links.api(`/environments/${envId}`),
});

/** What the owner of a domain publishes, and whether it is there: looked up at every request. */
function recordRoutes(senders: SenderService): Route[] {
  const common = { method: 'GET', base: 'api', source: SOURCE, permission: 'policies:read' } as const;
  return [
    defineRoute({
      ...common,
      id: 'emailDomain.ownership.read',
      summary: 'Look up whether a domain is shown to be the environment’s',
      path: `${DOMAINS}/:emailDomainId/ownership`,
      replies: {
        200: Type.Object({
          ...OfDomain,
          type: Type.Literal('TXT'),
          regions: Type.Array(Type.Object({ name: Type.String(), status: Status, ...RecordView })),
          environmentDnsRecord: Type.Object({ status: Status, ...RecordView }),
        }),
      },
      async handle({ params, links }) {
        const found = await senders.ownership(params.envId, params.emailDomainId);
        if (!found.ok) return senderError(found.rejection);
        const { ownership, environment, region } = found.value;
        return reply(200, {
          _links: linksOf(params, links, 'ownership'),
          type: 'TXT',
          regions: [{ name: region, ...ownership }],
          environmentDnsRecord: environment,
        });
      },
    }),
    defineRoute({
      ...common,
      id: 'emailDomain.spf.read',
      summary: 'Look up whether a domain lets mail be sent for it',
      path: `${DOMAINS}/:emailDomainId/spf`,
      replies: { 200: Type.Object({ ...OfDomain, type: Type.Literal('TXT'), status: Status, ...RecordView }) },
      async handle({ params, links }) {
        const found = await senders.spf(params.envId, params.emailDomainId);
        if (!found.ok) return senderError(found.rejection);
        return reply(200, { _links: linksOf(params, links, 'spf'), type: 'TXT', ...found.value });
      },
    }),
    defineRoute({
      ...common,
      id: 'emailDomain.dkim.read',
      summary: 'Look up whether a domain names the keys of its mail',
      path: `${DOMAINS}/:emailDomainId/dkim`,
      replies: {
        200: Type.Object({
          ...OfDomain,
          type: Type.Literal('CNAME'),
          regions: Type.Array(
            Type.Object({ name: Type.String(), status: Status, tokens: Type.Array(Type.Object(RecordView)) }),
          ),
        }),
      },
      partial:
        'Records of the reference’s form, looked up; mail is signed by the relay that takes it, with keys of its own.',
      async handle({ params, links }) {
        const found = await senders.dkim(params.envId, params.emailDomainId);
        if (!found.ok) return senderError(found.rejection);
        const { region, status, records } = found.value;
        return reply(200, {
          _links: linksOf(params, links, 'dkim'),
          type: 'CNAME',
          regions: [{ name: region, status, tokens: records }],
        });
      },
    }),
  ];
}

/** ASCII digits; its length is held against the code that was sent (SEC-09). */
const Code = Type.String({ minLength: 1, pattern: '^[0-9]{6,10}$' });

function addressRoutes(senders: SenderService): Route[] {
  const common = { method: 'POST', base: 'api', source: SOURCE, permission: 'policies:write' } as const;
  const shown = (outcome: Outcome<StoredDocument, SenderRejection>, call: Call, status = 200) =>
    outcome.ok
      ? reply(status, managedView(ADDRESS, pathIn(ADDRESS.path, call), outcome.value, call.links))
      : senderError(outcome.rejection);
  return [
    defineRoute({
      ...common,
      id: 'trustedEmail.create',
      summary: 'Create a trusted e-mail address, and send it a code',
      path: `${DOMAINS}/:emailDomainId/trustedEmails`,
      accepts: JSON_TYPE,
      body: Type.Object({ emailAddress: Type.String({ minLength: 5, maxLength: 254 }) }),
      replies: { 200: AddressView, 201: AddressView },
      errors: ['REQUEST_FAILED'],
      async handle(call) {
        const { params, body, by } = call;
        const made = await senders.createAddress(params.envId, params.emailDomainId, body, by);
        if (!made.ok) return senderError(made.rejection);
        return shown({ ok: true, value: made.value.stored }, call, made.value.isNew ? 201 : 200);
      },
    }),
    defineRoute({
      ...common,
      id: 'trustedEmail.sendVerificationCode',
      summary: 'Send a trusted e-mail address another code',
      path: `${DOMAINS}/:emailDomainId/trustedEmails/:trustedEmailId`,
      accepts: vnd('trustedEmail.sendVerificationCode'),
      emptyBody: true,
      replies: { 200: AddressView },
      errors: ['REQUEST_FAILED'],
      handle: async (call) => shown(await senders.resend(placeIn(call.params), call.by), call),
    }),
    defineRoute({
      ...common,
      id: 'trustedEmail.activate',
      summary: 'Activate a trusted e-mail address by its code',
      path: `${DOMAINS}/:emailDomainId/trustedEmails/:trustedEmailId`,
      accepts: vnd('trustedEmail.activate'),
      body: Type.Object({ verificationCode: Code }),
      replies: { 200: AddressView },
      errors: ['REQUEST_FAILED'],
      handle: async (call) =>
        shown(await senders.activate(placeIn(call.params), call.body.verificationCode, call.by), call),
    }),
  ];
}

const placeIn = ({
  envId,
  emailDomainId,
  trustedEmailId,
}: Call<'envId' | 'emailDomainId' | 'trustedEmailId'>['params']) => ({
  environmentId: envId,
  domainId: emailDomainId,
  id: trustedEmailId,
});
