import { parseArguments } from '../config/argv.js';
import { type Loaded, loadConfig } from '../config/load.js';
import type { Option } from '../config/option.js';
import { describeProblems, type Problem } from '../config/problem.js';
import type { Mode } from '../config/read.js';
import { audit } from './audit.js';
import { backup } from './backup.js';
import { bootstrap } from './bootstrap.js';
import type { Composition } from './composition.js';
import { showConfig } from './config.js';
import { contact } from './contact.js';
import { dev } from './dev.js';
import { type CommandHelp, commandHelp, generalHelp } from './help.js';
import { keys } from './keys.js';
import { migrate } from './migrate.js';
import { serve } from './serve.js';
import { toCommandError } from './startup-errors.js';
import { CommandError } from './terminal.js';
import { tokens } from './tokens.js';
import { webhooks } from './webhooks.js';

/** What a command works with: a configuration that stands, and the words that follow its name. */
export interface Invocation {
  readonly loaded: Loaded;
  readonly words: readonly string[];
  /** What was given of the command's own flags. */
  readonly flags: ReadonlyMap<string, string>;
}

interface Command extends CommandHelp {
  /** Whose settings apply. */
  readonly mode: Mode | 'asked';
  /** Words it takes at most. */
  readonly words: number;
  /** It opens no secret, and so works without a master key. */
  readonly keyless?: true;
  /** It serves, or shows what would be served with. */
  readonly serves?: true;
  /** Flags that are no settings. */
  readonly flags?: readonly Option[];
  readonly run: (invocation: Invocation, composition: Composition) => Promise<void>;
}

const COMMANDS: readonly Command[] = [
  {
    name: 'dev',
    usage: 'dev',
    summary: 'Serve for development: a demo environment, an inbox in place of gateways, nothing to set up.',
    mode: 'dev',
    words: 0,
    serves: true,
    run: dev,
  },
  {
    name: 'serve',
    usage: 'serve',
    summary: 'Serve for production.',
    mode: 'serve',
    words: 0,
    serves: true,
    run: serve,
  },
  {
    name: 'bootstrap',
    usage: 'bootstrap [NAME]',
    summary: 'Create an environment and its worker application, and print its secret, once.',
    mode: 'serve',
    words: 1,
    run: bootstrap,
  },
  {
    name: 'audit',
    usage: 'audit verify [--environment ID]',
    summary: 'Verify the audit trail: name the first record that was altered, removed or moved.',
    mode: 'serve',
    words: 1,
    flags: [{ name: 'environment', kind: 'string', doc: 'Verify the trail of this environment only.' }],
    run: audit,
  },
  {
    name: 'contact',
    usage: 'contact unlock CONTACT --environment ID',
    summary: 'End the failures in a row of a one-time phone number or e-mail address.',
    mode: 'serve',
    words: 2,
    flags: [{ name: 'environment', kind: 'string', doc: 'The environment whose users the contact is used for.' }],
    run: contact,
  },
  {
    name: 'webhooks',
    usage: 'webhooks secret SUBSCRIPTION --environment ID',
    summary: 'Print the secret that the requests of a subscription are signed with.',
    mode: 'serve',
    words: 2,
    flags: [{ name: 'environment', kind: 'string', doc: 'The environment of the subscription.' }],
    run: webhooks,
  },
  {
    name: 'backup',
    usage: 'backup FILE',
    summary: 'Copy the embedded database into a new file, while the server serves.',
    mode: 'serve',
    words: 1,
    keyless: true,
    run: backup,
  },
  {
    name: 'migrate',
    usage: 'migrate',
    summary: 'Bring the database up to date; serving does so too.',
    mode: 'serve',
    words: 0,
    keyless: true,
    run: migrate,
  },
  {
    name: 'keys',
    usage: 'keys status|rotate [--master]',
    summary: 'Show the keys that seal secrets, or replace them while the server serves.',
    mode: 'serve',
    words: 1,
    keyless: true,
    flags: [{ name: 'master', kind: 'boolean', doc: 'Replace the master key instead.' }],
    run: keys,
  },
  {
    name: 'tokens',
    usage: 'tokens FILE [--jobs]',
    summary: 'Print the OATH tokens of a seed file (CSV, or PSKC of RFC 6030), one body of POST oathTokens a line.',
    mode: 'dev',
    words: 1,
    keyless: true,
    flags: [
      {
        name: 'key-file',
        kind: 'string',
        doc: 'File with the key that a PSKC file is encrypted under, in hexadecimal.',
      },
      { name: 'password-file', kind: 'string', doc: 'File with the password that a PSKC file is encrypted under.' },
      { name: 'jobs', kind: 'boolean', doc: 'Print bodies of POST oathJobs instead: up to 1,000 tokens a line.' },
    ],
    run: tokens,
  },
  {
    name: 'config',
    usage: 'config [dev|serve]',
    summary: 'Print the settings in force and where each comes from, without secrets.',
    mode: 'asked',
    words: 1,
    keyless: true,
    serves: true,
    run: showConfig,
  },
];

/** A command line → its exit code. Mistakes are told in words, faults as faults. */
export async function runCommand(args: readonly string[], composition: Composition): Promise<number> {
  const { terminal, optionGroups, version } = composition;
  const [name, ...rest] = args;
  if (name === '--version') {
    terminal.out(version);
    return 0;
  }
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (!command) {
    if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
      terminal.out(generalHelp(version, COMMANDS));
      return 0;
    }
    terminal.err(`postern: there is no command ${JSON.stringify(name)}.\n\n${generalHelp(version, COMMANDS)}`);
    return 2;
  }
  const { flags = [] } = command;
  const parsed = parseArguments(rest, [...optionGroups.flatMap(({ options }) => options), ...flags]);
  const mode = command.mode === 'asked' ? (parsed.positionals[0] === 'dev' ? 'dev' : 'serve') : command.mode;
  if (parsed.help) {
    const own = flags.length > 0 ? [{ title: 'This command', options: flags }] : [];
    terminal.out(commandHelp(command, [...own, ...optionGroups], mode));
    return 0;
  }
  const loaded = loadConfig(mode, composition.sources(parsed.flags), composition.gatewayTable, !command.keyless);
  const problems: readonly Problem[] = [
    ...parsed.problems,
    ...strayWords(command, parsed.positionals),
    ...(loaded.ok ? [] : loaded.rejection),
  ];
  if (problems.length > 0 || !loaded.ok) {
    terminal.err(describeProblems(`postern ${command.name}: the configuration`, problems));
    return 2;
  }
  const { warnings, servingWarnings } = loaded.value;
  for (const warning of [...warnings, ...(command.serves ? servingWarnings : [])]) terminal.err(`postern: ${warning}`);
  try {
    await command.run({ loaded: loaded.value, words: parsed.positionals, flags: parsed.flags }, composition);
    return 0;
  } catch (thrown) {
    const error = toCommandError(thrown, loaded.value.config);
    if (!(error instanceof CommandError)) throw error;
    terminal.err(`postern ${command.name}: ${error.message}`);
    return 1;
  }
}

function strayWords(command: Command, words: readonly string[]): readonly Problem[] {
  return words.slice(command.words).map((word) => ({
    where: JSON.stringify(word),
    what: `is one word too many for \`postern ${command.usage}\`.`,
    remedy: 'Options begin with --; see --help.',
  }));
}
