import type { Family, IpAddress } from '../base/ip-address.ts';

export type IpvsProtocol = 'tcp' | 'udp' | 'sctp';

/** What identifies a service in the kernel's table. */
export type IpvsServiceKey =
  | { readonly type: 'address'; readonly protocol: IpvsProtocol; readonly address: IpAddress; readonly port: number }
  | { readonly type: 'fwmark'; readonly mark: number; readonly family: Family };

/** A service as the kernel has it or shall have it. */
export interface IpvsService {
  readonly key: IpvsServiceKey;
  readonly scheduler: string;
  /** 0 is no persistence. */
  readonly persistenceSeconds: number;
  /**
   * Prefix length that persistence groups clients by: 32 or 128 is the host. -1 stands for an IPv4 mask that is no prefix
   * (keepalived makes one of `persistence_granularity 24`: 0.0.0.24); only ever reported by the kernel.
   */
  readonly persistencePrefix: number;
  readonly persistenceEngine: string | undefined;
  readonly onePacket: boolean;
  readonly hashed: boolean;
  /** Scheduler flags 1, 2, 3. */
  readonly schedulerFlags: readonly [boolean, boolean, boolean];
}

export type IpvsForwarding =
  | { readonly type: 'nat' }
  | { readonly type: 'dr' }
  /** The destination is this very machine; only ever reported by the kernel. */
  | { readonly type: 'local' }
  | {
      readonly type: 'tunnel';
      readonly encapsulation: 'ipip' | 'gue' | 'gre';
      /** GUE only. */
      readonly port: number;
      readonly checksum: 'none' | 'checksum' | 'remote';
    };

export interface IpvsDestination {
  readonly address: IpAddress;
  readonly port: number;
  readonly forwarding: IpvsForwarding;
  /** 0 .. 2^31 - 1; 0 gets no new connections. */
  readonly weight: number;
  /** 0 is no limit. */
  readonly upperThreshold: number;
  readonly lowerThreshold: number;
}

/** The connections that the kernel counts for a destination. */
export interface IpvsLoad {
  readonly address: IpAddress;
  readonly port: number;
  /** Established, for TCP. */
  readonly active: number;
  readonly inactive: number;
}

/** A service with its destinations. */
export interface IpvsEntry {
  readonly service: IpvsService;
  readonly destinations: readonly IpvsDestination[];
}

/** How long idle connections are remembered, in seconds; to set one, 0 leaves it as it is. */
export interface IpvsTimeouts {
  readonly tcp: number;
  readonly tcpFin: number;
  readonly udp: number;
}

/** One change of the table; many go to the kernel in one batch. */
export type IpvsCommand =
  | { readonly type: 'add-service' | 'edit-service'; readonly service: IpvsService }
  | { readonly type: 'remove-service'; readonly key: IpvsServiceKey }
  | {
      readonly type: 'add-destination' | 'edit-destination';
      readonly key: IpvsServiceKey;
      readonly destination: IpvsDestination;
    }
  | {
      readonly type: 'remove-destination';
      readonly key: IpvsServiceKey;
      readonly address: IpAddress;
      readonly port: number;
    }
  /** Everything goes. */
  | { readonly type: 'flush' }
  | { readonly type: 'set-timeouts'; readonly timeouts: IpvsTimeouts }
  | { readonly type: 'start-sync-daemon'; readonly daemon: IpvsSyncDaemon }
  | { readonly type: 'stop-sync-daemon'; readonly state: 'master' | 'backup' };

/** The daemon in the kernel that sends or takes connection state. */
export interface IpvsSyncDaemon {
  readonly state: 'master' | 'backup';
  readonly interface: string;
  /** 0 .. 255. */
  readonly syncId: number;
  /** 0 takes the kernel's default. */
  readonly maximumLength: number;
  readonly port: number;
  readonly ttl: number;
  readonly group: IpAddress | undefined;
}
