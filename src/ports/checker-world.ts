import type { Fifo } from './fifo.ts';
import type { IpvsCommand, IpvsEntry, IpvsSyncDaemon, IpvsTimeouts } from './ipvs.ts';
import type { LogLevel } from './log.ts';
import type { Mail } from './mail.ts';
import type { MarkedRange, MarkingTable } from './marking.ts';
import type { InterfaceAddress, Link } from './network.ts';
import type { ProbeResult, ProbeSpec } from './probe.ts';
import type { RunnableScript, ScriptOutcome } from './script.ts';

/** Everything the world can tell the health-checking and balancing engine. Plain data, as for VRRP. */
export type CheckerInput =
  /** At start, after the kernel dropped messages, and whenever the engine asked for a look (read-ipvs). */
  | {
      readonly type: 'ipvs-read';
      readonly entries: readonly IpvsEntry[];
      readonly timeouts: IpvsTimeouts;
      /** Which of the connection-sync daemons run. */
      readonly syncDaemons: readonly IpvsSyncDaemon['state'][];
    }
  /** The table cannot be read or written at all: module missing, no permission. */
  | { readonly type: 'ipvs-unavailable'; readonly error: string }
  /** Answers change-ipvs. `errors` holds an errno name for each command that failed, by its place. */
  | {
      readonly type: 'ipvs-changed';
      readonly batch: number;
      readonly errors: readonly { readonly place: number; readonly error: string }[];
    }
  /** Answers read-marking; nothing where nothing can be read. */
  | { readonly type: 'marking-read'; readonly ranges: readonly MarkedRange[] }
  /** Answers mark-packets: whether anything had to be done, and why it could not. */
  | {
      readonly type: 'packets-marked';
      readonly request: number;
      readonly changed: boolean;
      readonly error: string | undefined;
    }
  /** Answers start-probe, exactly once unless it was cancelled. */
  | { readonly type: 'probe-ended'; readonly probe: number; readonly result: ProbeResult }
  /** Answers run-script, exactly once for each run. */
  | { readonly type: 'script-ended'; readonly run: number; readonly outcome: ScriptOutcome }
  /** All local addresses: at start and after lost notices. For ha_suspend. */
  | { readonly type: 'addresses-read'; readonly addresses: readonly InterfaceAddress[] }
  | { readonly type: 'address-added'; readonly address: InterfaceAddress }
  | { readonly type: 'address-removed'; readonly address: InterfaceAddress }
  /** All interfaces: at start and after lost notices. For the sync daemon. */
  | { readonly type: 'links-read'; readonly links: readonly Link[] }
  | { readonly type: 'link-changed'; readonly link: Link }
  | { readonly type: 'link-removed'; readonly index: number }
  /** A watched file's first line as an integer; 0 for a missing or unreadable one. */
  | { readonly type: 'file-value'; readonly file: string; readonly value: number }
  /** A BFD session changed. */
  | { readonly type: 'bfd-state'; readonly session: string; readonly up: boolean }
  /** A virtual router changed: the sync daemon follows it. */
  | { readonly type: 'vrrp-state'; readonly instance: string; readonly state: 'master' | 'backup' };

/** Everything the engine can ask of the world. Executed in order. */
export type CheckerEffect =
  | { readonly type: 'read-ipvs' }
  /** One batch of generic netlink messages; answered by ipvs-changed. */
  | { readonly type: 'change-ipvs'; readonly batch: number; readonly commands: readonly IpvsCommand[] }
  /** The ranges of the nftables tables of that name. */
  | { readonly type: 'read-marking'; readonly table: string }
  /** Makes the tables as they should be, one family after the other; what is right already is not touched. */
  | { readonly type: 'mark-packets'; readonly request: number; readonly table: MarkingTable }
  | { readonly type: 'start-probe'; readonly probe: number; readonly spec: ProbeSpec }
  | { readonly type: 'cancel-probe'; readonly probe: number }
  | {
      readonly type: 'run-script';
      readonly run: number;
      readonly script: RunnableScript;
      readonly extraArguments: readonly string[];
    }
  | { readonly type: 'signal-script'; readonly run: number; readonly signal: 'TERM' | 'KILL' }
  /** Report file-value for these files now and on every change; replaces the earlier set. */
  | { readonly type: 'watch-files'; readonly files: readonly string[] }
  /** Told and forgotten: what becomes of it changes nothing. */
  | { readonly type: 'send-mail'; readonly mail: Mail }
  /** Notification FIFOs from now on; replaces the earlier set. */
  | { readonly type: 'open-fifos'; readonly fifos: readonly Fifo[] }
  /** A line to every FIFO. Told and forgotten: it is lost where nobody reads. */
  | { readonly type: 'write-fifos'; readonly line: string }
  | { readonly type: 'log'; readonly level: LogLevel; readonly text: string; readonly detail: boolean }
  | { readonly type: 'stopped' };
