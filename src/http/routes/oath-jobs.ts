import type { OathJob } from '../../devices/oath/job.js';
import type { OathJobService } from '../../devices/oath/jobs.js';
import type { OathTokenRejection } from '../../devices/oath/rejection.js';
import { uuidOf } from '../../kernel/ids.js';
import type { Outcome } from '../../kernel/outcome.js';
import type { WireError } from '../errors.js';
import type { Links } from '../hal/links.js';
import { OathJobView, oathJobView } from '../hal/oath-jobs.js';
import { oathTokenError } from '../rejections/oath-tokens.js';
import { defineRoute, type Reply, type Route, reply, vnd } from '../route.js';
import { ImportBody, importRows, LARGEST_JOB, RevocationBody } from './oath-job-request.js';

const COLLECTION = '/environments/:envId/oathJobs';
const COMMON = { source: '20 §9.2', base: 'api' } as const;
/** Of what begins a job. */
const BEGIN = {
  ...COMMON,
  method: 'POST',
  path: COLLECTION,
  permission: 'devices:write',
  replies: { 201: OathJobView, 202: OathJobView },
  errors: ['INVALID_DATA', 'NOT_FOUND'],
} as const;

/** Imports and revocations of many hardware tokens (wire: `20` §9.2). */
export function oathJobsRoutes(jobs: OathJobService): Route[] {
  return [
    defineRoute({
      ...BEGIN,
      id: 'oathJob.import',
      summary: 'Imports OATH tokens',
      accepts: vnd('job.oathtokens.create'),
      largest: LARGEST_JOB,
      body: ImportBody,
      async handle({ params, body, links, by }) {
        const terms = { mayGoOn: body.async === true, by };
        return begun(await jobs.import(params.envId, importRows(body.tokens), terms), links);
      },
    }),
    defineRoute({
      ...BEGIN,
      id: 'oathJob.revoke',
      summary: 'Revokes OATH tokens, and with `forceUnpair` the devices that they are paired as',
      accepts: vnd('job.oathtokens.revoke'),
      body: RevocationBody,
      async handle({ params, body, links, by }) {
        const revocation = { tokenIds: body.tokenIds.map(uuidOf), forceUnpair: body.forceUnpair === true };
        return begun(await jobs.revoke(params.envId, revocation, { mayGoOn: body.async === true, by }), links);
      },
    }),
    defineRoute({
      ...COMMON,
      id: 'oathJob.read',
      summary: 'Reads an import or a revocation of OATH tokens',
      method: 'GET',
      path: '/environments/:envId/oathJobs/:oathJobId',
      permission: 'devices:read',
      replies: { 200: OathJobView },
      errors: ['NOT_FOUND'],
      async handle({ params, links }) {
        const found = await jobs.read(params.envId, params.oathJobId);
        return found.ok ? reply(200, oathJobView(found.value, links)) : oathTokenError(found.rejection);
      },
    }),
  ];
}

/** 202: it goes on, and its link tells how far it is (`20` §1). */
function begun(outcome: Outcome<OathJob, OathTokenRejection>, links: Links): Reply | WireError {
  if (!outcome.ok) return oathTokenError(outcome.rejection);
  return reply(outcome.value.status === 'IN_PROGRESS' ? 202 : 201, oathJobView(outcome.value, links));
}
