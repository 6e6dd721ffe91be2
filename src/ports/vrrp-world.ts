import type { Duration } from '../base/duration.ts';
import type { Instant } from '../base/instant.ts';
import type { IpAddress } from '../base/ip-address.ts';
import type { Fifo } from './fifo.ts';
import type { LogLevel } from './log.ts';
import type { Mail } from './mail.ts';
import type { AddressRequest, ChannelSpec, InterfaceAddress, Link } from './network.ts';
import type { ProcessPattern } from './process-pattern.ts';
import type { RouteRequest } from './route.ts';
import type { RuleRequest } from './rule.ts';
import type { RunnableScript, ScriptOutcome } from './script.ts';

/**
 * Everything the world can tell the VRRP engine. Plain data: a recorded sequence of these, with the instants at which
 * they were handled, replays a run bit for bit.
 */
export type VrrpInput =
  | { readonly type: 'link-changed'; readonly link: Link }
  | { readonly type: 'link-removed'; readonly index: number }
  | { readonly type: 'address-added'; readonly address: InterfaceAddress }
  | { readonly type: 'address-removed'; readonly address: InterfaceAddress }
  /** The whole truth: at start, and after the kernel dropped messages (ENOBUFS). Replaces all earlier knowledge. */
  | {
      readonly type: 'resynchronised';
      readonly links: readonly Link[];
      readonly addresses: readonly InterfaceAddress[];
      /** Interfaces whose IPv6 forwarding is on: their neighbour advertisements carry the router flag. */
      readonly forwardingLinks: readonly number[];
    }
  | {
      readonly type: 'packet-received';
      /** ChannelSpec.key. */
      readonly channel: string;
      /** The interface it came in on. */
      readonly linkIndex: number;
      readonly source: IpAddress;
      readonly destination: IpAddress;
      /** IPv4 TTL or IPv6 hop limit. */
      readonly ttl: number;
      /** Bytes after the IP header; for IPv4 as many as the IP total length says, Ethernet padding cut off. */
      readonly payload: Uint8Array;
    }
  | { readonly type: 'packet-malformed'; readonly channel: string; readonly reason: string }
  /** The kernel refused to send; errno name such as ENETDOWN. */
  | { readonly type: 'send-failed'; readonly channel: string; readonly error: string }
  /** A channel could not be opened, or broke; the engine may ask again. */
  | { readonly type: 'channel-failed'; readonly channel: string; readonly error: string }
  /** Answers change-addresses. `errors` holds an errno name for each request that failed, by its place. */
  | {
      readonly type: 'addresses-changed';
      readonly batch: number;
      readonly errors: readonly { readonly place: number; readonly error: string }[];
    }
  /** Answers change-routes and change-rules. `errors` as in addresses-changed. */
  | {
      readonly type: 'routing-changed';
      readonly batch: number;
      readonly errors: readonly { readonly place: number; readonly error: string }[];
    }
  /** A route or rule like one that was asked for is gone, whoever removed it; `key` is its routeKey or ruleKey. */
  | { readonly type: 'routing-removed'; readonly kind: 'route' | 'rule'; readonly key: string }
  /** Answers run-script, exactly once for each run. */
  | { readonly type: 'script-ended'; readonly run: number; readonly outcome: ScriptOutcome }
  /** A BFD session that something may track; one that nobody has told of is down. */
  | { readonly type: 'bfd-state'; readonly session: string; readonly up: boolean }
  /** A watched file's first line as an integer; 0 for a missing or unreadable one. */
  | { readonly type: 'file-value'; readonly file: string; readonly value: number }
  /** How many processes match a watched pattern now; `process` is its name. */
  | { readonly type: 'process-count'; readonly process: string; readonly count: number };

/** Everything the VRRP engine can ask of the world. Executed in order. */
export type VrrpEffect =
  | { readonly type: 'open-channel'; readonly channel: ChannelSpec }
  | { readonly type: 'close-channel'; readonly key: string }
  | {
      readonly type: 'send-packet';
      readonly channel: string;
      readonly source: IpAddress;
      readonly destination: IpAddress;
      /** 0 .. 255; undefined takes the kernel's default (unicast IPv6 only). */
      readonly ttl: number | undefined;
      /** The VRRP message with its checksum; the world adds the IP header (protocol 112, TOS 0xc0). */
      readonly payload: Uint8Array;
    }
  /** Whole Ethernet frames: gratuitous ARPs and unsolicited neighbour advertisements. Best effort. */
  | { readonly type: 'send-frames'; readonly linkIndex: number; readonly frames: readonly Uint8Array[] }
  /** One netlink batch; answered by addresses-changed. EEXIST on add and EADDRNOTAVAIL on remove are reported, too. */
  | {
      readonly type: 'change-addresses';
      readonly batch: number;
      readonly operation: 'add' | 'remove';
      readonly addresses: readonly AddressRequest[];
    }
  /** One netlink batch; answered by routing-changed. EEXIST on add and ESRCH on remove are reported, too. */
  | {
      readonly type: 'change-routes';
      readonly batch: number;
      readonly operation: 'add' | 'remove';
      readonly routes: readonly RouteRequest[];
    }
  /** One netlink batch; answered by routing-changed. EEXIST on add and ENOENT on remove are reported, too. */
  | {
      readonly type: 'change-rules';
      readonly batch: number;
      readonly operation: 'add' | 'remove';
      readonly rules: readonly RuleRequest[];
    }
  /** sysctl net.ipv4.conf.NAME.promote_secondaries. */
  | { readonly type: 'set-promote-secondaries'; readonly linkName: string; readonly enabled: boolean }
  | {
      readonly type: 'run-script';
      readonly run: number;
      readonly script: RunnableScript;
      /** Appended to the command's own arguments. */
      readonly extraArguments: readonly string[];
    }
  /** To the whole process group of a run; no-op once it ended. */
  | { readonly type: 'signal-script'; readonly run: number; readonly signal: 'TERM' | 'KILL' }
  /** Report file-value for these files now and on every change; replaces the earlier set. */
  | { readonly type: 'watch-files'; readonly files: readonly string[] }
  /** Report process-count for these now and on every change; replaces the earlier set. */
  | {
      readonly type: 'watch-processes';
      readonly processes: readonly { readonly name: string; readonly pattern: ProcessPattern }[];
    }
  /** Told and forgotten: what becomes of it changes nothing. */
  | { readonly type: 'send-mail'; readonly mail: Mail }
  /** Notification FIFOs from now on; replaces the earlier set. */
  | { readonly type: 'open-fifos'; readonly fifos: readonly Fifo[] }
  /** A line to every FIFO. Told and forgotten: it is lost where nobody reads. */
  | { readonly type: 'write-fifos'; readonly line: string }
  /** `detail`: only worth a line when the operator asked for detail (-D). */
  | { readonly type: 'log'; readonly level: LogLevel; readonly text: string; readonly detail: boolean }
  /** The engine has nothing left to do after a stop: the process may end. */
  | { readonly type: 'stopped' };

/** What the driver needs of an engine; linux/ and sim/ run the same one. */
export interface Engine<Input, Effect> {
  handle(now: Instant, input: Input): readonly Effect[];
  /** To be called when nextDeadline is reached; calling early is harmless. */
  advance(now: Instant): readonly Effect[];
  nextDeadline(): Instant | undefined;
}

/** How late the event loop woke, for the engine's and the operator's judgement. */
export interface Lateness {
  readonly last: Duration;
  readonly worst: Duration;
}
