import { type Duration, inMilliseconds, inSeconds, seconds } from '../base/duration.ts';
import type { IpAddress } from '../base/ip-address.ts';
import { entryText, type RoutingSelector } from './fake-routing.ts';
import type { ServerBehaviour } from './real-servers.ts';
import type { ScriptBehaviour } from './script-stage.ts';

/** Between two hosts (nodes or clients), or between one and everybody else. */
export interface PathSelector {
  readonly from: string;
  /** Undefined: everybody else on its segments. */
  readonly to: string | undefined;
  readonly direction: 'both' | 'one-way';
}

/** Shares are 0 .. 1. */
export type QualityChange =
  | { readonly type: 'lose'; readonly share: number }
  | { readonly type: 'duplicate'; readonly share: number }
  | { readonly type: 'reorder'; readonly share: number }
  | { readonly type: 'delay'; readonly latency: Duration; readonly jitter: Duration };

/** What `ipvsadm` may do to the table, to every service that has the server. */
export type TableChange =
  | { readonly type: 'clear' }
  | { readonly type: 'delete-server'; readonly server: string }
  | { readonly type: 'edit-server'; readonly server: string; readonly weight: number };

/** Everything that a scenario can do to the world. `span`: for how long, after which it is undone; undefined: for good. */
export type Action =
  | { readonly type: 'cut'; readonly path: PathSelector; readonly span: Duration | undefined }
  /** Whether the switches carry VRRP's multicast. */
  | { readonly type: 'block' | 'allow'; readonly what: 'multicast'; readonly span?: Duration }
  /** Undefined: every cut there is. */
  | { readonly type: 'heal'; readonly path: PathSelector | undefined }
  | {
      readonly type: 'quality';
      readonly change: QualityChange;
      /** Undefined: everywhere. */
      readonly path: PathSelector | undefined;
      readonly span: Duration | undefined;
    }
  /** The carrier goes, on one interface or on all. */
  | { readonly type: 'unplug'; readonly node: string; readonly link: string | undefined; readonly span?: Duration }
  | { readonly type: 'plug'; readonly node: string; readonly link: string | undefined }
  /** As `ip link set down` does it. */
  | { readonly type: 'down'; readonly node: string; readonly link: string; readonly span?: Duration }
  | { readonly type: 'up'; readonly node: string; readonly link: string }
  | { readonly type: 'rename'; readonly node: string; readonly link: string; readonly name: string }
  | { readonly type: 'delete'; readonly node: string; readonly link: string; readonly span?: Duration }
  | { readonly type: 'create'; readonly node: string; readonly link: string }
  /** The process stands still; the kernel goes on. */
  | { readonly type: 'freeze'; readonly node: string; readonly span: Duration }
  /** The whole virtual machine stands still, its clock included. */
  | { readonly type: 'suspend'; readonly node: string; readonly span: Duration }
  | { readonly type: 'late'; readonly node: string; readonly by: Duration; readonly span: Duration | undefined }
  | { readonly type: 'crash'; readonly node: string; readonly process: 'vrrp' | 'checker' }
  | { readonly type: 'stop'; readonly node: string; readonly span?: Duration }
  | { readonly type: 'start'; readonly node: string }
  | { readonly type: 'power-off'; readonly node: string; readonly span?: Duration }
  | { readonly type: 'power-on'; readonly node: string }
  /** `file`: the name of another configuration; undefined: the same again. */
  | { readonly type: 'reload'; readonly node: string; readonly file: string | undefined }
  | {
      readonly type: 'script';
      readonly script: string;
      readonly node: string;
      readonly behaviour: ScriptBehaviour;
      readonly span?: Duration;
    }
  /** Somebody writes a number into a tracked file; afterwards 0. */
  | {
      readonly type: 'file';
      readonly file: string;
      readonly node: string;
      readonly number: number;
      readonly span?: Duration;
    }
  /** So many of a tracked process run; afterwards, or if undefined, as many as there have to be. */
  | {
      readonly type: 'process';
      readonly process: string;
      readonly node: string;
      readonly count: number | undefined;
      readonly span?: Duration;
    }
  /** Good and bad by turns. */
  | {
      readonly type: 'script-flaps';
      readonly script: string;
      readonly node: string;
      readonly every: Duration;
      readonly span: Duration;
    }
  /** What comes of probes of a real server (`10.0.0.11:80`), from everywhere or from one node. */
  | {
      readonly type: 'server';
      readonly server: string;
      readonly from: string | undefined;
      readonly behaviour: ServerBehaviour;
      readonly span?: Duration;
    }
  | {
      readonly type: 'server-flaps';
      readonly server: string;
      readonly from: string | undefined;
      readonly every: Duration;
      readonly span: Duration;
    }
  /** Somebody changes the kernel's IPVS table. */
  | { readonly type: 'ipvsadm'; readonly node: string; readonly change: TableChange }
  /** Another program takes an address away. */
  | { readonly type: 'remove'; readonly node: string; readonly address: IpAddress }
  /** The same to a route or a rule. */
  | { readonly type: 'remove-routing'; readonly node: string; readonly entry: RoutingSelector }
  /** Another program takes every address of the interface away that is not its own. */
  | { readonly type: 'flush'; readonly node: string; readonly link: string }
  | { readonly type: 'overrun'; readonly node: string; readonly span: Duration }
  /** Somebody else's router on the segment. */
  | {
      readonly type: 'foreign';
      readonly vrid: number;
      readonly priority: number;
      readonly version: 2 | 3;
      readonly segment: string | undefined;
      readonly every: Duration;
      readonly span: Duration;
    }
  /** Damaged and forged packets. */
  | {
      readonly type: 'garbage';
      readonly segment: string | undefined;
      readonly every: Duration;
      readonly span: Duration;
    }
  /** Sets the wall clock. */
  | { readonly type: 'clock'; readonly node: string; readonly by: Duration };

