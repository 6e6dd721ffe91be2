import { type IpAddress, isMulticast, parseIpAddress } from '../base/ip-address.ts';
import type { Reader } from '../config/interpret.ts';
import { shortened } from '../config/reading-context.ts';
import { complain, type SectionContext } from '../config/section-context.ts';
import { located, type Statement } from '../config/tree.ts';
import { boolean, integer, integerOf, parameter, type Range, reportBadValue } from '../config/values.ts';
import type { Word } from '../config/words.ts';
import type { IpvsTimeouts } from '../ports/ipvs.ts';
import type { LvsGlobals } from './configuration.ts';

export interface SyncDaemonDraft {
  readonly statement: Statement;
  readonly interface: string;
  instance: string | undefined;
  syncId: number | undefined;
  maximumLength: number | undefined;
  port: number | undefined;
  ttl: number | undefined;
  group: IpAddress | undefined;
}

/** What global_defs says about balancing. Undefined: not said. */
export interface LvsGlobalDraft {
  flushAtStart: boolean;
  stop: LvsGlobals['stop'];
  timeouts: IpvsTimeouts | undefined;
  syncDaemon: SyncDaemonDraft | undefined;
  notifyAtStart: boolean;
  /** nftables_ipvs: the name of the table. */
  markingTable: string | undefined;
  markingPriority: number;
  startMark: number;
  counters: boolean;
}

export function emptyLvsGlobalDraft(): LvsGlobalDraft {
  return {
    flushAtStart: false,
    stop: 'destinations',
    timeouts: undefined,
    syncDaemon: undefined,
    notifyAtStart: false,
    markingTable: undefined,
    markingPriority: -1,
    startMark: 1_000,
    counters: false,
  };
}

type GlobalReader = Reader<{ readonly lvs: LvsGlobalDraft }, SectionContext>;

const timeoutNames: Readonly<Record<string, keyof IpvsTimeouts>> = { tcp: 'tcp', tcpfin: 'tcpFin', udp: 'udp' };
const timeoutRange = { minimum: 0, maximum: 31 * 86_400 };

const priorities = { minimum: -2_147_483_648, maximum: 2_147_483_647 };
const marks = { minimum: 1, maximum: 4_294_967_295 };
/** NFT_TABLE_MAXNAMELEN, without the NUL. */
const longestTableName = 255;

const flushOnStop: GlobalReader = (statement, { lvs }, context) => {
  const word = statement.words[1];
  if (!word) lvs.stop = 'flush';
  else if (word.text === 'VS') lvs.stop = 'services';
  else {
    const message = `"${shortened(word.text)}" is no option of ${statement.words[0]!.text}`;
    complain(context, located(statement, word), 'bad-value', message, 'VS is the only one');
  }
};

/** global_defs keywords of this feature. */
export const lvsGlobalReaders: Readonly<Record<string, GlobalReader>> = {
  lvs_timeouts: (statement, { lvs }, context) => {
    const words = statement.words;
    if (words.length < 3) {
      complain(context, located(statement), 'missing-parameter', 'lvs_timeouts needs tcp, tcpfin or udp, and a number');
      return;
    }
    let timeouts = lvs.timeouts ?? { tcp: 0, tcpFin: 0, udp: 0 };
    for (let index = 1; index < words.length; index++) {
      const word = words[index]!;
      const name = Object.hasOwn(timeoutNames, word.text) ? timeoutNames[word.text] : undefined;
      if (name === undefined) {
        const message = `"${shortened(word.text)}" is none of tcp, tcpfin and udp`;
        complain(context, located(statement, word), 'bad-value', message);
        continue;
      }
      const value = parameter(statement, ++index, context);
      const seconds = value && integerOf(statement, value, timeoutRange, context, false);
      if (seconds !== undefined) timeouts = { ...timeouts, [name]: seconds };
    }
    lvs.timeouts = timeouts;
  },
  lvs_flush: (_statement, { lvs }) => {
    lvs.flushAtStart = true;
  },
  lvs_flush_on_stop: flushOnStop,
  lvs_flush_onstop: flushOnStop,
  lvs_sync_daemon: (statement, { lvs }, context) => {
    const name = statement.words[1]!.text;
    if (lvs.syncDaemon) {
      const message = `lvs_sync_daemon is given already, on ${lvs.syncDaemon.interface}`;
      complain(context, located(statement), 'duplicate-name', message, 'the first stands');
      return;
    }
    lvs.syncDaemon = readSyncDaemon(statement, name, context);
  },
  rs_init_notifies: (statement, { lvs }, context) => {
    lvs.notifyAtStart = boolean(statement, context) ?? lvs.notifyAtStart;
  },
  nftables_ipvs: (statement, { lvs }, context) => {
    const word = statement.words[1];
    lvs.markingTable = usualTable;
    if (!word) return;
    if (word.text.length <= longestTableName) lvs.markingTable = word.text;
    else {
      const message = `the name of a table has at most ${longestTableName} characters`;
      reportBadValue(statement, word, message, `${usualTable} is used`, context);
    }
  },
  nftables_ipvs_priority: (statement, { lvs }, context) => {
    lvs.markingPriority = integer(statement, priorities, context) ?? lvs.markingPriority;
  },
  nftables_ipvs_start_fwmark: (statement, { lvs }, context) => {
    lvs.startMark = integer(statement, marks, context) ?? lvs.startMark;
  },
  nftables_counters: (_statement, { lvs }) => {
    lvs.counters = true;
  },
};

