import type { Duration } from '../base/duration.ts';
import type { IpAddress } from '../base/ip-address.ts';

/** The BFD part of a configuration: complete, checked, with every default filled in. */
export interface BfdConfiguration {
  readonly instances: readonly BfdInstanceConfiguration[];
}

/** One session: a peer, and how fast its loss is to be noticed. */
export interface BfdInstanceConfiguration {
  /** At most 31 characters, unique. */
  readonly name: string;
  readonly neighbor: IpAddress;
  /** Of the neighbor's family; undefined leaves the choice to the kernel's routes. */
  readonly source: IpAddress | undefined;
  /** Required Min RX Interval, whole microseconds from 1 ms. */
  readonly minRx: Duration;
  /** Desired Min TX Interval while Up, whole microseconds from 1 ms. */
  readonly minTx: Duration;
  /** Transmit interval while not Up; at least 1 s (RFC 5880 section 6.8.3). */
  readonly idleTx: Duration;
  /** 1 .. 255. */
  readonly multiplier: number;
  /** Says nothing until the peer has spoken. */
  readonly passive: boolean;
  /** TTL or hop limit of what is sent: 1 .. 255. */
  readonly ttl: number;
  /** What arrives with less is discarded: 0 .. 255; 0 takes everything. */
  readonly minimumTtl: number;
  readonly multihop: boolean;
  /** What track_bfd takes if it says none: -253 .. 253; 0 means FAULT while the session is not Up. */
  readonly weight: number;
  readonly reverse: boolean;
  /** Who is told of the session. */
  readonly toVrrp: boolean;
  readonly toChecker: boolean;
}
