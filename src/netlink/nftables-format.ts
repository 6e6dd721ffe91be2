import type { Family } from '../base/ip-address.ts';
import type { IpvsProtocol } from '../ports/ipvs.ts';
import type { MessageWriter } from './message-writer.ts';

/**
 * nf_tables: a subsystem of nfnetlink, whose messages change nothing unless they stand between the beginning and the end of a
 * batch, and then all of them or none. Numbers are in network byte order, except where they are data of the tables.
 */

const subsystem = 10;

export const batchType = { begin: 0x10, end: 0x11 } as const;

const typeOf = (place: number): number => (subsystem << 8) | place;

export const nftablesType = {
  newTable: typeOf(0),
  getTable: typeOf(1),
  deleteTable: typeOf(2),
  newChain: typeOf(3),
  getChain: typeOf(4),
  deleteChain: typeOf(5),
  newRule: typeOf(6),
  getRule: typeOf(7),
  deleteRule: typeOf(8),
  newSet: typeOf(9),
  getSet: typeOf(10),
  deleteSet: typeOf(11),
  newElements: typeOf(12),
  getElements: typeOf(13),
  deleteElements: typeOf(14),
} as const;

/** struct nfgenmsg. */
export const nfHeaderLength = 4;

/** NFPROTO_*; a batch belongs to none. */
export const nfFamily: Readonly<Record<Family, number>> = { 4: 2, 6: 10 };

export function appendHeader(writer: MessageWriter, family: number, resource = 0): void {
  writer.append([family, 0, resource >> 8, resource & 0xff]);
}

/** A batch names its subsystem. */
export const batchResource = subsystem;

export const tableAttribute = { name: 1 } as const;
export const chainAttribute = { table: 1, name: 3, hook: 4, policy: 5, type: 7 } as const;
export const hookAttribute = { number: 1, priority: 2 } as const;
export const ruleAttribute = { table: 1, chain: 2, expressions: 4 } as const;
export const listElement = 1;
export const expressionAttribute = { name: 1, data: 2 } as const;
export const setAttribute = {
  table: 1,
  name: 2,
  flags: 3,
  keyType: 4,
  keyLength: 5,
  dataType: 6,
  dataLength: 7,
  description: 9,
  id: 10,
  userData: 13,
  expression: 17,
  expressions: 18,
} as const;
export const descriptionAttribute = { concatenation: 2 } as const;
export const fieldAttribute = { length: 1 } as const;
export const elementsAttribute = { table: 1, set: 2, elements: 3 } as const;
export const elementAttribute = { key: 1, data: 2, keyEnd: 10 } as const;
export const dataAttribute = { value: 1, verdict: 2 } as const;
export const verdictAttribute = { code: 1 } as const;

/** NF_INET_LOCAL_IN. */
export const inputHook = 1;
export const chainType = 'filter';
export const accept = 1;
/** NFT_RETURN, as an unsigned number. */
export const returnVerdict = 0xffff_fffb;

/** NFT_SET_INTERVAL, NFT_SET_MAP, NFT_SET_CONCAT. */
export const mapFlags = 0x4 | 0x8 | 0x80;

/** Types of values as `nft` numbers them, six bits each where values are put together; the kernel keeps them for it. */
const dataTypes = { ipv4Address: 7, ipv6Address: 8, service: 13, mark: 19 } as const;
export const keyTypes: Readonly<Record<Family, number>> = {
  4: (dataTypes.ipv4Address << 6) | dataTypes.service,
  6: (dataTypes.ipv6Address << 6) | dataTypes.service,
};
export const markType = dataTypes.mark;
export const markLength = 4;
export const portLength = 2;

export const addressLength: Readonly<Record<Family, number>> = { 4: 4, 6: 16 };
/** Each part begins at a multiple of four bytes. */
export const keyLength: Readonly<Record<Family, number>> = { 4: 8, 6: 20 };

/** Where packets have their destination. */
export const destinationOffset: Readonly<Record<Family, number>> = { 4: 16, 6: 24 };
export const portOffset = 2;

export const payloadBase = { network: 1, transport: 2 } as const;
export const metaKey = { mark: 3, protocol: 16 } as const;
export const register = { verdict: 0, first: 1 } as const;
/** The one behind an address in the first: registers of 16 bytes, or their quarters from 8 on. */
export const portRegister: Readonly<Record<Family, number>> = { 4: 9, 6: 2 };

/** The names of what is ours in the table. */
export const chainName = 'in';
export const mapName = (protocol: IpvsProtocol): string => `${protocol}_map`;
