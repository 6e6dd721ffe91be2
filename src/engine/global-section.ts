import { type Duration, seconds } from '../base/duration.ts';
import { bindReaders, type Reader, readBlock } from '../config/interpret.ts';
import { shortened } from '../config/reading-context.ts';
import { complain, type SectionContext } from '../config/section-context.ts';
import { located, type Statement } from '../config/tree.ts';
import { atMostWords } from '../config/unread-words.ts';
import { boolean, integer, reportBadValue } from '../config/values.ts';
import {
  emptyHealthDraft,
  type HealthDraft,
  healthGlobalReaders,
  healthRootReaders,
} from '../health/health-section.ts';
import { emptyLvsGlobalDraft, type LvsGlobalDraft, lvsGlobalReaders } from '../lvs/global-section.ts';
import { emptyMailDraft, type MailDraft, mailGlobalReaders } from '../notify/mail-section.ts';
import { anySeconds, emptyVrrpGlobalDraft, type VrrpGlobalDraft, vrrpGlobalReaders } from '../vrrp/global-section.ts';
import { type DaemonFilesDraft, emptyDaemonFilesDraft, filesGlobalReaders } from './daemon-files-section.ts';
import { fifoGlobalReaders } from './fifos.ts';
import { rootGrammar } from './keywords.ts';
import { emptySchedulingDraft, type SchedulingDraft, schedulingGlobalReaders } from './scheduling-section.ts';
import { defaultScriptSettings, type ScriptSettings } from './script-resolution.ts';

/** What a configuration says about the processes; undefined: not said. */
export interface DaemonDraft {
  instance: string | undefined;
  usePidDirectory: boolean;
  childWaitTime: Duration;
  actAsKeepalived: boolean;
  flightRecorder: boolean;
  processNames: boolean;
  processName: string | undefined;
  vrrpProcessName: string | undefined;
  checkerProcessName: string | undefined;
  bfdProcessName: string | undefined;
  readonly scheduling: SchedulingDraft;
  readonly files: DaemonFilesDraft;
  startupScript: Statement | undefined;
  startupScriptTimeout: Duration;
  shutdownScript: Statement | undefined;
  shutdownScriptTimeout: Duration;
  umask: number;
  receivePolicy: 'mtu' | 'advert' | number | undefined;
  receiveMultiplier: number;
  netlinkCommandBuffer: { bytes: number | undefined; force: boolean };
  netlinkMonitorBuffer: { bytes: number | undefined; force: boolean };
  lvsNetlinkCommandBuffer: { bytes: number | undefined; force: boolean };
  lvsNetlinkMonitorBuffer: { bytes: number | undefined; force: boolean };
  dataUseInstance: boolean;
  jsonVersion: 1 | 2;
}

/** Everything outside the feature blocks. */
export interface GlobalDraft {
  readonly daemon: DaemonDraft;
  readonly vrrp: VrrpGlobalDraft;
  readonly lvs: LvsGlobalDraft;
  readonly health: HealthDraft;
  readonly scripts: ScriptSettings;
  readonly mail: MailDraft;
}

export function emptyGlobalDraft(): GlobalDraft {
  return {
    daemon: {
      instance: undefined,
      usePidDirectory: false,
      childWaitTime: seconds(5),
      actAsKeepalived: false,
      flightRecorder: true,
      processNames: false,
      processName: undefined,
      vrrpProcessName: undefined,
      checkerProcessName: undefined,
      bfdProcessName: undefined,
      scheduling: emptySchedulingDraft(),
      files: emptyDaemonFilesDraft(),
      startupScript: undefined,
      startupScriptTimeout: seconds(10),
      shutdownScript: undefined,
      shutdownScriptTimeout: seconds(10),
      umask: 0o177,
      receivePolicy: undefined,
      receiveMultiplier: 3,
      netlinkCommandBuffer: { bytes: undefined, force: false },
      netlinkMonitorBuffer: { bytes: undefined, force: false },
      lvsNetlinkCommandBuffer: { bytes: undefined, force: false },
      lvsNetlinkMonitorBuffer: { bytes: undefined, force: false },
      dataUseInstance: false,
      jsonVersion: 1,
    },
    vrrp: emptyVrrpGlobalDraft(),
    lvs: emptyLvsGlobalDraft(),
    health: emptyHealthDraft(),
    scripts: defaultScriptSettings(),
    mail: emptyMailDraft(),
  };
}

type GlobalReader = Reader<GlobalDraft, SectionContext>;

const bufferBytes = { minimum: 0, maximum: 4_294_967_295 };
/** The kernel keeps 15 characters of a process name. */
const longestProcessName = 15;

