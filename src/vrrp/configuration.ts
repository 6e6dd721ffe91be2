import type { Duration } from '../base/duration.ts';
import type { Family, IpAddress } from '../base/ip-address.ts';
import type { Fifo } from '../ports/fifo.ts';
import type { MailSettings } from '../ports/mail.ts';
import type { ProcessPattern } from '../ports/process-pattern.ts';
import type { Route } from '../ports/route.ts';
import type { RuleRequest } from '../ports/rule.ts';
import type { RunnableScript } from '../ports/script.ts';

/** The VRRP part of a configuration: complete, checked, with every default filled in. */
export interface VrrpConfiguration {
  readonly global: VrrpGlobals;
  readonly instances: readonly VirtualRouterConfiguration[];
  readonly syncGroups: readonly SyncGroupConfiguration[];
  /** Only scripts that something tracks. */
  readonly scripts: readonly TrackScriptConfiguration[];
  /** Only files that something tracks. */
  readonly files: readonly TrackFileConfiguration[];
  /** Only processes that something tracks. */
  readonly processes: readonly TrackProcessConfiguration[];
  /** Left out: no mail is sent. */
  readonly mails?: VrrpMails | undefined;
  /** What happens is written to them, in this order; left out: there are none. */
  readonly fifos?: readonly Fifo[];
  /** All states are written to the FIFOs after a reload, too. */
  readonly statesOnReload?: boolean;
  /** Left out: none. */
  readonly garpGroups?: readonly GarpGroup[];
  /** Held for as long as the process runs, whoever is master. Left out: nothing. */
  readonly statics?: StaticEntries;
}

/** Interfaces whose announcements keep a distance from each other, instead of that of global_defs. */
export interface GarpGroup {
  /** In no other group. */
  readonly interfaces: readonly string[];
  /** 0 is none. */
  readonly garpInterval: Duration;
  readonly gnaInterval: Duration;
}

/** static_ipaddress, static_routes and static_rules. */
export interface StaticEntries {
  readonly addresses: readonly StaticAddress[];
  readonly routes: readonly VirtualRoute[];
  readonly rules: readonly VirtualRule[];
  /** track_group blocks; what they mean is in `dependsOnInterfaces` of the instances. Left out: none. */
  readonly trackGroups?: readonly { readonly name: string; readonly members: readonly string[] }[];
}

/** How mails about instances and groups are sent. */
export interface VrrpMails {
  readonly settings: MailSettings;
  /** About FAULT, too. */
  readonly faults: boolean;
}

export interface VrrpGlobals {
  readonly routerId: string;
  /** Adverts are ignored and timers held for this long after start. */
  readonly startupDelay: Duration;
  readonly logUnknownVrids: boolean;
  readonly dynamicInterfaces: boolean;
  /** Gap between gratuitous ARPs on one interface; 0 is none. */
  readonly garpInterval: Duration;
  /** Gap between unsolicited neighbour advertisements on one interface; 0 is none. */
  readonly gnaInterval: Duration;
}

