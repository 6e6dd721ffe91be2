import type { Duration } from '../base/duration.ts';
import type { Family, IpAddress } from '../base/ip-address.ts';

/** The address as written: bits of the host may be set, which the kernel then refuses of a route. */
export interface Prefix {
  readonly address: IpAddress;
  readonly prefixLength: number;
}

/** One hop of a route that has several. */
export interface NextHop<Device> {
  readonly gateway: IpAddress | undefined;
  readonly device: Device | undefined;
  /** 1 .. 256: its share of the traffic. */
  readonly weight: number;
  readonly onlink: boolean;
  readonly realms: Realms | undefined;
  readonly encapsulation: Encapsulation | undefined;
}

/** Classes of traffic, each 0 .. 255 and 0 where none is meant. */
export interface Realms {
  readonly source: number;
  readonly destination: number;
}

/** A lightweight tunnel that packets of a route go into. */
export type Encapsulation =
  | {
      readonly type: 'ip' | 'ip6';
      /** 0 .. 2^64 - 1, in decimal. */
      readonly id: string | undefined;
      readonly destination: IpAddress | undefined;
      readonly source: IpAddress | undefined;
      /** TOS or traffic class, 0 .. 255. */
      readonly trafficClass: number | undefined;
      /** TTL or hop limit, 0 .. 255. */
      readonly hopLimit: number | undefined;
      /** 0 .. 65535. */
      readonly flags: number | undefined;
    }
  /** Labels of 0 .. 2^20 - 1, outermost first. */
  | { readonly type: 'mpls'; readonly labels: readonly number[] }
  /** Four groups of hexadecimal digits. */
  | { readonly type: 'ila'; readonly locator: string };

/** Metrics that are numbers as they are: RTAX_* of linux/rtnetlink.h by their names in iproute2. */
export type PlainMetric =
  | 'mtu'
  | 'window'
  | 'ssthresh'
  | 'cwnd'
  | 'advmss'
  | 'reordering'
  | 'hoplimit'
  | 'initcwnd'
  | 'initrwnd'
  | 'quickack'
  | 'fastopen_no_cookie';

/** Metrics that are spans of time. */
export type TimeMetric = 'rtt' | 'rttvar' | 'rto_min';

/** What TCP is to know of a route beforehand. */
export interface RouteMetrics {
  /** 0 .. 2^32 - 1 each. */
  readonly plain: Readonly<Partial<Record<PlainMetric, number>>>;
  /** At least 200 ms for `rtt` and `rttvar`. */
  readonly times: Readonly<Partial<Record<TimeMetric, Duration>>>;
  /** Explicit congestion notification. */
  readonly ecn: boolean;
  readonly congestionControl: string | undefined;
  /** Metrics that the kernel is not to learn better. */
  readonly locked: readonly (PlainMetric | TimeMetric | 'congctl')[];
}

/**
 * A route that we want the kernel to have. `Device` is the name of an interface, or its index once that is known; nothing else
 * depends on the machine.
 */
export interface Route<Device> {
  readonly family: Family;
  /** RTN_*: 1 unicast, 2 local, 3 broadcast, 4 anycast, 5 multicast, 6 blackhole, 7 unreachable, 8 prohibit, 9 throw .. */
  readonly type: number;
  /** Where among routes that match as well: before them, behind them, or only if there are none. */
  readonly place: 'prepend' | 'append' | 'add';
  readonly destination: Prefix;
  /** IPv6 only: the route is for packets from there. */
  readonly from: Prefix | undefined;
  readonly preferredSource: IpAddress | undefined;
  readonly gateway: IpAddress | undefined;
  readonly device: Device | undefined;
  /** The gateway is on the link, whatever the addresses say. */
  readonly onlink: boolean;
  readonly encapsulation: Encapsulation | undefined;
  /** 0 .. 255. */
  readonly tos: number;
  /** 1 .. 2^32 - 1; 254 is main. */
  readonly table: number;
  /** RTPROT_*, 0 .. 255. */
  readonly protocol: number;
  /** RT_SCOPE_*, 0 .. 255. */
  readonly scope: number;
  /** 0 .. 2^32 - 1; undefined is the kernel's choice: 0 for IPv4, 1024 for IPv6. */
  readonly metric: number | undefined;
  readonly realms: Realms | undefined;
  /** IPv6 only: seconds until it goes by itself. */
  readonly expiresSeconds: number | undefined;
  /** IPv6 only, RFC 4191. */
  readonly preference: 'low' | 'medium' | 'high' | undefined;
  /** MPLS: whether the TTL goes along. */
  readonly propagateTtl: boolean | undefined;
  readonly metrics: RouteMetrics;
  /** Several hops share the traffic; empty: `gateway` and `device` are the only one. */
  readonly nextHops: readonly NextHop<Device>[];
}

/** The route on interfaces that exist. */
export type RouteRequest = Route<number>;
