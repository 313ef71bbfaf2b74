import type { FieldProblem } from '../../kernel/field-problem.js';
import type { Json, JsonObject } from '../../kernel/json.js';
import { namedId } from '../../kernel/keys.js';
import type { Candidate, ManagedResource, Others, Rule } from '../../platform/managed/resource.js';
import { immutable } from '../../platform/managed/rules.js';
import type { Environment, StoredDocument } from '../../platform/model.js';
import { trustedAddress } from '../notifications/notifications-settings.js';
import { FIRST_LOCALE } from './languages.js';
import { TemplateContentDocument } from './template-content-document.js';
import { type DeliveryMethod, sentText, type Template, templateOf } from './templates.js';

const KIND = 'templateContent';

/** Contents of the templates of an environment (wire: `30` §9). `senderAddress`: the one that a mail may be from. */
export function templateContents(senderAddress: string): ManagedResource {
  return {
    kind: KIND,
    schema: TemplateContentDocument,
    noun: 'CONTENT',
    rules: [
      immutable('deliveryMethod'),
      immutable('locale'),
      fitsItsTemplate(),
      trustedAddress('from', senderAddress),
      trustedAddress('replyTo', senderAddress),
      { completes: ({ document }) => ({ ...document, default: false }) },
    ],
    isParent: (name) => templateOf(name) !== undefined,
    builtIn: predefinedContents,
  };
}

/** The first thing that is wrong with a content among its template, its environment's languages and the other contents (`30` §9.4). */
function fitsItsTemplate(): Rule {
  return {
    reads: ({ parent }) => [{ kind: 'language' }, { kind: KIND, ...(parent === undefined ? {} : { parent }) }],
    problems(candidate, others) {
      const template = templateOf(candidate.parent);
      if (!template) return [];
      const checks = [methodProblems, localeProblems, variableProblems, holderProblems];
      for (const check of checks) {
        const problems = check(template, candidate, others);
        if (problems.length > 0) return problems;
      }
      return [];
    },
  };
}

type Check = (template: Template, candidate: Candidate, others: Others) => readonly FieldProblem[];

const methodProblems: Check = ({ deliveryMethods, id }, { document }) =>
  deliveryMethods.some((method) => method === document['deliveryMethod'])
    ? []
    : [
        {
          problem: 'invalid',
          target: 'deliveryMethod',
          message: `is not one of ${id}`,
          allowedValues: deliveryMethods,
        },
      ];

const localeProblems: Check = (_template, { document }, others) =>
  others.of('language').some(({ body }) => isSameLocale(body['locale'], document['locale']))
    ? []
    : [{ problem: 'invalid', target: 'language', message: 'must be a language of the environment' }];

const variableProblems: Check = ({ variables }, { document }) => {
  const target = document['content'] === undefined ? 'body' : 'content';
  const text = String(document[target]).toLowerCase();
  const needed = variables.filter(({ requiredFor }) =>
    requiredFor.some((method) => method === document['deliveryMethod']),
  );
  return needed
    .map(({ name }) => `\${${name}}`)
    .filter((variable) => !text.includes(variable.toLowerCase()))
    .map((variable) => ({ problem: 'required', target, message: `must contain ${variable}` }));
};

const holderProblems: Check = (_template, { document, id, parent }, others) => {
  const holder = others.of(KIND, parent).find((other) => other.id !== id && keyOf(other.body) === keyOf(document));
  return holder ? [{ problem: 'taken', target: 'locale', existingId: holder.id }] : [];
};

/** What two contents of one template cannot both have; no variant is a value of its own (`30` §9.4). */
export function keyOf({ deliveryMethod, locale, variant }: JsonObject): string {
  return JSON.stringify([deliveryMethod, formOf(locale), variant === undefined ? null : String(variant).toLowerCase()]);
}

/** `en-GB`, `en_GB` and `EN-gb` are one locale (`30` §9.3). */
export const formOf = (locale: Json | undefined): string => String(locale).replaceAll('_', '-').toLowerCase();
const isSameLocale = (a: Json | undefined, b: Json | undefined): boolean => formOf(a) === formOf(b);

/** What every environment has of a template: one content for each delivery method, which is not stored (`30` §9.2). */
export function predefinedContents(
  { id, createdAt }: Environment,
  parent: string | undefined,
): readonly StoredDocument[] {
  const template = templateOf(parent);
  return (template?.deliveryMethods ?? []).map((deliveryMethod) => ({
    environmentId: id,
    kind: KIND,
    id: namedId(id, `${KIND}/${template?.id ?? ''}/${deliveryMethod}`),
    parent: template?.id ?? '',
    body: {
      deliveryMethod,
      locale: FIRST_LOCALE,
      ...(template ? wordsOf(template, deliveryMethod) : {}),
      default: true,
    },
    createdAt,
    updatedAt: createdAt,
  }));
}

function wordsOf({ id, text, displayName }: Template, method: DeliveryMethod): JsonObject {
  switch (method) {
    case 'Email': {
      const mail = sentText(id, 'EMAIL');
      return { subject: mail?.subject ?? displayName, body: mail?.html ?? text };
    }
    case 'Push':
      return id === 'strong_authentication'
        ? { title: 'Sign-on request', body: 'Approve this sign-on?' }
        : { title: displayName, body: id === 'transaction' ? 'Approve this transaction?' : text };
    case 'Voice':
      return { content: sentText(id, 'VOICE')?.text ?? text };
    default:
      return { content: text };
  }
}