/** keepalived's, so that what looks for it finds it. */
const usualTable = 'keepalived_ipvs';

/** `lvs_sync_daemon_interface` of a virtual router: daemons that follow it, unless others were asked for before. */
export function followInstance(
  draft: LvsGlobalDraft,
  name: string,
  statement: Statement,
  context: SectionContext,
): void {
  if (draft.syncDaemon) {
    const message = `sync daemons are asked for already, on ${draft.syncDaemon.interface}`;
    complain(context, located(statement), 'duplicate-name', message, 'the first stand');
    return;
  }
  // keepalived gives it no id of the instance's: where the other director is one, ours must go by the same.
  draft.syncDaemon = { ...noOptions, statement, interface: statement.words[1]!.text, instance: name, syncId: 0 };
}

const options: Readonly<Record<string, Range>> = {
  id: { minimum: 0, maximum: 255 },
  maxlen: { minimum: 1, maximum: 65_507 },
  port: { minimum: 1, maximum: 65_535 },
  ttl: { minimum: 1, maximum: 255 },
};
const noOptions = {
  instance: undefined,
  syncId: undefined,
  maximumLength: undefined,
  port: undefined,
  ttl: undefined,
  group: undefined,
};
const optionKeys = { id: 'syncId', maxlen: 'maximumLength', port: 'port', ttl: 'ttl' } as const;

function readSyncDaemon(statement: Statement, interfaceName: string, context: SectionContext): SyncDaemonDraft {
  const draft: SyncDaemonDraft = { ...noOptions, statement, interface: interfaceName };
  for (let index = 2; index < statement.words.length; index++) {
    const word = statement.words[index]!;
    const range = Object.hasOwn(options, word.text) ? options[word.text] : undefined;
    if (range) {
      const value = statement.words[++index];
      if (value) {
        const key = optionKeys[word.text as keyof typeof optionKeys];
        draft[key] = integerOf(statement, value, range, context, false) ?? draft[key];
      } else complainOfMissing(statement, word, context);
    } else if (word.text === 'group') {
      const value = statement.words[++index];
      if (value) draft.group = readGroupAddress(statement, value, context);
      else complainOfMissing(statement, word, context);
    } else if (word.text === 'inst') draft.instance = parameter(statement, ++index, context)?.text;
    else if (draft.instance === undefined) draft.instance = word.text;
    else readBareId(statement, word, draft, context);
  }
  return draft;
}

/** The old form is INTERFACE INSTANCE ID. */
function readBareId(statement: Statement, word: Word, draft: SyncDaemonDraft, context: SectionContext): void {
  const id = integerOf(statement, word, options['id']!, context, false);
  if (id === undefined) return;
  draft.syncId = id;
  complain(
    context,
    located(statement, word),
    'deprecated-keyword',
    'a bare number is the old form',
    `write "id ${id}"`,
  );
}

function complainOfMissing(statement: Statement, word: Word, context: SectionContext): void {
  complain(context, located(statement, word), 'bad-value', `"${word.text}" has no value`, 'it is passed over');
}

function readGroupAddress(statement: Statement, word: Word, context: SectionContext): IpAddress | undefined {
  const address = parseIpAddress(word.text);
  if (address && isMulticast(address)) return address;
  const message = `"${shortened(word.text)}" is not a multicast address`;
  reportBadValue(statement, word, message, 'it is passed over', context);
  return undefined;
}

/** `vridOf` knows the virtual routers by name; the daemon's id is that of the one it follows. */
export function completeLvsGlobals(
  draft: LvsGlobalDraft,
  vridOf: (instance: string) => number | undefined,
  context: SectionContext,
): LvsGlobals {
  const { syncDaemon } = draft;
  if (syncDaemon?.instance !== undefined && vridOf(syncDaemon.instance) === undefined) {
    context.diagnostics.report(located(syncDaemon.statement), {
      code: 'unknown-instance',
      severity: 'advice',
      message: `there is no vrrp_instance "${syncDaemon.instance}" for the sync daemon to follow`,
      hint: 'it is not started',
      keepalivedClass: 'ignores',
    });
  }
  return {
    flushAtStart: draft.flushAtStart,
    stop: draft.stop,
    timeouts: draft.timeouts,
    syncDaemon: syncDaemon && {
      interface: syncDaemon.interface,
      instance: syncDaemon.instance,
      syncId: syncDaemon.syncId ?? (syncDaemon.instance === undefined ? 0 : (vridOf(syncDaemon.instance) ?? 0)),
      maximumLength: syncDaemon.maximumLength ?? 0,
      port: syncDaemon.port ?? 0,
      ttl: syncDaemon.ttl ?? 0,
      group: syncDaemon.group,
    },
    notifyAtStart: draft.notifyAtStart,
    ...(draft.markingTable !== undefined && {
      marking: {
        table: draft.markingTable,
        priority: draft.markingPriority,
        counters: draft.counters,
        startMark: draft.startMark,
      },
    }),
  };
}
