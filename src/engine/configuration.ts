import type { Duration } from '../base/duration.ts';
import { once } from '../base/once.ts';
import { type BfdDraft, bfdRootReaders, emptyBfdDraft } from '../bfd/bfd-section.ts';
import type { BfdConfiguration } from '../bfd/configuration.ts';
import { type Diagnostic, Diagnostics } from '../config/diagnostic.ts';
import { bindReaders, readBlock, reportUnbuilt } from '../config/interpret.ts';
import type { LogicalLines } from '../config/logical-lines.ts';
import { parseTree } from '../config/parse-tree.ts';
import { readLines } from '../config/reader.ts';
import type { SectionContext } from '../config/section-context.ts';
import { wholeFile } from '../config/source.ts';
import type { Statement } from '../config/tree.ts';
import type { HealthConfiguration } from '../health/configuration.ts';
import type { LvsConfiguration } from '../lvs/configuration.ts';
import { followInstance } from '../lvs/global-section.ts';
import { emptyLvsDraft, type LvsDraft, lvsRootReaders } from '../lvs/lvs-section.ts';
import { adviseServices } from '../lvs/service-advice.ts';
import { alertDefaults } from '../notify/mail-section.ts';
import type { ConfigurationHost } from '../ports/configuration-host.ts';
import type { RunnableScript } from '../ports/script.ts';
import { adviseVrrp } from '../vrrp/advice/advise.ts';
import { type WrittenVrrp, writtenVrrp } from '../vrrp/advice/written.ts';
import type { VrrpConfiguration } from '../vrrp/configuration.ts';
import { completeVrrpGlobals } from '../vrrp/global-section.ts';
import type { TrackFileDraft } from '../vrrp/tracked-file-section.ts';
import { completeVrrp, emptyVrrpDraft, type VrrpDraft, vrrpRootReaders } from '../vrrp/vrrp-section.ts';
import { completeBalancing } from './balancing.ts';
import type { DaemonFiles } from './daemon-files-section.ts';
import { definedNames } from './defined-names.ts';
import { completeFifos } from './fifos.ts';
import { type DaemonDraft, emptyGlobalDraft, type GlobalDraft, globalRootReaders } from './global-section.ts';
import { rootGrammar } from './keywords.ts';
import { completeMails } from './mails.ts';
import type { SchedulingConfiguration } from './scheduling.ts';
import { completeScheduling } from './scheduling-section.ts';
import { ScriptResolution } from './script-resolution.ts';
import { systemNames } from './system-names.ts';
import { valueChecks } from './value-checks.ts';

/** What concerns the processes rather than a protocol: complete, checked, with every default filled in. */
export interface DaemonConfiguration {
  /** Suffix of pid files and log idents. Fixed at reload. */
  readonly instance: string | undefined;
  /** Pid files go to a directory of their own instead of /run. */
  readonly usePidDirectory: boolean;
  /** How long the parent waits for its children after TERM before it kills them. */
  readonly childWaitTime: Duration;
  /** `holdfast { act_as keepalived }`: take keepalived's process titles, pid files and log idents. */
  readonly actAsKeepalived: boolean;
  /** `holdfast { flight_recorder off }`: the VRRP process does not remember what happened to it. */
  readonly flightRecorder: boolean;
  /** Titles for all processes from the well-known names, unless named one by one. */
  readonly processNames: boolean;
  /** At most 15 bytes; undefined leaves the default. */
  readonly processName: string | undefined;
  readonly vrrpProcessName: string | undefined;
  readonly checkerProcessName: string | undefined;
  readonly bfdProcessName: string | undefined;
  readonly scheduling: SchedulingConfiguration;
  readonly files: DaemonFiles;
  /** Run once by the parent before the children start. */
  readonly startupScript: RunnableScript | undefined;
  /** 1 .. 1000 s. */
  readonly startupScriptTimeout: Duration;
  /** Run by the parent after all children are gone. */
  readonly shutdownScript: RunnableScript | undefined;
  /** 1 .. 1000 s. */
  readonly shutdownScriptTimeout: Duration;
  /** For files the daemon writes: 0 .. 0o777. The command line's -u wins. */
  readonly umask: number;
  readonly vrrpReceiveBuffer: ReceiveBuffer;
  readonly vrrpNetlinkCommandBuffer: NetlinkBuffer;
  readonly vrrpNetlinkMonitorBuffer: NetlinkBuffer;
  readonly lvsNetlinkCommandBuffer: NetlinkBuffer;
  readonly lvsNetlinkMonitorBuffer: NetlinkBuffer;
  /** Add the instance name to the names of dump files. */
  readonly dataUseInstance: boolean;
  /** Shape of the JSON dump: 2 wraps the array. */
  readonly jsonVersion: 1 | 2;
  /** `track_file { init_file }`: made by the parent before the children start. */
  readonly initialFiles: readonly InitialFile[];
}