export interface VirtualRouterConfiguration extends Trackers {
  readonly name: string;
  /** 1 .. 255. */
  readonly vrid: number;
  readonly family: Family;
  readonly version: 2 | 3;
  /** Undefined only for unicast instances without an interface. */
  readonly interface: string | undefined;
  /** As configured; master only shortens the first wait unless the priority is 255. */
  readonly initialState: 'master' | 'backup';
  /** 1 .. 255; 255 is the address owner. */
  readonly priority: number;
  /** v2: whole seconds; v3: 10 ms to 40.95 s in steps of 10 ms. */
  readonly advertisementInterval: Duration;
  /** 1 .. 100, normally 3: how many intervals without an advert end a master's reign. */
  readonly downTimerAdverts: number;
  readonly preempt: boolean;
  /** 0 .. 1000 s. */
  readonly preemptDelay: Duration;
  /** mcast_src_ip or unicast_src_ip; undefined takes the interface's primary (IPv6: link-local) address. */
  readonly source: IpAddress | undefined;
  /** FAULT while the configured source address is absent. */
  readonly trackSource: boolean;
  readonly destination: Destination;
  readonly authentication: Authentication;
  /** Sent in adverts, in this order. */
  readonly addresses: readonly VirtualAddress[];
  /** Held like the others but never advertised; may be of the other family. */
  readonly excludedAddresses: readonly VirtualAddress[];
  /** Added after the addresses, in this order. Left out: none. */
  readonly routes?: readonly VirtualRoute[];
  /** Added after the routes, in this order. Left out: none. */
  readonly rules?: readonly VirtualRule[];
  readonly promoteSecondaries: boolean;
  /** v3 IPv4 only: no pseudo-header in the checksum that we send. */
  readonly checksumWithoutPseudoHeader: boolean;
  readonly skipCheckAdvertAddresses: boolean;
  readonly lowerPriorityNoAdvert: boolean;
  readonly higherPrioritySendAdvert: boolean;
  readonly ownerIgnoreAdverts: boolean;
  readonly garp: GarpConfiguration;
  /** Own interface is not tracked. */
  readonly dontTrackPrimary: boolean;
  /** Others whose being down means FAULT: those of tracked routes and rules, its own and its track_groups'. Left out: none. */
  readonly dependsOnInterfaces?: readonly string[];
  readonly notify: NotifyScripts;
}

export type Destination =
  | { readonly type: 'multicast'; readonly group: IpAddress }
  | {
      readonly type: 'unicast';
      readonly peers: readonly UnicastPeer[];
      /** 0 .. 255; undefined: 255 for IPv4, the kernel's default for IPv6. */
      readonly ttl: number | undefined;
      /** Drop adverts that do not come from a peer or whose TTL is outside that peer's bounds. */
      readonly checkSource: boolean;
    }
  /** unicast_fault_no_peer: a unicast instance without peers stays in FAULT. */
  | { readonly type: 'no-peer' };

export interface UnicastPeer {
  readonly address: IpAddress;
  readonly minimumTtl: number;
  readonly maximumTtl: number;
}

export type Authentication =
  | { readonly type: 'none' }
  /** RFC 2338 simple text: exactly 8 bytes, zero filled on the right. */
  | { readonly type: 'password'; readonly bytes: Uint8Array };

/** A line of virtual_ipaddress or virtual_ipaddress_excluded. */
export interface VirtualAddress {
  readonly address: IpAddress;
  readonly prefixLength: number;
  /** Undefined: the instance's own. */
  readonly interface: string | undefined;
  readonly peer: { readonly address: IpAddress; readonly prefixLength: number } | undefined;
  readonly broadcast: IpAddress | undefined;
  readonly label: string | undefined;
  /** RT_SCOPE_*. */
  readonly scope: number;
  /** Seconds, undefined for ever. IPv6 /128 defaults to 0: deprecated, so never chosen as a source. */
  readonly preferredLifetimeSeconds: number | undefined;
  readonly noDad: boolean;
  readonly home: boolean;
  readonly manageTemporary: boolean;
  readonly noPrefixRoute: boolean;
  readonly autoJoin: boolean;
  /** Its foreign removal is of no consequence. */
  readonly noTrack: boolean;
}

/** A line of static_ipaddress; when complete it has an interface. */
export interface StaticAddress extends VirtualAddress {
  /** track_group: whose instances are in FAULT while it cannot be. */
  readonly trackGroup: string | undefined;
}

/** A line of virtual_routes or static_routes. Interfaces are named. */
export interface VirtualRoute extends Route<string> {
  /** Its foreign removal is of no consequence; always so without an interface. */
  readonly noTrack: boolean;
  /** Static routes only: whose instances are in FAULT while it cannot be. */
  readonly trackGroup: string | undefined;
  /** What was said rather than taken for granted, for those who show it. */
  readonly said: { readonly protocol: boolean; readonly scope: boolean };
}

/** A line of virtual_rules or static_rules. */
export interface VirtualRule extends RuleRequest {
  /** Its foreign removal is of no consequence. */
  readonly noTrack: boolean;
  /** Static rules only: whose instances are in FAULT while it cannot be. */
  readonly trackGroup: string | undefined;
}