const processName =
  (key: 'processName' | 'vrrpProcessName' | 'checkerProcessName' | 'bfdProcessName'): GlobalReader =>
  (statement, { daemon }, context) => {
    const word = statement.words[1]!;
    daemon[key] = word.text.slice(0, longestProcessName);
    if (word.text.length > longestProcessName) {
      const message = `a process name has at most ${longestProcessName} characters`;
      complain(context, located(statement, word), 'bad-value', message, `"${daemon[key]}" is used`);
    }
  };

const scriptTimeout =
  (key: 'startupScriptTimeout' | 'shutdownScriptTimeout'): GlobalReader =>
  (statement, { daemon }, context) => {
    const value = integer(statement, { minimum: 1, maximum: 1_000 }, context);
    if (value !== undefined) daemon[key] = seconds(value);
  };

type BufferKey =
  | 'netlinkCommandBuffer'
  | 'netlinkMonitorBuffer'
  | 'lvsNetlinkCommandBuffer'
  | 'lvsNetlinkMonitorBuffer';

const buffer =
  (key: BufferKey): GlobalReader =>
  (statement, { daemon }, context) => {
    const bytes = integer(statement, bufferBytes, context);
    // Zero leaves the kernel's default.
    if (bytes !== undefined) daemon[key].bytes = bytes === 0 ? undefined : bytes;
  };

const force =
  (key: BufferKey): GlobalReader =>
  (statement, { daemon }, context) => {
    daemon[key].force = boolean(statement, context) ?? daemon[key].force;
  };

const globalReaders = bindReaders<GlobalDraft, SectionContext>(rootGrammar.blocks.get('global_defs')!, {
  ...vrrpGlobalReaders,
  ...lvsGlobalReaders,
  ...healthGlobalReaders,
  ...mailGlobalReaders,
  ...fifoGlobalReaders,
  ...Object.fromEntries(
    Object.entries({ ...schedulingGlobalReaders, ...filesGlobalReaders }).map(
      ([keyword, read]): [string, GlobalReader] => [
        keyword,
        (statement, { daemon }, context) => read(statement, daemon, context),
      ],
    ),
  ),
  process_names: (_statement, { daemon }) => {
    daemon.processNames = true;
  },
  process_name: processName('processName'),
  vrrp_process_name: processName('vrrpProcessName'),
  checker_process_name: processName('checkerProcessName'),
  lvs_process_name: processName('checkerProcessName'),
  bfd_process_name: processName('bfdProcessName'),
  use_symlink_paths: (statement, { scripts }, context) => {
    scripts.useSymlinkPaths = boolean(statement, context) ?? scripts.useSymlinkPaths;
  },
  set_supplementary_groups: (statement, { scripts }, context) => {
    scripts.setSupplementaryGroups = boolean(statement, context) ?? scripts.setSupplementaryGroups;
  },
  script_user: (statement, { scripts }) => {
    scripts.user = statement.words.slice(1).map(word => word.text);
    scripts.userAt = statement;
  },
  enable_script_security: (_statement, { scripts }) => {
    scripts.enableSecurity = true;
  },
  startup_script: (statement, { daemon }) => {
    daemon.startupScript = statement;
  },
  startup_script_timeout: scriptTimeout('startupScriptTimeout'),
  shutdown_script: (statement, { daemon }) => {
    daemon.shutdownScript = statement;
  },
  shutdown_script_timeout: scriptTimeout('shutdownScriptTimeout'),
  vrrp_netlink_cmd_rcv_bufs: buffer('netlinkCommandBuffer'),
  vrrp_netlink_cmd_rcv_bufs_force: force('netlinkCommandBuffer'),
  vrrp_netlink_monitor_rcv_bufs: buffer('netlinkMonitorBuffer'),
  vrrp_netlink_monitor_rcv_bufs_force: force('netlinkMonitorBuffer'),
  lvs_netlink_cmd_rcv_bufs: buffer('lvsNetlinkCommandBuffer'),
  lvs_netlink_cmd_rcv_bufs_force: force('lvsNetlinkCommandBuffer'),
  lvs_netlink_monitor_rcv_bufs: buffer('lvsNetlinkMonitorBuffer'),
  lvs_netlink_monitor_rcv_bufs_force: force('lvsNetlinkMonitorBuffer'),
  vrrp_rx_bufs_policy: (statement, { daemon }, context) => {
    const word = statement.words[1]!;
    // MTU beats ADVERT, and a number beats both, whatever the order.
    if (word.text === 'MTU')
      daemon.receivePolicy = typeof daemon.receivePolicy === 'number' ? daemon.receivePolicy : 'mtu';
    else if (word.text === 'ADVERT') daemon.receivePolicy ??= 'advert';
    else {
      const bytes = integer(statement, bufferBytes, context);
      if (bytes !== undefined && bytes > 0) daemon.receivePolicy = bytes;
    }
  },
  vrrp_rx_bufs_multiplier: (statement, { daemon }, context) => {
    atMostWords(1)(statement, context);
    daemon.receiveMultiplier =
      integer(statement, { minimum: 1, maximum: 4_294_967_295 }, context) ?? daemon.receiveMultiplier;
  },
  umask: readUmask,
  // These two acted while the file was being read.
  random_seed: (statement, _draft, context) => {
    integer(statement, { minimum: 0, maximum: 4_294_967_295 }, context);
  },
  include_check: () => {},
  data_use_instance: (statement, { daemon }, context) => {
    daemon.dataUseInstance = boolean(statement, context) ?? daemon.dataUseInstance;
  },
  json_version: (statement, { daemon }, context) => {
    const version = integer(statement, { minimum: 1, maximum: 2 }, context);
    if (version !== undefined) daemon.jsonVersion = version === 2 ? 2 : 1;
  },
});

