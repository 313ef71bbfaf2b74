import type { Static } from 'typebox';
import type { OathJob, RowRefusal } from '../../devices/oath/job.js';
import { Type } from '../../kernel/json-schema.js';
import { CATALOGUE } from '../errors.js';
import { oathTokenError } from '../rejections/oath-tokens.js';
import { LinkView, Reference } from './collection.js';
import type { Links } from './links.js';

/** Wire: `20` §9.2. `result`, `reason` and the status `DONE` are the documentation's, the sums and `errors` the proposal's. */
export const OathJobView = Type.Object({
  _links: Type.Object({ self: LinkView, environment: LinkView }),
  id: Type.String(),
  environment: Reference,
  type: Type.Enum(['CREATE_OATH_TOKENS', 'REVOKE_OATH_TOKENS']),
  status: Type.Enum(['IN_PROGRESS', 'DONE', 'FAILED']),
  reason: Type.Optional(Type.String()),
  result: Type.Object({
    created: Type.Optional(Type.Integer()),
    duplicates: Type.Optional(Type.Object({ count: Type.Integer(), serialNumbers: Type.Array(Type.String()) })),
    revoked: Type.Optional(Type.Integer()),
  }),
  total: Type.Integer(),
  succeeded: Type.Integer(),
  failed: Type.Integer(),
  errors: Type.Array(
    Type.Object({
      rowNumber: Type.Optional(Type.Integer()),
      serialNumber: Type.Optional(Type.String()),
      tokenId: Type.Optional(Type.String()),
      code: Type.String(),
      message: Type.String(),
    }),
  ),
});

const BROKEN_OFF = 'The job was broken off; rows that are neither counted as succeeded nor as failed were not touched.';

export function oathJobView(job: OathJob, links: Links): Static<typeof OathJobView> {
  const { id, environmentId, type, status, total, succeeded, refused } = job;
  const environment = `/environments/${environmentId}`;
  return {
    _links: { self: links.api(`${environment}/oathJobs/${id}`), environment: links.api(environment) },
    id,
    environment: { id: environmentId },
    type,
    status,
    ...(status === 'FAILED' ? { reason: BROKEN_OFF } : {}),
    result: resultOf(job),
    total,
    succeeded,
    failed: refused.length,
    errors: refused.map(({ refusal, ...row }) => ({ ...row, ...textOf(refusal) })),
  };
}

function resultOf({ type, succeeded, refused }: OathJob): Static<typeof OathJobView>['result'] {
  if (type === 'REVOKE_OATH_TOKENS') return { revoked: succeeded };
  const serialNumbers = refused.flatMap(({ refusal, serialNumber = '' }) =>
    refusal.kind === 'SerialNumberTaken' ? [serialNumber] : [],
  );
  return {
    created: succeeded,
    ...(serialNumbers.length > 0 ? { duplicates: { count: serialNumbers.length, serialNumbers } } : {}),
  };
}

/** What a request of its own would have been told: the field's detail where there is one. */
function textOf(refusal: RowRefusal): { readonly code: string; readonly message: string } {
  if (refusal.kind === 'Malformed') return { code: refusal.code, message: refusal.message };
  if (refusal.kind === 'TokenPaired')
    return { code: 'CONSTRAINT_VIOLATION', message: 'The token is paired, and forceUnpair is not true' };
  const { name, details: [detail] = [] } = oathTokenError(refusal);
  const { code, message } = detail ?? CATALOGUE[name];
  return { code, message };
}
