import path from 'node:path';

/** Under which name the daemon appears to scripts, monitors and logs. */
export type Identity = 'holdfast' | 'keepalived';

/** `keepalived` if the command was called so (by a symbolic link, for example), else our own. */
export function identityOf(command: string): Identity {
  return path.basename(command) === 'keepalived' ? 'keepalived' : 'holdfast';
}

export interface ProcessNames {
  /** What ps, pidof and killall see. The same for all, so that killall reaches all. */
  readonly title: string;
  readonly ident: string;
  readonly pidFile: string;
  readonly dump: string;
}

export interface Names {
  readonly parent: ProcessNames;
  readonly vrrp: ProcessNames;
  readonly checker: ProcessNames;
  readonly bfd: ProcessNames;
  /** As log lines call the whole: `Starting Keepalived ...`. */
  readonly product: string;
  readonly statistics: string;
  readonly json: string;
  /** What the VRRP process remembers, when asked. */
  readonly recording: string;
  /** The same when it broke; kept apart, so that nobody's question takes it away. */
  readonly crashRecording: string;
  readonly controlSocket: string;
  /** What operators have said of real servers. */
  readonly serverWords: string;
}

export interface NameOptions {
  /** global instance: several daemons on one host. */
  readonly instance: string | undefined;
  readonly usePidDirectory: boolean;
  /** Only the data files get the instance's name; keepalived 2.2.7 leaves the other two alone. */
  readonly dataUseInstance: boolean;
  /** Each process a title of its own. */
  readonly processNames: boolean;
  readonly processName: string | undefined;
  readonly vrrpProcessName: string | undefined;
  readonly checkerProcessName: string | undefined;
  readonly bfdProcessName: string | undefined;
  /** $TMPDIR, or /tmp. */
  readonly temporaryDirectory: string;
}

/** The pid files are where keepalived has them, not where its manual page says. */
export function namesFor(identity: Identity, options: NameOptions): Names {
  const { instance, temporaryDirectory } = options;
  const suffix = instance === undefined ? '' : `_${instance}`;
  const product = identity === 'keepalived' ? 'Keepalived' : 'Holdfast';
  const ownDirectory = options.usePidDirectory || instance !== undefined;
  const isPlain = identity === 'keepalived' || ownDirectory;
  const runFile = (name: string): string =>
    ownDirectory ? `/run/${identity}/${name}${suffix}.pid` : `/run/${name}.pid`;
  const dataInstance = options.dataUseInstance && instance !== undefined ? `.${instance}` : '';
  const dump = (name: string): string => path.join(temporaryDirectory, `${identity}${name}`);
  const titled = (name: string | undefined, usual: string): string =>
    name ?? (options.processNames ? `${identity}${usual}` : identity);
  return {
    parent: {
      title: titled(options.processName, ''),
      ident: `${product}${suffix}`,
      pidFile: runFile(identity),
      dump: dump(`_parent${dataInstance}.data`),
    },
    vrrp: {
      title: titled(options.vrrpProcessName, '_vrrp'),
      ident: `${product}_vrrp${suffix}`,
      pidFile: runFile(isPlain ? 'vrrp' : 'holdfast_vrrp'),
      dump: dump(`${dataInstance}.data`),
    },
    checker: {
      title: titled(options.checkerProcessName, '_ipvs'),
      ident: `${product}_healthcheckers${suffix}`,
      pidFile: runFile(isPlain ? 'checkers' : 'holdfast_checkers'),
      dump: dump(`_check${dataInstance}.data`),
    },
    bfd: {
      title: titled(options.bfdProcessName, '_bfd'),
      ident: `${product}_bfd${suffix}`,
      pidFile: runFile(isPlain ? 'bfd' : 'holdfast_bfd'),
      dump: dump(`_bfd${dataInstance}.data`),
    },
    product,
    statistics: dump('.stats'),
    json: dump('.json'),
    recording: dump(`_vrrp${dataInstance}.recording`),
    crashRecording: dump(`_vrrp${dataInstance}_crash.recording`),
    controlSocket: controlSocketPath(identity, instance),
    serverWords: `/run/${identity}/servers${suffix}.json`,
  };
}

/** Where dumps go, as far as the configuration says: with each configuration anew. */
export function withDumpFiles(names: Names, { jsonDump, stateDump, statisticsDump }: DumpFiles): Names {
  const dumpOf = <Process extends ProcessNames>(process: Process): Process =>
    stateDump === undefined ? process : { ...process, dump: dumpFile(stateDump, process.dump, names.vrrp.dump) };
  return {
    ...names,
    parent: dumpOf(names.parent),
    vrrp: dumpOf(names.vrrp),
    checker: dumpOf(names.checker),
    bfd: dumpOf(names.bfd),
    statistics: statisticsDump === undefined ? names.statistics : inPlaceOf(statisticsDump, names.statistics),
    json: jsonDump === undefined ? names.json : inPlaceOf(jsonDump, names.json),
  };
}

export interface DumpFiles {
  readonly stateDump: string | undefined;
  readonly statisticsDump: string | undefined;
  readonly jsonDump: string | undefined;
}

/** `configured` may be a folder, which ends in a slash. */
function inPlaceOf(configured: string, usual: string): string {
  return configured.endsWith('/') ? path.join(configured, path.basename(usual)) : configured;
}

/** What tells the usual file from that of the VRRP process, `_check`, stands before the ending of the configured one. */
function dumpFile(configured: string, usual: string, usualOfVrrp: string): string {
  if (configured.endsWith('/')) return inPlaceOf(configured, usual);
  const { base, dir, ext, name } = path.parse(configured);
  const which = /^[a-z]+(_[a-z]+)?[._]/.exec(path.basename(usual))?.[1] ?? '';
  return usual === usualOfVrrp ? path.join(dir, base) : path.join(dir, `${name}${which}${ext}`);
}

/** Where a daemon of this name listens for the operator's commands. */
export function controlSocketPath(identity: Identity, instance: string | undefined): string {
  return `/run/${identity}/control${instance === undefined ? '' : `_${instance}`}.sock`;
}