const permissionBits: ReadonlyMap<string, number> = new Map([
  ['IRUSR', 0o400],
  ['IWUSR', 0o200],
  ['IXUSR', 0o100],
  ['IRGRP', 0o040],
  ['IWGRP', 0o020],
  ['IXGRP', 0o010],
  ['IROTH', 0o004],
  ['IWOTH', 0o002],
  ['IXOTH', 0o001],
]);

/** A number in any of C's bases, or names of permission bits joined by bars. */
function readUmask(statement: Statement, { daemon }: GlobalDraft, context: SectionContext): void {
  const words = statement.words.slice(1).map(word => word.text);
  const text = words.join(words.some(word => word.includes('|')) ? '' : ' ');
  const number = /^0x[0-9a-fA-F]{1,4}$/.test(text)
    ? Number.parseInt(text, 16)
    : /^0[0-7]{0,4}$/.test(text)
      ? Number.parseInt(text, 8)
      : /^[1-9][0-9]{0,3}$/.test(text)
        ? Number(text)
        : undefined;
  const bits = text.split('|').map(name => permissionBits.get(name));
  const named = bits.includes(undefined) ? undefined : bits.reduce<number>((sum, bit) => sum | bit!, 0);
  const value = number ?? named;
  if (value === undefined || value > 0o777) {
    const message = `umask: "${shortened(text)}" is neither a number up to 0777 nor names like IRGRP|IROTH`;
    reportBadValue(statement, statement.words[1], message, '0177 is used', context);
  } else daemon.umask = value;
}

const holdfastReaders = bindReaders<DaemonDraft, SectionContext>(rootGrammar.blocks.get('holdfast')!, {
  act_as: (statement, daemon, context) => {
    const word = statement.words[1]!;
    if (word.text === 'keepalived' || word.text === 'holdfast') daemon.actAsKeepalived = word.text === 'keepalived';
    else {
      const message = `act_as: "${shortened(word.text)}" is neither keepalived nor holdfast`;
      context.diagnostics.report(located(statement, word), {
        code: 'bad-value',
        severity: 'error',
        message,
        keepalivedClass: 'ignores',
      });
    }
  },
  flight_recorder: (statement, daemon, context) => {
    daemon.flightRecorder = boolean(statement, context) ?? daemon.flightRecorder;
  },
});

/** Keywords outside all blocks that belong to no feature. */
export const globalRootReaders: Readonly<Record<string, Reader<{ readonly globals: GlobalDraft }, SectionContext>>> = {
  global_defs: (statement, { globals }, context) => {
    const grammar = rootGrammar.blocks.get('global_defs')!;
    readBlock(statement.block!.statements, grammar, globalReaders, globals, context);
  },
  holdfast: (statement, { globals }, context) => {
    const grammar = rootGrammar.blocks.get('holdfast')!;
    readBlock(statement.block!.statements, grammar, holdfastReaders, globals.daemon, context);
  },
  use_pid_dir: (_statement, { globals }) => {
    globals.daemon.usePidDirectory = true;
  },
  instance: (statement, { globals }) => {
    globals.daemon.instance = statement.words[1]!.text;
  },
  SSL: (statement, { globals }, context) => healthRootReaders['SSL']!(statement, globals, context),
  child_wait_time: (statement, { globals }, context) => {
    const value = integer(statement, anySeconds, context);
    if (value !== undefined) globals.daemon.childWaitTime = seconds(value);
  },
};