/** A tracked file as it is to be at start. */
export interface InitialFile {
  readonly path: string;
  readonly value: number;
  /** A file that is there already is written anew. */
  readonly overwrite: boolean;
}

/** How big the receive buffer of a VRRP socket is to be. */
export type ReceiveBuffer =
  | { readonly type: 'kernel-default' }
  | { readonly type: 'bytes'; readonly bytes: number }
  /** So many packets of the interface's MTU, or of the instance's own advert size. */
  | { readonly type: 'mtu' | 'advert'; readonly multiplier: number };

export interface NetlinkBuffer {
  /** Undefined leaves the kernel's default. */
  readonly bytes: number | undefined;
  /** Exceed net.core.rmem_max (SO_RCVBUFFORCE). */
  readonly force: boolean;
}

/** Everything a configuration says, per part of the daemon. */
export interface Configuration {
  readonly daemon: DaemonConfiguration;
  readonly vrrp: VrrpConfiguration;
  readonly bfd: BfdConfiguration;
  readonly lvs: LvsConfiguration;
  /** The checkers of the real servers in `lvs`, which know them by their places here. */
  readonly health: HealthConfiguration;
}

export interface LoadOptions {
  /** -i, else the host name up to its first dot: what @ID lines compare with. */
  readonly configId: string;
  /** -e: every include is as strict as includea. */
  readonly allIncludesStrict: boolean;
  /** For ${_RANDOM} until the file sets random_seed; without it one made of the host's name. */
  readonly randomSeed?: number;
  /** Also say what works as written and is hardly meant. */
  readonly advise?: boolean;
}

export interface LoadedConfiguration {
  /** Undefined: it must not be run; start and reload refuse. */
  readonly configuration: Configuration | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** The VRRP part beside the blocks that say it, also of a configuration that is refused; if advice was asked for. */
  readonly written?: WrittenVrrp;
  /** keepalived's exit status for -t: 0, 2, 4, 5 or 6. */
  readonly testExitStatus: number;
  /** Exit status of a start that is refused: 2 for a bad configuration, 6 if it cannot be read. */
  readonly startExitStatus: number | undefined;
}

/** @ID lines of this name hold wherever Holdfast reads them. */
const ownConditionId = 'holdfast';

interface RootDraft {
  readonly globals: GlobalDraft;
  readonly vrrp: VrrpDraft;
  readonly bfd: BfdDraft;
  readonly lvs: LvsDraft;
}

const rootReaders = bindReaders<RootDraft, SectionContext>(rootGrammar, {
  ...globalRootReaders,
  ...vrrpRootReaders,
  ...bfdRootReaders,
  ...lvsRootReaders,
});

/** Blocks that others take their defaults from are read first, wherever they stand. */
const readFirst: ReadonlySet<string> = new Set(['global_defs', 'holdfast']);

