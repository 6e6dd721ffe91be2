import type { Family, IpAddress } from '../base/ip-address.ts';
import type { Fifo } from '../ports/fifo.ts';
import type { IpvsForwarding, IpvsProtocol, IpvsService, IpvsServiceKey, IpvsTimeouts } from '../ports/ipvs.ts';
import type { MailSettings } from '../ports/mail.ts';
import type { RunnableScript } from '../ports/script.ts';

/** The load-balancing part of a configuration: complete, checked, with every default filled in. */
export interface LvsConfiguration {
  readonly global: LvsGlobals;
  readonly virtualServers: readonly VirtualServerConfiguration[];
  /** Left out: no mail is sent. */
  readonly mails?: ServerMails | undefined;
  /** What happens is written to them, in this order; left out: there are none. */
  readonly fifos?: readonly Fifo[];
}

/** How mails about virtual and real servers are sent. */
export interface ServerMails {
  readonly settings: MailSettings;
  /** Whenever a checker changes its mind; else only when the server comes or goes. */
  readonly eachChecker: boolean;
}

export interface LvsGlobals {
  /** lvs_flush. */
  readonly flushAtStart: boolean;
  /** lvs_flush_on_stop: one by one, services only, or everything at once. */
  readonly stop: 'destinations' | 'services' | 'flush';
  /** Undefined leaves the kernel's. */
  readonly timeouts: IpvsTimeouts | undefined;
  readonly syncDaemon: SyncDaemonConfiguration | undefined;
  /** rs_init_notifies. */
  readonly notifyAtStart: boolean;
  /** nftables_ipvs; left out: each address is a service of its own. */
  readonly marking?: MarkingSettings | undefined;
}

/** How nftables marks packets for IPVS. */
export interface MarkingSettings {
  /** Of its tables. */
  readonly table: string;
  readonly priority: number;
  readonly counters: boolean;
  /** The first mark, 1 .. 2^32 - 1. */
  readonly startMark: number;
}

export interface SyncDaemonConfiguration {
  readonly interface: string;
  /** The VRRP instance it follows; undefined: master and backup both run. */
  readonly instance: string | undefined;
  readonly syncId: number;
  /** 0, here and below, takes the kernel's default. */
  readonly maximumLength: number;
  readonly port: number;
  readonly ttl: number;
  readonly group: IpAddress | undefined;
}

export interface VirtualServerConfiguration {
  /** As the log names it: `[192.0.2.1]:tcp:80`, `FWM 7`, `[GROUP]:0` for the first of a group. */
  readonly name: string;
  /** One service, or all of a group. Everything but the key is the same for all of them, and ports without NAT. */
  readonly keys: readonly IpvsServiceKey[];
  /**
   * What nftables is to mark packets by, so that one service serves them all; until that is done, and where it cannot be,
   * `keys` are those of its addresses, except where they are too many to count. Left out: it is not wanted.
   */
  readonly marked?: readonly AddressRange[];
  readonly service: Omit<IpvsService, 'key'>;
  readonly protocol: IpvsProtocol | undefined;
  readonly family: Family;
  /** Total weight of living servers that the service needs. */
  readonly quorum: number;
  readonly hysteresis: number;
  readonly quorumUp: RunnableScript | undefined;
  readonly quorumDown: RunnableScript | undefined;
  readonly alpha: boolean;
  readonly omega: boolean;
  /** smtp_alert: a mail is sent when the quorum is lost or gained. Left out: none. */
  readonly mail?: boolean;
  readonly haSuspend: boolean;
  readonly sorryServer: SorryServerConfiguration | undefined;
  readonly realServers: readonly RealServerConfiguration[];
}

/** Addresses in a row, of one family. */
export interface AddressRange {
  readonly first: IpAddress;
  readonly last: IpAddress;
  /** 0: every one. */
  readonly port: number;
}

export interface SorryServerConfiguration {
  readonly address: IpAddress;
  readonly port: number;
  readonly forwarding: IpvsForwarding;
  /** Stays in the table with weight 0 while it is not needed. */
  readonly inhibit: boolean;
}

export interface RealServerConfiguration {
  /** As the log names it: `[192.0.2.7]:tcp:80`. */
  readonly name: string;
  readonly address: IpAddress;
  /** What the table has with NAT; without it the table has the port of each service. */
  readonly port: number;
  readonly forwarding: IpvsForwarding;
  readonly weight: number;
  readonly upperThreshold: number;
  readonly lowerThreshold: number;
  /** Weight 0 instead of removal. */
  readonly inhibitOnFailure: boolean;
  readonly alpha: boolean;
  readonly notifyUp: RunnableScript | undefined;
  readonly notifyDown: RunnableScript | undefined;
  /** smtp_alert: a mail is sent when it comes or goes. Left out: none. */
  readonly mail?: boolean;
  /** Places in HealthConfiguration.checkers. */
  readonly checkers: readonly number[];
}
