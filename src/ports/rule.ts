import type { Family } from '../base/ip-address.ts';
import type { Prefix, Realms } from './route.ts';

/** What becomes of packets that a rule selects. */
export type RuleAction =
  /** 0 .. 2^32 - 1; 0 only with `l3mdev`. */
  | { readonly type: 'table'; readonly table: number }
  /** The preference of a later rule. */
  | { readonly type: 'goto'; readonly preference: number }
  | { readonly type: 'nop' | 'blackhole' | 'unreachable' | 'prohibit' };

/** Both ends belong to it. */
export interface NumberRange {
  readonly first: number;
  readonly last: number;
}

/** A policy rule: for which packets which routing table is asked. What is undefined does not matter. */
export interface RuleRequest {
  readonly family: Family;
  /** For packets that are not like that. */
  readonly inverted: boolean;
  readonly from: Prefix | undefined;
  readonly to: Prefix | undefined;
  readonly action: RuleAction;
  /** 0 .. 2^32 - 1: rules are asked in this order. */
  readonly preference: number;
  /** 0 .. 255; 0 is any. */
  readonly tos: number;
  readonly mark: { readonly value: number; readonly mask: number | undefined } | undefined;
  readonly realms: Realms | undefined;
  /** Routes with a prefix of this length or shorter do not count. */
  readonly suppressPrefixLength: number | undefined;
  /** Routes by interfaces of this group do not count. */
  readonly suppressInterfaceGroup: number | undefined;
  readonly inputInterface: string | undefined;
  readonly outputInterface: string | undefined;
  /** 0 .. 2^64 - 1, in decimal. */
  readonly tunnelId: string | undefined;
  readonly userIds: NumberRange | undefined;
  /** Asks the table of the VRF that the interface belongs to. */
  readonly l3mdev: boolean;
  /** RTPROT_*, 0 .. 255; undefined: none is said. */
  readonly protocol: number | undefined;
  /** IPPROTO_*, 0 .. 255. */
  readonly ipProtocol: number | undefined;
  readonly sourcePorts: NumberRange | undefined;
  readonly destinationPorts: NumberRange | undefined;
}
