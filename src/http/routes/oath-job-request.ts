import type { Static } from 'typebox';
import { SERIAL_NUMBER } from '../../devices/kinds/oath-token.js';
import { type MalformedRow, MOST_ROWS } from '../../devices/oath/job.js';
import type { SentRow } from '../../devices/oath/jobs.js';
import { fits, Reference } from '../../kernel/document-schema.js';
import type { Json, JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import type { ErrorDetail } from '../errors.js';
import { createValidator } from '../validation.js';
import { OathTokenBody, parseOathToken } from './oath-token-request.js';

/** Whether the caller need not wait. */
const Async = Type.Optional(Type.Boolean());

/** What is wrong with a single token of an import is told in the job, row by row. */
const AnyToken = Type.Unsafe<JsonObject>(Type.Object({}, { description: 'As the body of `POST …/oathTokens`.' }));

/** An import (wire: `20` §9.2). */
export const ImportBody = Type.Object({
  type: Type.Enum(['CREATE_OATH_TOKENS']),
  async: Async,
  tokens: Type.Array(AnyToken, { minItems: 1, maxItems: MOST_ROWS }),
});

/** A revocation (wire: `20` §9.2). */
export const RevocationBody = Type.Object({
  type: Type.Enum(['REVOKE_OATH_TOKENS']),
  async: Async,
  forceUnpair: Type.Optional(Type.Boolean()),
  tokenIds: Type.Array(Reference, { minItems: 1, maxItems: MOST_ROWS }),
});

/**
 * The largest request of a job, because the usual bounds (SEC-53) are a tenth of what `MOST_ROWS` tokens need: 1 KiB and twelve members for
 * each. They are raised for callers who may write tokens, and for nobody else: the role is asked for before the body is read.
 */
export const LARGEST_JOB = { bytes: MOST_ROWS * 1_024, keys: MOST_ROWS * 12 } as const;

const problemsOf = createValidator(OathTokenBody);
const isSerialNumber = fits(SERIAL_NUMBER);

/** The rows of an import, each held to the rules of a single token. A token that does not say its row is numbered from 1. */
export function importRows(tokens: readonly JsonObject[]): readonly SentRow[] {
  return tokens.map((body, index): SentRow => {
    const { rowNumber, serialNumber } = body;
    return {
      rowNumber: isRowNumber(rowNumber) ? rowNumber : index + 1,
      ...(typeof serialNumber === 'string' && isSerialNumber(serialNumber) ? { serialNumber } : {}),
      token: tokenOf(body),
    };
  });
}

const isRowNumber = (value: Json | undefined): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

function tokenOf(body: JsonObject): SentRow['token'] {
  if (!isTokenBody(body)) return malformed(problemsOf(body));
  const parsed = parseOathToken(body);
  return parsed.ok ? parsed.value : malformed(parsed.rejection.details ?? []);
}

const fitsToken = fits(OathTokenBody);

function isTokenBody(body: JsonObject): body is JsonObject & Static<typeof OathTokenBody> {
  return fitsToken(body);
}

/** One code for a row, and all that is wrong with it in words: which fields, never what they hold. */
function malformed(details: readonly ErrorDetail[]): MalformedRow {
  const said = details.map(({ target, message }) => (target === undefined ? message : `${target} ${message}`));
  return { kind: 'Malformed', code: details[0]?.code ?? 'INVALID_VALUE', message: said.join('; ') };
}