/** An action with its time. */
export interface Step {
  readonly at: Duration;
  readonly action: Action;
}

/** A step as the scenario language has it. */
export function formatStep({ at, action }: Step): string {
  return `at ${formatSpan(at)} ${formatAction(action)}`;
}

/** 0.2s is 200ms; exact to the microsecond. */
export function formatSpan(span: Duration): string {
  if (span === 0) return '0s';
  if (span % seconds(1) === 0) return `${inSeconds(span)}s`;
  return Math.abs(span) < seconds(1) ? `${inMilliseconds(span)}ms` : `${inSeconds(span)}s`;
}

export function formatAction(action: Action): string {
  switch (action.type) {
    case 'cut':
      return `cut ${formatPath(action.path)}${forSpan(action.span)}`;
    case 'block':
    case 'allow':
      return `${action.type} multicast${forSpan(action.span)}`;
    case 'heal':
      return `heal ${action.path ? formatPath(action.path) : 'everything'}`;
    case 'quality': {
      const where = action.path ? ` on ${formatPath(action.path)}` : '';
      return `${formatChange(action.change)}${where}${forSpan(action.span)}`;
    }
    case 'unplug':
    case 'plug':
    case 'down':
    case 'up':
    case 'delete':
    case 'create': {
      const link = action.link === undefined ? '' : ` ${action.link}`;
      return `${action.type} ${action.node}${link}${forSpan('span' in action ? action.span : undefined)}`;
    }
    case 'rename':
      return `rename ${action.node} ${action.link} to ${action.name}`;
    case 'freeze':
    case 'suspend':
      return `${action.type} ${action.node} ${formatSpan(action.span)}`;
    case 'late':
      return `late ${action.node} ${formatSpan(action.by)}${forSpan(action.span)}`;
    case 'crash':
      return `crash ${action.node}${action.process === 'checker' ? ' checker' : ''}`;
    case 'server':
      return `server ${action.server} ${serverVerbs[action.behaviour]}${from(action.from)}${forSpan(action.span)}`;
    case 'server-flaps': {
      const { server, every } = action;
      return `server ${server} flaps every ${formatSpan(every)}${from(action.from)}${forSpan(action.span)}`;
    }
    case 'ipvsadm':
      return `ipvsadm ${formatTableChange(action.change)} on ${action.node}`;
    case 'start':
    case 'power-on':
      return `${action.type} ${action.node}`;
    case 'stop':
    case 'power-off':
      return `${action.type} ${action.node}${forSpan(action.span)}`;
    case 'reload':
      return `reload ${action.node}${action.file === undefined ? '' : ` with ${action.file}`}`;
    case 'script':
      return `script ${action.script} on ${action.node} ${formatBehaviour(action.behaviour)}${forSpan(action.span)}`;
    case 'file':
      return `file ${action.file} on ${action.node} says ${action.number}${forSpan(action.span)}`;
    case 'process': {
      const what = action.count === undefined ? 'runs' : action.count === 0 ? 'stops' : `runs ${action.count} times`;
      return `process ${action.process} on ${action.node} ${what}${forSpan(action.span)}`;
    }
    case 'script-flaps':
      return `script ${action.script} on ${action.node} flaps every ${formatSpan(action.every)}${forSpan(action.span)}`;
    case 'remove':
      return `remove ${action.address} on ${action.node}`;
    case 'remove-routing':
      return `remove ${entryText(action.entry)} on ${action.node}`;
    case 'flush':
      return `flush ${action.node} ${action.link}`;
    case 'overrun':
      return `overrun ${action.node} ${formatSpan(action.span)}`;
    case 'foreign': {
      const { vrid, priority, version, every } = action;
      const where = action.segment === undefined ? '' : ` on ${action.segment}`;
      const what = `foreign vrid ${vrid} priority ${priority} version ${version}`;
      return `${what}${where} every ${formatSpan(every)}${forSpan(action.span)}`;
    }
    case 'garbage': {
      const where = action.segment === undefined ? '' : ` on ${action.segment}`;
      return `garbage${where} every ${formatSpan(action.every)}${forSpan(action.span)}`;
    }
    case 'clock':
      return `clock ${action.node} ${action.by < 0 ? '' : '+'}${formatSpan(action.by)}`;
  }
}

