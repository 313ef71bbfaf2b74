import { type ErrorDetail, invalidData } from '../../src/http/errors.js';
import { managedError } from '../../src/http/rejections/managed.js';
import { createValidator } from '../../src/http/validation.js';
import type { JsonObject } from '../../src/kernel/json.js';
import { putDocument } from '../../src/platform/managed/decide.js';
import { isPolicyDocument, PolicyDocument } from '../../src/policies/device-authentication/policy-document.js';
import { createWorld, ENVIRONMENT, policies, policyId } from './world.js';

const validate = createValidator(PolicyDocument);

/** The details a client would read, from the schema first and then from the decision; empty = the policy is created. */
export function detailsOf(body: JsonObject): readonly ErrorDetail[] {
  const details = validate(body);
  if (details.length > 0) return invalidData(...details).details ?? [];
  if (!isPolicyDocument(body)) throw new TypeError('the two readings of the schema disagree');
  const outcome = createWorld().run((snapshot) =>
    putDocument(policies, snapshot, { environmentId: ENVIRONMENT, id: policyId(2), document: body, as: 'create' }),
  );
  return outcome.ok ? [] : (managedError(outcome.rejection).details ?? []);
}

type Step = string | number;
const stepsOf = (path: string): Step[] =>
  path
    .split(/[.[\]]+/)
    .filter(Boolean)
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));

/** A deep copy with the member at a dotted path set, or removed when `value` is `undefined`. */
export function withMember(document: object, path: string, value: unknown): JsonObject {
  const copy: unknown = JSON.parse(JSON.stringify(document));
  const steps = stepsOf(path);
  const last = steps.pop();
  let at: unknown = copy;
  for (const step of steps) at = Reflect.get(Object(at), step);
  if (last === undefined || typeof at !== 'object' || at === null) throw new TypeError(`no such place: ${path}`);
  if (value === undefined) Reflect.deleteProperty(at, last);
  else Reflect.set(at, last, value);
  // A document is plain data, whatever was set in it; the validator is what looks at it.
  return copy as JsonObject;
}
