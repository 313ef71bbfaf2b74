import { Compile } from 'typebox/compile';
import { Settings } from 'typebox/system';
import { accept, type Outcome, reject } from '../../kernel/outcome.js';
import type { Complaint } from './read.js';
import { SeedFile } from './schema.js';

/** More than anybody mends at one go. */
const MOST_COMPLAINTS = 200;

const compiled = Compile(SeedFile);
type SchemaError = ReturnType<typeof compiled.Errors>[number];

/** Everything in which a parsed file does not fit the schema. */
export function schemaComplaints(value: unknown): Outcome<SeedFile, readonly Complaint[]> {
  if (compiled.Check(value)) return accept(value);
  Settings.Set({ maxErrors: MOST_COMPLAINTS });
  const errors = compiled.Errors(value);
  const complaints = errors.flatMap((error) => complaintsOf(error, errors));
  return reject(complaints.length > 0 ? complaints : [{ path: [], what: 'does not fit.', remedy: REMEDY }]);
}

const REMEDY = 'See docs/seed-file.md for the members there are.';

function complaintsOf(error: SchemaError, errors: readonly SchemaError[]): readonly Complaint[] {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step.replaceAll('~1', '/').replaceAll('~0', '~')));
  switch (error.keyword) {
    case 'required':
      return error.params.requiredProperties.map((name) => ({
        path: [...path, name],
        what: 'is missing.',
        remedy: `Add \`${name}\`.`,
      }));
    case 'additionalProperties':
      return error.params.additionalProperties.map((name) => ({
        path: [...path, name],
        what: 'is not a member that a seed file has here.',
        remedy: `Remove it, or mend its name. ${REMEDY}`,
      }));
    // Says the same as `additionalProperties` once more.
    case 'boolean':
      return [];
    // The branches of an enumeration, told together as `anyOf`.
    case 'const':
      return [];
    case 'enum':
      return [notAllowed(path, error.params.allowedValues)];
    case 'anyOf': {
      const allowed = errors.flatMap((other) =>
        other.keyword === 'const' && other.instancePath === error.instancePath ? [other.params.allowedValue] : [],
      );
      return [notAllowed(path, allowed)];
    }
    case 'type':
      return [{ path, what: `${error.message}.`, remedy: typeRemedy(error.message) }];
    default:
      return [{ path, what: `${error.message}.`, remedy: REMEDY }];
  }
}

function notAllowed(path: Complaint['path'], allowed: readonly unknown[]): Complaint {
  return { path, what: 'is not one of the allowed values.', remedy: `Write one of ${allowed.join(', ')}.` };
}

function typeRemedy(message: string): string {
  return message.endsWith('string') ? 'Put the value into quotes: YAML reads it as a number or a date.' : REMEDY;
}