const serverVerbs: Readonly<Record<ServerBehaviour, string>> = {
  answers: 'recovers',
  refuses: 'fails',
  hangs: 'hangs',
};

function from(node: string | undefined): string {
  return node === undefined ? '' : ` from ${node}`;
}

function formatTableChange(change: TableChange): string {
  switch (change.type) {
    case 'clear':
      return 'clear';
    case 'delete-server':
      return `delete-server ${change.server}`;
    case 'edit-server':
      return `edit-server ${change.server} weight ${change.weight}`;
  }
}

function formatPath({ from, to, direction }: PathSelector): string {
  if (to === undefined) return direction === 'both' ? from : `${from} -> *`;
  return direction === 'both' ? `${from} ${to}` : `${from} -> ${to}`;
}

function formatChange(change: QualityChange): string {
  if (change.type !== 'delay') return `${change.type} ${Number((change.share * 100).toFixed(3))}%`;
  const jitter = change.jitter > 0 ? ` jitter ${formatSpan(change.jitter)}` : '';
  return `delay ${formatSpan(change.latency)}${jitter}`;
}

function formatBehaviour(behaviour: ScriptBehaviour): string {
  switch (behaviour.type) {
    case 'exits':
      return behaviour.status === 0 ? 'succeeds' : behaviour.status === 1 ? 'fails' : `exits ${behaviour.status}`;
    case 'hangs':
      return 'hangs';
    case 'ignores-term':
      return 'hangs for ever';
    case 'not-startable':
      return 'is missing';
  }
}

function forSpan(span: Duration | undefined): string {
  return span === undefined ? '' : ` for ${formatSpan(span)}`;
}
