import { type OptionGroup, optionsHelp } from '../config/docs.js';
import type { Mode } from '../config/read.js';

/** A command as `--help` shows it. */
export interface CommandHelp {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
}

export function generalHelp(version: string, commands: readonly CommandHelp[]): string {
  const width = Math.max(...commands.map(({ usage }) => usage.length));
  return [
    `Postern ${version}: self-hosted multi-factor authentication that speaks the PingOne MFA API`,
    '',
    'Usage: postern COMMAND [OPTIONS]',
    '',
    ...commands.map(({ usage, summary }) => `  ${usage.padEnd(width)}  ${summary}`),
    '',
    'Every option is also a variable: --log-level is POSTERN_LOG_LEVEL.',
    '`postern COMMAND --help` lists the options; docs/configuration.md explains them.',
  ].join('\n');
}

export function commandHelp(command: CommandHelp, groups: readonly OptionGroup[], mode: Mode): string {
  return [`Usage: postern ${command.usage} [OPTIONS]`, '', command.summary, '', optionsHelp(groups, mode)].join('\n');
}
