import { hasFlag, type Option, variableName } from './option.js';
import type { Problem } from './problem.js';

/** A command line, taken apart but not yet understood. */
export interface Arguments {
  /** Values by the option's name. */
  readonly flags: ReadonlyMap<string, string>;
  readonly positionals: readonly string[];
  readonly help: boolean;
  readonly version: boolean;
  readonly problems: readonly Problem[];
}

/** Reads `--name value`, `--name=value` and, for booleans, `--name`; lists add up when repeated. Whatever is not in the table is a problem. Pure. */
export function parseArguments(args: readonly string[], options: readonly Option[]): Arguments {
  const known = new Map<string, Option>(options.map((option) => [option.name, option]));
  const flags = new Map<string, string>();
  const positionals: string[] = [];
  const problems: Problem[] = [];
  let help = false;
  let version = false;
  const set = (name: string, text: string): void => {
    const before = flags.get(name);
    flags.set(name, before === undefined ? text : `${before},${text}`);
  };
  for (let at = 0; at < args.length; at += 1) {
    const argument = args[at] ?? '';
    if (argument === '--help' || argument === '-h') help = true;
    else if (argument === '--version') version = true;
    else if (!argument.startsWith('-')) positionals.push(argument);
    else {
      const { name, inline } = splitFlag(argument);
      const option = known.get(name);
      const next = args[at + 1];
      if (!option) problems.push(unknownFlag(argument.replace(/=.*$/s, ''), known));
      else if (!hasFlag(option)) {
        problems.push(secretFlag(option));
        if (inline === undefined && next !== undefined && !next.startsWith('--')) at += 1;
      } else if (flags.has(name) && option.kind !== 'list') problems.push(repeatedFlag(name));
      else if (inline !== undefined) set(name, inline);
      else if (option.kind === 'boolean') flags.set(name, 'true');
      else if (next === undefined || next.startsWith('--')) problems.push(missingValue(option));
      else {
        set(name, next);
        at += 1;
      }
    }
  }
  return { flags, positionals, help, version, problems };
}

function splitFlag(argument: string): { readonly name: string; readonly inline?: string } {
  const text = argument.replace(/^--?/, '');
  const equals = text.indexOf('=');
  return equals < 0 ? { name: text } : { name: text.slice(0, equals), inline: text.slice(equals + 1) };
}

function unknownFlag(flag: string, known: ReadonlyMap<string, Option>): Problem {
  const name = flag.replace(/^-+/, '');
  const similar = [...known.values()].find(
    (option) => hasFlag(option) && (option.name.startsWith(name) || name.startsWith(option.name)),
  );
  return {
    where: flag,
    what: 'there is no such option.',
    remedy: similar && name !== '' ? `Did you mean --${similar.name}?` : 'See --help for the options there are.',
  };
}

/** Other users of the machine can read a command line (SEC-68). */
function secretFlag(option: Option): Problem {
  const variable = variableName(option);
  return {
    where: `--${option.name}`,
    what: 'a secret is not taken from the command line, where every user of the machine can read it.',
    remedy: `Set ${variable}, or ${variable}_FILE to the path of a file that holds it.`,
  };
}

function repeatedFlag(name: string): Problem {
  return { where: `--${name}`, what: 'is given more than once.', remedy: 'Give it once.' };
}

function missingValue(option: Option): Problem {
  return { where: `--${option.name}`, what: 'needs a value.', remedy: `Write --${option.name} VALUE.` };
}
