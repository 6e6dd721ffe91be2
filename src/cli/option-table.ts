/** What follows an option: nothing, `-f FILE` or `--use-file=FILE`, or `-tFILE` or `--config-test=FILE`, if at all. */
export type OptionArgument = 'none' | 'required' | 'optional';

/**
 * `ignored`: it would make no difference to what the operator can rely on, so it is said and the daemon starts.
 * `refused`: running without it would do something else than was asked.
 */
export type Unbuilt = { readonly fate: 'ignored' | 'refused'; readonly because: string };

export interface OptionRow {
  readonly short: string | undefined;
  readonly long: string;
  readonly argument: OptionArgument;
  /** As the help calls the argument. */
  readonly placeholder?: string;
  readonly group: OptionGroup;
  readonly description: string;
  readonly unbuilt?: Unbuilt;
}

export type OptionGroup =
  | 'Configuration:'
  | 'Running:'
  | 'Logging:'
  | 'Stopping:'
  | 'Files:'
  | 'Questions (answer and exit):'
  | 'Not built yet (named when given):';

const unbuiltGroup: OptionGroup = 'Not built yet (named when given):';

/** keepalived's options, letter for letter. */
export const optionTable: readonly OptionRow[] = [
  option('f', 'use-file', 'FILE', 'Configuration:', 'read this configuration file'),
  option(
    'i',
    'config-id',
    'ID',
    'Configuration:',
    'what lines starting with @ID compare with (default: the host name)',
  ),
  option('e', 'all-config', undefined, 'Configuration:', 'an include that matches no file is an error'),

  option('n', 'dont-fork', undefined, 'Running:', 'stay in the foreground'),
  option('P', 'vrrp', undefined, 'Running:', 'run VRRP only'),
  option('C', 'check', undefined, 'Running:', 'run health checking and IPVS only'),
  option('B', 'no_bfd', undefined, 'Running:', 'run no BFD'),
  option(undefined, 'all', undefined, 'Running:', 'start every part, configured or not'),
  option('R', 'dont-respawn', undefined, 'Running:', 'do not restart a child that ended'),
  option(undefined, 'ignore-sigint', undefined, 'Running:', 'go on when Ctrl-C is pressed'),

  option('l', 'log-console', undefined, 'Logging:', 'log to standard error as well (in the foreground)'),
  option('D', 'log-detail', undefined, 'Logging:', 'log details: every gratuitous ARP, for example'),
  option(
    'S',
    'log-facility',
    'NAME',
    'Logging:',
    'syslog facility: daemon (default), user, local0 .. local7 or 0 .. 7',
  ),
  option('G', 'no-syslog', undefined, 'Logging:', 'do not log to syslog'),
  option(
    'g',
    'log-file',
    'FILE',
    'Logging:',
    'log to FILE, the processes to FILE with _vrrp, _healthcheckers or _bfd before its last dot',
  ),
  option(undefined, 'flush-log-file', undefined, 'Logging:', 'write each line at once (always so here)'),
  option('d', 'dump-conf', undefined, 'Logging:', 'log the configuration as it was understood'),
  option('a', 'address-monitoring', undefined, 'Logging:', 'log every address that comes or goes on an interface'),

  option('V', 'dont-release-vrrp', undefined, 'Stopping:', 'leave the virtual addresses in place when stopping'),
  option('X', 'release-vips', undefined, 'Stopping:', 'remove them after all (the default; wins over -V)'),
  option('I', 'dont-release-ipvs', undefined, 'Stopping:', 'leave the IPVS tables in place when stopping'),

  option('p', 'pid', 'FILE', 'Files:', 'pid file of the parent process'),
  option('r', 'vrrp_pid', 'FILE', 'Files:', 'pid file of the VRRP process'),
  option('c', 'checkers_pid', 'FILE', 'Files:', 'pid file of the health checking process'),
  option('b', 'bfd_pid', 'FILE', 'Files:', 'pid file of the BFD process'),
  option('u', 'umask', 'MASK', 'Files:', 'permissions that written files lack: 0177 by default'),

  {
    ...option(
      't',
      'config-test',
      'LOG',
      'Questions (answer and exit):',
      'check the configuration; exit 0 if it is clean',
    ),
    argument: 'optional',
  },
  option(
    undefined,
    'json',
    undefined,
    'Questions (answer and exit):',
    'with -t: the findings as JSON, to standard output',
  ),
  option(undefined, 'sarif', undefined, 'Questions (answer and exit):', 'with -t: the findings as SARIF 2.1.0'),
  option(undefined, 'strict', undefined, 'Questions (answer and exit):', 'with -t: advice counts, too; exit 5'),
  option(undefined, 'signum', 'NAME', 'Questions (answer and exit):', signumDescription()),
  option('T', 'genhash', undefined, 'Questions (answer and exit):', genhashDescription()),
  option('v', 'version', undefined, 'Questions (answer and exit):', 'print the version'),
  option('h', 'help', undefined, 'Questions (answer and exit):', 'print this help'),

  unbuilt('s', 'namespace', 'required', 'run in a network namespace', 'refused', namespaceAdvice()),
  unbuilt('x', 'snmp', 'none', 'be an SNMP agent', 'ignored', 'SNMP is not built yet'),
  unbuilt('A', 'snmp-agent-socket', 'required', 'socket of the SNMP master agent', 'ignored', 'SNMP is not built yet'),
  unbuilt('m', 'core-dump', 'none', 'dump core after a crash', 'ignored', 'a crash is logged with its stack instead'),
  unbuilt(
    'M',
    'core-dump-pattern',
    'optional',
    'where cores go',
    'ignored',
    'a crash is logged with its stack instead',
  ),
  unbuilt(undefined, 'debug', 'optional', 'debug parts of keepalived', 'ignored', 'there are no such switches'),
  unbuilt(undefined, 'perf', 'optional', 'record performance data', 'ignored', "node's own --prof does that"),
  unbuilt(undefined, 'no-mem-check', 'none', 'no memory checks', 'ignored', 'there are none to switch off'),
];

function option(
  short: string | undefined,
  long: string,
  placeholder: string | undefined,
  group: OptionGroup,
  description: string,
): OptionRow {
  return {
    short,
    long,
    argument: placeholder === undefined ? 'none' : 'required',
    ...(placeholder !== undefined && { placeholder }),
    group,
    description,
  };
}

function unbuilt(
  short: string | undefined,
  long: string,
  argument: OptionArgument,
  description: string,
  fate: Unbuilt['fate'],
  because: string,
): OptionRow {
  const placeholder = argument === 'none' ? {} : { placeholder: 'VALUE' };
  return { short, long, argument, ...placeholder, group: unbuiltGroup, description, unbuilt: { fate, because } };
}

function genhashDescription(): string {
  return 'be genhash: the digest of a web page; comes first, its own options (-h) follow';
}

function signumDescription(): string {
  return 'print the number of signal STOP, RELOAD, DATA, STATS, STATS_CLEAR or JSON';
}

function namespaceAdvice(): string {
  return 'it is not built yet; start Holdfast with `ip netns exec NAME holdfast ...` instead';
}

/** `-f, --use-file`, for messages. */
export function optionName(row: OptionRow): string {
  return row.short === undefined ? `--${row.long}` : `-${row.short}, --${row.long}`;
}
