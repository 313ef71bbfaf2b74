import type { FieldProblem } from '../../kernel/field-problem.js';
import { unreachable } from '../../kernel/outcome.js';
import {
  type ErrorDetail,
  invalid,
  invalidData,
  outOfRange,
  required,
  taken,
  tooLong,
  type WireError,
} from '../errors.js';

/** Every bad field at once (wire: `00` §4.2). */
export function invalidFields(problems: readonly FieldProblem[]): WireError {
  const error = invalidData(...problems.map(fieldDetail));
  const [message] = problems.flatMap((problem) =>
    problem.problem === 'invalid' && problem.isHeadline && problem.message ? [problem.message] : [],
  );
  return message === undefined ? error : { ...error, message };
}

function fieldDetail(problem: FieldProblem): ErrorDetail {
  const { target } = problem;
  switch (problem.problem) {
    case 'required':
      return { ...required(target), ...(problem.message === undefined ? {} : { message: problem.message }) };
    case 'invalid':
      return invalid(target, problem.message ?? 'is not valid', problem.allowedValues);
    case 'tooLong':
      return tooLong(target, problem.maximum ?? 0);
    case 'outOfRange':
      return outOfRange(target, problem.minimum, problem.maximum);
    case 'taken':
      return taken(target, problem.existingId);
    default:
      return unreachable(problem);
  }
}