export interface GarpConfiguration {
  /** Frames per burst on becoming master, at least 1. */
  readonly masterRepeat: number;
  /** From the first burst to the second; 0 is no second burst. */
  readonly masterDelay: Duration;
  /** 0 is off. */
  readonly masterRefresh: Duration;
  readonly masterRefreshRepeat: number;
  /** Frames after a lower-priority advert; 0 is none. */
  readonly lowerPriorityRepeat: number;
  readonly lowerPriorityDelay: Duration;
}

/** What an instance or a sync group tracks. */
export interface Trackers {
  readonly trackInterfaces: readonly InterfaceTracker[];
  readonly trackScripts: readonly ScriptTracker[];
  readonly trackBfd: readonly BfdTracker[];
  readonly trackFiles: readonly FileTracker[];
  readonly trackProcesses: readonly ProcessTracker[];
}

export interface InterfaceTracker {
  readonly interface: string;
  /** -253 .. 253; 0 means FAULT while it is down. */
  readonly weight: number;
  readonly reverse: boolean;
}

export interface ScriptTracker {
  /** TrackScriptConfiguration.name. */
  readonly script: string;
  /** -253 .. 253; 0 means FAULT while it fails. */
  readonly weight: number;
  readonly reverse: boolean;
}

export interface BfdTracker {
  /** Name of the bfd_instance. */
  readonly session: string;
  /** -253 .. 253; 0 means FAULT while it is not Up. */
  readonly weight: number;
  readonly reverse: boolean;
}

export interface FileTracker {
  /** TrackFileConfiguration.name. */
  readonly file: string;
  /** -254 .. 254, multiplied by the file's number; 0 means FAULT while the number is not 0. */
  readonly weight: number;
  readonly reverse: boolean;
}

export interface ProcessTracker {
  /** TrackProcessConfiguration.name. */
  readonly process: string;
  /** -254 .. 254; 0 means FAULT while there are too few or too many. */
  readonly weight: number;
  readonly reverse: boolean;
}

export interface TrackFileConfiguration {
  readonly name: string;
  /** Its first line is a number. */
  readonly path: string;
}

export interface TrackProcessConfiguration {
  readonly name: string;
  readonly pattern: ProcessPattern;
  /** 0 .. 65535: how many such processes there must be; 0 only where there must be none. */
  readonly quorum: number;
  /** 0 .. 65535: how many there may be; undefined: any number. */
  readonly maximum: number | undefined;
  /** 0 .. 3600 s: how long there must be enough before it counts. */
  readonly forkDelay: Duration;
  /** 0 .. 3600 s: how long there must be too few or too many before it counts. */
  readonly terminateDelay: Duration;
}

export interface TrackScriptConfiguration {
  readonly name: string;
  /** Undefined: refused (missing, not executable, insecure); it is never run and tracking it has no effect. */
  readonly script: RunnableScript | undefined;
  readonly interval: Duration;
  readonly timeout: Duration;
  readonly rise: number;
  readonly fall: number;
}

export interface NotifyScripts {
  readonly master: RunnableScript | undefined;
  readonly backup: RunnableScript | undefined;
  readonly fault: RunnableScript | undefined;
  readonly stop: RunnableScript | undefined;
  readonly generic: RunnableScript | undefined;
  /** Instances only: a reload removed the instance. */
  readonly deleted: RunnableScript | undefined;
  /** notify_deleted was given, with or without a script: DELETED is reported instead of FAULT. */
  readonly reportDeleted: boolean;
  /** Instances only. */
  readonly masterReceivedLowerPriority: RunnableScript | undefined;
  /** smtp_alert: a mail is sent, too. Left out: none. */
  readonly mail?: boolean;
  /** Changes of priority are written to the FIFOs. Of a group: those of its members. */
  readonly priorityChanges?: boolean;
}

export interface SyncGroupConfiguration extends Trackers {
  readonly name: string;
  /** VirtualRouterConfiguration.name, all of them existing. */
  readonly members: readonly string[];
  /** Keep non-zero tracker weights inside the group. */
  readonly trackingWeight: boolean;
  readonly notify: NotifyScripts;
}