/** Reads a configuration file with its includes. Asks nothing but the host, keeps nothing. */
export function loadConfiguration(path: string, host: ConfigurationHost, options: LoadOptions): LoadedConfiguration {
  const diagnostics = new Diagnostics();
  const reading = readLines(
    path,
    host,
    {
      conditionIds: [options.configId, ownConditionId],
      configId: options.configId,
      allIncludesStrict: options.allIncludesStrict,
      randomSeed: options.randomSeed ?? randomSeedOf(host.hostName),
    },
    diagnostics,
  );
  if (!reading.ok) {
    // keepalived's -t calls a file that is not there a good one.
    diagnostics.report(wholeFile(path), {
      code: 'file-unreadable',
      severity: 'error',
      message: `the configuration cannot be read (${reading.reason})`,
      keepalivedClass: 'ignores',
      refuses: true,
    });
    return { configuration: undefined, diagnostics: diagnostics.all, testExitStatus: 0, startExitStatus: 6 };
  }
  const statements = parseTree(reading.lines, rootGrammar, diagnostics);
  const { configuration, written } = interpret(statements, reading.lines, host, diagnostics, options.advise === true);
  return {
    configuration: diagnostics.refused ? undefined : configuration,
    ...(written && { written }),
    diagnostics: inReadingOrder(diagnostics.all),
    testExitStatus: diagnostics.testExitStatus,
    startExitStatus: diagnostics.startExitStatus,
  };
}

interface Interpretation {
  readonly configuration: Configuration;
  readonly written: WrittenVrrp | undefined;
}

function interpret(
  statements: readonly Statement[],
  lines: LogicalLines,
  host: ConfigurationHost,
  diagnostics: Diagnostics,
  advise: boolean,
): Interpretation {
  const draft: RootDraft = {
    globals: emptyGlobalDraft(),
    vrrp: emptyVrrpDraft(),
    bfd: emptyBfdDraft(),
    lvs: emptyLvsDraft(),
  };
  const scripts = new ScriptResolution(draft.globals.scripts, host, diagnostics);
  const context: SectionContext = {
    diagnostics,
    root: rootGrammar,
    unbuilt: new Map(),
    checks: valueChecks,
    given: new Map(),
    defined: once(() => definedNames(statements)),
    numberOf: systemNames(host),
    scripts,
    interfaceNames: host.interfaceNames && new Set(host.interfaceNames),
    processors: host.processors,
    dynamicInterfaces: false,
  };
  const first: Statement[] = [];
  const then: Statement[] = [];
  for (const statement of statements) (readFirst.has(statement.words[0]?.text ?? '') ? first : then).push(statement);
  readBlock(first, rootGrammar, rootReaders, draft, context);
  readBlock(then, rootGrammar, rootReaders, draft, context);
  reportUnbuilt(context);
  scripts.checkDefaultUser();
  const { globals } = draft;
  const sessions = [...draft.bfd.instances.values()];
  const tellingRouters = sessions.flatMap(({ statement, configuration: { name, weight, reverse, toVrrp } }) =>
    toVrrp ? [{ statement, name, weight, reverse }] : [],
  );
  const mailDefaults = alertDefaults(globals.mail);
  globals.vrrp.mailAlerts = mailDefaults.vrrp;
  const vrrp = completeVrrp(draft.vrrp, globals.vrrp, tellingRouters, context);
  for (const { name, syncDaemonAt } of draft.vrrp.instances.values()) {
    if (syncDaemonAt) followInstance(globals.lvs, name, syncDaemonAt, context);
  }
  const balancing = completeBalancing(
    { lvs: draft.lvs, lvsGlobals: globals.lvs, health: globals.health, mailDefaults },
    statements,
    draft.vrrp.files,
    name => vrrp.instances.find(instance => instance.name === name)?.vrid,
    host,
    context,
  );
  const alerts = lines.mention('smtp_alert') ? statements : [];
  const mails = completeMails(globals, { ...vrrp, ...balancing }, alerts, host, context, advise);
  const globalStatements = first.flatMap(({ words, block }) =>
    words[0]?.text === 'global_defs' ? (block?.statements ?? []) : [],
  );
  const fifos = completeFifos(globalStatements, scripts, {
    vrrp: vrrp.instances.length > 0,
    services: balancing.lvs.virtualServers.length > 0,
  });
  const configuration: Configuration = {
    daemon: completeDaemon(globals, scripts, draft.vrrp.files.values()),
    vrrp: {
      global: completeVrrpGlobals(globals.vrrp, host.hostName, context.dynamicInterfaces),
      ...vrrp,
      mails: mails.vrrp,
      fifos: fifos.vrrp,
      statesOnReload: globals.vrrp.statesOnReload,
    },
    bfd: { instances: sessions.map(({ configuration }) => configuration) },
    lvs: { ...balancing.lvs, mails: mails.servers, fifos: fifos.services },
    health: balancing.health,
  };
  if (!advise) return { configuration, written: undefined };
  const written = writtenVrrp(statements, draft.vrrp, globals.vrrp, host.hostName, tellingRouters, context);
  const addressesOf = (name: string) => host.interfaceAddresses?.(name);
  adviseVrrp(written, { addressesOf }, diagnostics);
  const routers = written.blocks.filter(({ words }) => words[0]?.text === 'vrrp_instance');
  const own = (host.interfaceNames ?? []).flatMap(name => addressesOf(name)?.map(({ address }) => address) ?? []);
  adviseServices(draft.lvs, routers, own, context);
  return { configuration, written };
}

