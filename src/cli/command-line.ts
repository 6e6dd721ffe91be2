import { Command, CommanderError, Option } from 'commander';
import type { ChildKind } from '../daemon/child-kind.ts';
import type { Identity } from '../daemon/names.ts';
import { type DaemonOptions, parseFacility, parseUmask } from '../daemon/options.ts';
import { signalFunctions } from '../daemon/signals.ts';
import { commands } from './commands.ts';
import { normaliseArguments } from './getopt.ts';
import { type OptionRow, optionName, optionTable } from './option-table.ts';
import type { ReportFormat } from './report-format.ts';

/** What the operator asked for. */
export type Invocation =
  | { readonly type: 'run'; readonly options: DaemonOptions; readonly warnings: readonly string[] }
  | {
      readonly type: 'test';
      readonly options: DaemonOptions;
      readonly logFile: string | undefined;
      readonly format: ReportFormat;
      /** Advice counts like a complaint. */
      readonly strict: boolean;
      readonly warnings: readonly string[];
    }
  | { readonly type: 'version' }
  | { readonly type: 'answer'; readonly text: string }
  | { readonly type: 'refusal'; readonly text: string };

/** `words` without the command's own name. */
export function parseCommandLine(identity: Identity, words: readonly string[]): Invocation {
  let answer = '';
  let complaint = '';
  const program = buildProgram(identity)
    .exitOverride()
    .configureOutput({ writeOut: text => (answer += text), writeErr: text => (complaint += text) });
  try {
    program.parse(normaliseArguments(words, optionTable), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { type: 'answer', text: answer };
    return { type: 'refusal', text: `${identity}: ${complaint.replace(/^error: /, '').trimEnd()}` };
  }
  return interpret(identity, new Given(program.opts<Record<string, unknown>>()), program.args);
}

/** Values by long option name. */
class Given {
  readonly #values: Record<string, unknown>;

  constructor(values: Record<string, unknown>) {
    this.#values = values;
  }

  flag(long: string): boolean {
    return this.#values[attribute(long)] !== undefined;
  }

  text(long: string): string | undefined {
    const value = this.#values[attribute(long)];
    return typeof value === 'string' ? value : undefined;
  }
}

function interpret(identity: Identity, given: Given, operands: readonly string[]): Invocation {
  if (given.flag('version')) return { type: 'version' };
  const signalName = given.text('signum');
  if (signalName !== undefined) {
    const number = signalFunctions.get(signalName);
    if (number !== undefined) return { type: 'answer', text: `${number}\n` };
    const known = [...signalFunctions.keys()].join(', ');
    return { type: 'refusal', text: `Unknown sigfunc ${signalName}: it is one of ${known}` };
  }

  if (given.flag('genhash')) {
    return { type: 'refusal', text: `${identity}: -T, --genhash comes first, before the options of genhash` };
  }

  const warnings: string[] = [];
  for (const row of optionTable) {
    if (!row.unbuilt || !given.flag(row.long)) continue;
    const text = `${optionName(row)} (${row.description}): ${row.unbuilt.because}`;
    if (row.unbuilt.fate === 'refused') return { type: 'refusal', text: `${identity}: option ${text}` };
    warnings.push(`option ${text}; ignored`);
  }
  if (operands.length > 0) {
    const list = operands.join(' ');
    // keepalived goes on, with its default file; a script may rely on that, a typing operator is better stopped.
    if (identity !== 'keepalived') {
      const advice = given.text('use-file') === undefined ? ` (did you mean -f ${operands[0]}?)` : '';
      return { type: 'refusal', text: `${identity}: unexpected argument: ${list}${advice}` };
    }
    warnings.push(`Unexpected argument(s): ${list}`);
  }

  const options = daemonOptions(given, warnings);
  const testOnly = ['json', 'sarif', 'strict'].filter(long => given.flag(long));
  if (given.flag('config-test')) {
    if (given.flag('json') && given.flag('sarif')) {
      return { type: 'refusal', text: `${identity}: --json and --sarif exclude each other` };
    }
    const format = given.flag('json') ? 'json' : given.flag('sarif') ? 'sarif' : 'text';
    const logFile = given.text('config-test') || undefined;
    return { type: 'test', options, logFile, format, strict: given.flag('strict'), warnings };
  }
  if (testOnly.length > 0) {
    return { type: 'refusal', text: `${identity}: --${testOnly.join(' and --')}: only with -t` };
  }
  return { type: 'run', options, warnings };
}

/** As keepalived does, a bad facility or mask is said and the default taken. */
function daemonOptions(given: Given, warnings: string[]): DaemonOptions {
  const facilityText = given.text('log-facility');
  const facility = facilityText === undefined ? undefined : parseFacility(facilityText);
  if (facilityText !== undefined && facility === undefined) {
    warnings.push(
      `Invalid log facility '${facilityText}': it is 0 .. 7, local0 .. local7, user or daemon; daemon is used`,
    );
  }
  const maskText = given.text('umask');
  const umask = maskText === undefined ? undefined : parseUmask(maskText);
  if (maskText !== undefined && umask === undefined) {
    warnings.push(`Invalid --umask option ${maskText}: it is 0 .. 0777; ignored`);
  }
  return {
    configurationFile: given.text('use-file'),
    configId: given.text('config-id'),
    allIncludesStrict: given.flag('all-config'),
    foreground: given.flag('dont-fork'),
    startAll: given.flag('all'),
    only: only(given),
    noBfd: given.flag('no_bfd'),
    respawn: !given.flag('dont-respawn'),
    keepAddresses: given.flag('dont-release-vrrp') && !given.flag('release-vips'),
    keepServices: given.flag('dont-release-ipvs'),
    dumpConfiguration: given.flag('dump-conf'),
    logAddressChanges: given.flag('address-monitoring'),
    ignoreInterrupt: given.flag('ignore-sigint'),
    parentPidFile: given.text('pid'),
    vrrpPidFile: given.text('vrrp_pid'),
    checkerPidFile: given.text('checkers_pid'),
    bfdPidFile: given.text('bfd_pid'),
    umask,
    log: {
      console: given.flag('log-console'),
      detail: given.flag('log-detail'),
      syslogFacility: given.flag('no-syslog') ? undefined : (facility ?? 3),
      file: given.text('log-file'),
    },
  };
}

/** -P and -C together allow both, as without them. */
function only(given: Given): DaemonOptions['only'] {
  const named: readonly ChildKind[] = [
    ...(given.flag('check') ? (['checker'] as const) : []),
    ...(given.flag('vrrp') ? (['vrrp'] as const) : []),
  ];
  return named.length > 0 ? named : undefined;
}

function buildProgram(identity: Identity): Command {
  const program = new Command(identity)
    .description('Keeps virtual addresses alive: VRRP failover from a working keepalived.conf.')
    .usage('[options]')
    .argument('[operand...]')
    .helpOption(false)
    .configureHelp({ visibleArguments: () => [] })
    .addHelpText('after', examples(identity));
  for (const row of optionTable) program.addOption(commanderOption(row));
  program.action(() => {
    if (program.opts<Record<string, unknown>>()[attribute('help')] !== undefined) program.help();
  });
  return program;
}

function commanderOption(row: OptionRow): Option {
  const argument =
    row.argument === 'none' ? '' : row.argument === 'required' ? ` <${row.placeholder}>` : ` [${row.placeholder}]`;
  const short = row.short === undefined ? '' : `-${row.short}, `;
  const option = new Option(`${short}--${row.long}${argument}`, row.description).helpGroup(row.group);
  // Commander takes --no-syslog for the negation of --syslog; here it is a name like any other.
  option.negate = false;
  option.attributeName = () => attribute(row.long);
  return option;
}

function commandList(): string {
  const lines = commands.map(({ name, description }) => `  holdfast ${name.padEnd(12)} ${description}\n`);
  return `Commands (--help says more):\n${lines.join('')}\n`;
}

function attribute(long: string): string {
  return `--${long}`;
}

function examples(identity: Identity): string {
  return `
Configuration: without -f, /etc/holdfast/holdfast.conf or else /etc/keepalived/keepalived.conf.

${identity === 'keepalived' ? '' : commandList()}Examples:
  ${identity} -t                      check the configuration, with line and column of each finding
  ${identity} -t --sarif -f new.conf  the same for a code review tool (--json for your own)
  ${identity} -nlD -f new.conf        run in the foreground, log to the terminal in detail
  ${identity} -D -S local1            run as a daemon, log to syslog facility local1
  kill -HUP $(cat /run/${identity}.pid)
                                 read the configuration again; a bad one is refused
  kill -$(${identity} --signum=JSON) $(cat /run/${identity}.pid)
                                 write /tmp/${identity}.json: who is master, and since when

Exit status of -t, as keepalived's: 0 clean, 2 a parameter is missing, 4 a file or interface is missing,
5 other findings, 6 scripts without script security. Advice counts only with --strict, as 5.
`;
}
