import type { Family, IpAddress } from '../base/ip-address.ts';
import type { MacAddress } from '../base/mac-address.ts';

/** One network interface as the kernel reports it. */
export interface Link {
  readonly index: number;
  readonly name: string;
  /** IFF_UP. */
  readonly adminUp: boolean;
  /** IFF_RUNNING: carrier and operational state. */
  readonly running: boolean;
  readonly loopback: boolean;
  readonly mtu: number;
  /** Absent on links without Ethernet addresses (tunnels). */
  readonly mac: MacAddress | undefined;
  /** IFF_MULTICAST. */
  readonly multicast: boolean;
  /** IFF_NOARP: gratuitous ARPs are pointless there. */
  readonly noArp: boolean;
}

/** IFA_F_* flags that matter to us. */
export interface AddressFlags {
  readonly deprecated: boolean;
  readonly tentative: boolean;
  readonly dadFailed: boolean;
  readonly secondary: boolean;
}

/** An address found on an interface. */
export interface InterfaceAddress {
  readonly linkIndex: number;
  readonly address: IpAddress;
  readonly prefixLength: number;
  /** RT_SCOPE_*: 0 global, 253 link, 254 host. */
  readonly scope: number;
  readonly flags: AddressFlags;
}

/** An address that we want an interface to have. */
export interface AddressRequest {
  readonly linkIndex: number;
  readonly address: IpAddress;
  readonly prefixLength: number;
  readonly peer: { readonly address: IpAddress; readonly prefixLength: number } | undefined;
  readonly broadcast: IpAddress | undefined;
  /** IPv4 only, at most 15 bytes. */
  readonly label: string | undefined;
  /** RT_SCOPE_*; 0 is global. */
  readonly scope: number;
  /** Seconds, or undefined for ever. */
  readonly preferredLifetimeSeconds: number | undefined;
  readonly noDad: boolean;
  readonly home: boolean;
  readonly manageTemporary: boolean;
  readonly noPrefixRoute: boolean;
  readonly autoJoin: boolean;
}

/** Receives and sends VRRP packets of one family on one interface, or on any when `linkIndex` is undefined. */
export interface ChannelSpec {
  /** Names the channel in packets and effects; unique among open channels. */
  readonly key: string;
  readonly family: Family;
  readonly link: { readonly index: number; readonly name: string } | undefined;
  /** Multicast groups to be a member of; empty when only unicast is used. */
  readonly groups: readonly IpAddress[];
  /** Bytes for SO_RCVBUF; undefined leaves the kernel's default. */
  readonly receiveBufferBytes: number | undefined;
}
