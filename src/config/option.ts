import type { Redacted } from '../kernel/sealed.js';

/**
 * One setting. `docs/configuration.md`, `--help`, validation, redaction and the start-up checks all derive from this row
 * (`style.md` §9). The variable is `POSTERN_` and the name in capitals with underscores; the flag is `--` and the name.
 */
export interface Option {
  /** Kebab-case: `log-level` is `--log-level` and `POSTERN_LOG_LEVEL`. */
  readonly name: string;
  /** `file`: a path, kept as given. `list`: separated by commas. */
  readonly kind: 'string' | 'integer' | 'boolean' | 'file' | 'enum' | 'list';
  /** The members of an `enum`. */
  readonly values?: readonly string[];
  /** Bounds of an `integer`, both included. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** As it would be written in a variable. */
  readonly default?: string;
  /** Where `postern dev` differs. */
  readonly developmentDefault?: string;
  /**
   * Never printed, never taken from the command line (SEC-68), and may also come from the file that the variable
   * `POSTERN_<NAME>_FILE` names.
   */
  readonly secret?: true;
  /** A secret that is taken from the command line nevertheless. */
  readonly onCommandLine?: true;
  /** Of an `integer`: `seconds`, `milliseconds`, … */
  readonly unit?: string;
  /** The one mode in which it may be given; absent = both. */
  readonly only?: 'dev' | 'serve';
  /** One or two sentences for the operator. */
  readonly doc: string;
  /** What to know when `serve` runs with the default. */
  readonly productionWarning?: string;
}

type Plain<O extends Option> = O['kind'] extends 'integer'
  ? number
  : O['kind'] extends 'boolean'
    ? boolean
    : O['kind'] extends 'list'
      ? readonly string[]
      : O extends { readonly kind: 'enum'; readonly values: readonly (infer V)[] }
        ? V
        : string;

/** The type of one setting's value: secrets arrive redacted. */
export type OptionValue<O extends Option> = O extends { readonly secret: true } ? Redacted<string> : Plain<O>;

/** The values of a table written `as const satisfies readonly Option[]`, by name; without a default they may be absent. */
export type OptionValues<T extends readonly Option[]> = {
  readonly [O in T[number] as O['name']]: O extends { readonly default: string }
    ? OptionValue<O>
    : OptionValue<O> | undefined;
};

/** The variable that sets an option. */
export function variableName(option: Pick<Option, 'name'>): string {
  return `POSTERN_${option.name.toUpperCase().replaceAll('-', '_')}`;
}

/** Whether `--<name>` is taken. */
export function hasFlag(option: Option): boolean {
  return !option.secret || option.onCommandLine === true;
}