function completeDaemon(
  globals: GlobalDraft,
  scripts: ScriptResolution,
  files: Iterable<TrackFileDraft>,
): DaemonConfiguration {
  const { daemon } = globals;
  const script = (statement: Statement | undefined) => statement && scripts.resolve(statement, 'lifecycle', undefined);
  return {
    instance: daemon.instance,
    usePidDirectory: daemon.usePidDirectory,
    childWaitTime: daemon.childWaitTime,
    actAsKeepalived: daemon.actAsKeepalived,
    flightRecorder: daemon.flightRecorder,
    processNames: daemon.processNames,
    processName: daemon.processName,
    vrrpProcessName: daemon.vrrpProcessName,
    checkerProcessName: daemon.checkerProcessName,
    bfdProcessName: daemon.bfdProcessName,
    scheduling: completeScheduling(daemon.scheduling),
    files: { ...daemon.files },
    startupScript: script(daemon.startupScript),
    startupScriptTimeout: daemon.startupScriptTimeout,
    shutdownScript: script(daemon.shutdownScript),
    shutdownScriptTimeout: daemon.shutdownScriptTimeout,
    umask: daemon.umask,
    vrrpReceiveBuffer: receiveBuffer(daemon),
    vrrpNetlinkCommandBuffer: { ...daemon.netlinkCommandBuffer },
    vrrpNetlinkMonitorBuffer: { ...daemon.netlinkMonitorBuffer },
    lvsNetlinkCommandBuffer: { ...daemon.lvsNetlinkCommandBuffer },
    lvsNetlinkMonitorBuffer: { ...daemon.lvsNetlinkMonitorBuffer },
    dataUseInstance: daemon.dataUseInstance,
    jsonVersion: daemon.jsonVersion,
    initialFiles: [...files].flatMap(({ path, initial }) => (initial ? [{ path, ...initial }] : [])),
  };
}

function receiveBuffer(daemon: DaemonDraft): ReceiveBuffer {
  const { receivePolicy, receiveMultiplier } = daemon;
  if (receivePolicy === undefined) return { type: 'kernel-default' };
  if (typeof receivePolicy === 'number') return { type: 'bytes', bytes: receivePolicy };
  return { type: receivePolicy, multiplier: receiveMultiplier };
}

/** Sorted by line within each file, files in the order in which they first appear. */
function inReadingOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const files = new Map<string, number>();
  for (const { file } of diagnostics) if (!files.has(file)) files.set(file, files.size);
  return [...diagnostics].sort(
    (left, right) =>
      files.get(left.file)! - files.get(right.file)! || left.line - right.line || left.column - right.column,
  );
}

/** For ${_RANDOM}, where no seed is given: the same at every reading, another on other hosts. */
export function randomSeedOf(hostName: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < hostName.length; index++) {
    value = Math.imul(value ^ hostName.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}
