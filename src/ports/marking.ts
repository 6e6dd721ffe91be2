import type { Family, IpAddress } from '../base/ip-address.ts';
import type { IpvsProtocol } from './ipvs.ts';

/** Packets to these addresses, of one family, and these ports get a mark. */
export interface MarkedRange {
  readonly protocol: IpvsProtocol;
  readonly first: IpAddress;
  readonly last: IpAddress;
  /** 0 .. 65,535. */
  readonly firstPort: number;
  readonly lastPort: number;
  /** 1 .. 2^32 - 1. */
  readonly mark: number;
}

/** The tables of nftables, one for each family, that mark packets before IPVS sees them. */
export interface MarkingTable {
  readonly name: string;
  /** Of the chain at the hook `input`: -2^31 .. 2^31 - 1, lower comes first. */
  readonly priority: number;
  /** Whether packets and bytes are counted. */
  readonly counters: boolean;
  /** No two have an address, port and protocol in common; none at all: the tables are to go. */
  readonly ranges: readonly MarkedRange[];
}

/** One change of the table of one family; they take effect all together or not at all. */
export type MarkingCommand = { readonly family: Family } & (
  | { readonly type: 'add-table' | 'remove-table' }
  /** At the hook `input`. */
  | { readonly type: 'add-chain'; readonly priority: number }
  /** A chain with rules cannot be removed. */
  | { readonly type: 'empty-chain' | 'remove-chain' }
  | { readonly type: 'add-map'; readonly protocol: IpvsProtocol; readonly counters: boolean }
  | { readonly type: 'remove-map'; readonly protocol: IpvsProtocol }
  | { readonly type: 'add-rule'; readonly protocol: IpvsProtocol; readonly counters: boolean }
  /** At most `rangesPerCommand` of one protocol. */
  | {
      readonly type: 'add-ranges' | 'remove-ranges';
      readonly protocol: IpvsProtocol;
      readonly ranges: readonly MarkedRange[];
    }
);

/** As many as a message has room for. */
export const rangesPerCommand = 256;

/** What the kernel has of such a table of one family. */
export interface FoundMarking {
  readonly exists: boolean;
  /** It has chains or sets of somebody else's. */
  readonly hasStrangers: boolean;
  /** The chain of ours; without a priority: it hangs where it should not. */
  readonly chain: { readonly priority: number | undefined } | undefined;
  /** That chain's; undefined: not one of ours. */
  readonly rules: readonly ({ readonly protocol: IpvsProtocol; readonly counters: boolean } | undefined)[];
  readonly maps: readonly FoundMap[];
}

export interface FoundMap {
  readonly protocol: IpvsProtocol;
  /** Of the kind that it should be. */
  readonly isMap: boolean;
  readonly counters: boolean;
  readonly ranges: readonly MarkedRange[];
}
