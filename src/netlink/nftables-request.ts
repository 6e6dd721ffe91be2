import { unreachable } from '../base/assert.ts';
import { type Family, ipAddressBytes } from '../base/ip-address.ts';
import type { IpvsProtocol } from '../ports/ipvs.ts';
import type { MarkedRange, MarkingCommand } from '../ports/marking.ts';
import { protocolNumber } from './ipvs-format.ts';
import { messageFlag, viewOf } from './message.ts';
import type { MessageWriter } from './message-writer.ts';
import {
  accept,
  addressLength,
  appendHeader,
  batchResource,
  batchType,
  chainAttribute,
  chainName,
  chainType,
  dataAttribute,
  descriptionAttribute,
  destinationOffset,
  elementAttribute,
  elementsAttribute,
  expressionAttribute,
  fieldAttribute,
  hookAttribute,
  inputHook,
  keyLength,
  keyTypes,
  listElement,
  mapFlags,
  mapName,
  markLength,
  markType,
  metaKey,
  nfFamily,
  nftablesType,
  payloadBase,
  portLength,
  portOffset,
  portRegister,
  register,
  returnVerdict,
  ruleAttribute,
  setAttribute,
  tableAttribute,
  verdictAttribute,
} from './nftables-format.ts';

/** NLM_F_APPEND: a rule goes behind the others. */
const append = 0x800;

/** What stands before and behind the messages of a batch. */
export function encodeBatchEdge(writer: MessageWriter, edge: keyof typeof batchType, sequence: number): void {
  writer.begin(batchType[edge], messageFlag.request, sequence);
  appendHeader(writer, 0, batchResource);
  writer.end();
}

/** One change of the table of that name as one message of a batch. */
export function encodeMarkingCommand(
  writer: MessageWriter,
  table: string,
  command: MarkingCommand,
  sequence: number,
): void {
  const { family } = command;
  writer.begin(typeOf(command), messageFlag.request | messageFlag.acknowledge | flagsOf(command), sequence);
  appendHeader(writer, nfFamily[family]);
  switch (command.type) {
    case 'add-table':
    case 'remove-table':
      writer.attributeText(tableAttribute.name, table);
      break;
    case 'add-chain':
      writer.attributeText(chainAttribute.table, table);
      writer.attributeText(chainAttribute.name, chainName);
      appendHook(writer, command.priority);
      number(writer, chainAttribute.policy, accept);
      writer.attributeText(chainAttribute.type, chainType);
      break;
    case 'remove-chain':
      writer.attributeText(chainAttribute.table, table);
      writer.attributeText(chainAttribute.name, chainName);
      break;
    case 'empty-chain':
      writer.attributeText(ruleAttribute.table, table);
      writer.attributeText(ruleAttribute.chain, chainName);
      break;
    case 'add-map':
      writer.attributeText(setAttribute.table, table);
      writer.attributeText(setAttribute.name, mapName(command.protocol));
      appendMap(writer, family, command.protocol, command.counters);
      break;
    case 'remove-map':
      writer.attributeText(setAttribute.table, table);
      writer.attributeText(setAttribute.name, mapName(command.protocol));
      break;
    case 'add-rule':
      writer.attributeText(ruleAttribute.table, table);
      writer.attributeText(ruleAttribute.chain, chainName);
      appendExpressions(writer, family, command.protocol, command.counters);
      break;
    case 'add-ranges':
    case 'remove-ranges':
      writer.attributeText(elementsAttribute.set, mapName(command.protocol));
      writer.attributeText(elementsAttribute.table, table);
      appendElements(writer, family, command.ranges, command.type === 'add-ranges');
      break;
    default:
      unreachable(command);
  }
  writer.end();
}

function typeOf({ type }: MarkingCommand): number {
  switch (type) {
    case 'add-table':
      return nftablesType.newTable;
    case 'remove-table':
      return nftablesType.deleteTable;
    case 'add-chain':
      return nftablesType.newChain;
    case 'remove-chain':
      return nftablesType.deleteChain;
    case 'empty-chain':
      return nftablesType.deleteRule;
    case 'add-map':
      return nftablesType.newSet;
    case 'remove-map':
      return nftablesType.deleteSet;
    case 'add-rule':
      return nftablesType.newRule;
    case 'add-ranges':
      return nftablesType.newElements;
    case 'remove-ranges':
      return nftablesType.deleteElements;
    default:
      return unreachable(type);
  }
}

function flagsOf({ type }: MarkingCommand): number {
  if (!type.startsWith('add')) return 0;
  return type === 'add-rule' ? messageFlag.create | append : messageFlag.create;
}

/** Asks for every table, chain or set of a family. */
export function encodeListDump(
  writer: MessageWriter,
  what: 'getTable' | 'getChain' | 'getSet',
  family: Family,
  sequence: number,
): void {
  writer.begin(nftablesType[what], messageFlag.request | messageFlag.dump, sequence);
  appendHeader(writer, nfFamily[family]);
  writer.end();
}

/** Asks for the rules of our chain. */
export function encodeRuleDump(writer: MessageWriter, family: Family, table: string, sequence: number): void {
  writer.begin(nftablesType.getRule, messageFlag.request | messageFlag.dump, sequence);
  appendHeader(writer, nfFamily[family]);
  writer.attributeText(ruleAttribute.table, table);
  writer.attributeText(ruleAttribute.chain, chainName);
  writer.end();
}

/** Asks for the elements of one of our maps, which must be there. */
export function encodeElementDump(
  writer: MessageWriter,
  family: Family,
  table: string,
  protocol: IpvsProtocol,
  sequence: number,
): void {
  writer.begin(nftablesType.getElements, messageFlag.request | messageFlag.dump, sequence);
  appendHeader(writer, nfFamily[family]);
  writer.attributeText(elementsAttribute.table, table);
  writer.attributeText(elementsAttribute.set, mapName(protocol));
  writer.end();
}

function appendHook(writer: MessageWriter, priority: number): void {
  const at = writer.beginNested(chainAttribute.hook);
  number(writer, hookAttribute.number, inputHook);
  number(writer, hookAttribute.priority, priority);
  writer.endNested(at);
}

/** From address and port to mark. */
function appendMap(writer: MessageWriter, family: Family, protocol: IpvsProtocol, counters: boolean): void {
  number(writer, setAttribute.flags, mapFlags);
  number(writer, setAttribute.keyType, keyTypes[family]);
  number(writer, setAttribute.keyLength, keyLength[family]);
  number(writer, setAttribute.dataType, markType);
  number(writer, setAttribute.dataLength, markLength);
  // The kernel wants one, unlike those of the other maps of a batch.
  number(writer, setAttribute.id, (family << 8) | protocolNumber[protocol]);
  const description = writer.beginNested(setAttribute.description);
  const fields = writer.beginNested(descriptionAttribute.concatenation);
  for (const length of [addressLength[family], portLength]) {
    const field = writer.beginNested(listElement);
    number(writer, fieldAttribute.length, length);
    writer.endNested(field);
  }
  writer.endNested(fields);
  writer.endNested(description);
  writer.attribute(setAttribute.userData, byteOrders);
  if (!counters) return;
  const counter = writer.beginNested(setAttribute.expression);
  writer.attributeText(expressionAttribute.name, 'counter');
  writer.endNested(writer.beginNested(expressionAttribute.data));
  writer.endNested(counter);
}

/** For `nft` alone, which wants to know how it shall show keys (type 0) and data (type 1): four bytes each, this machine's order. */
const byteOrders = [0, 4, 1, 0, 0, 0, 1, 4, 1, 0, 0, 0];

/** `meta mark set ip daddr . tcp dport map @tcp_map [counter] return`, as an attribute of a rule. */
export function appendExpressions(
  writer: MessageWriter,
  family: Family,
  protocol: IpvsProtocol,
  counters: boolean,
): void {
  const list = writer.beginNested(ruleAttribute.expressions);
  expression(writer, 'meta', () => {
    number(writer, 2, metaKey.protocol);
    number(writer, 1, register.first);
  });
  expression(writer, 'cmp', () => {
    number(writer, 1, register.first);
    // Equal.
    number(writer, 2, 0);
    value(writer, 3, [protocolNumber[protocol]]);
  });
  load(writer, register.first, payloadBase.network, destinationOffset[family], addressLength[family]);
  load(writer, portRegister[family], payloadBase.transport, portOffset, portLength);
  expression(writer, 'lookup', () => {
    number(writer, 2, register.first);
    number(writer, 3, register.first);
    writer.attributeText(1, mapName(protocol));
  });
  expression(writer, 'meta', () => {
    number(writer, 2, metaKey.mark);
    number(writer, 3, register.first);
  });
  if (counters) expression(writer, 'counter', () => {});
  expression(writer, 'immediate', () => {
    number(writer, 1, register.verdict);
    const data = writer.beginNested(2);
    const verdict = writer.beginNested(dataAttribute.verdict);
    number(writer, verdictAttribute.code, returnVerdict);
    writer.endNested(verdict);
    writer.endNested(data);
  });
  writer.endNested(list);
}

function load(writer: MessageWriter, into: number, base: number, offset: number, length: number): void {
  expression(writer, 'payload', () => {
    number(writer, 1, into);
    number(writer, 2, base);
    number(writer, 3, offset);
    number(writer, 4, length);
  });
}

function expression(writer: MessageWriter, name: string, appendData: () => void): void {
  const at = writer.beginNested(listElement);
  writer.attributeText(expressionAttribute.name, name);
  const data = writer.beginNested(expressionAttribute.data);
  appendData();
  writer.endNested(data);
  writer.endNested(at);
}

function appendElements(
  writer: MessageWriter,
  family: Family,
  ranges: readonly MarkedRange[],
  withMarks: boolean,
): void {
  const list = writer.beginNested(elementsAttribute.elements);
  for (const { first, last, firstPort, lastPort, mark } of ranges) {
    const at = writer.beginNested(listElement);
    value(writer, elementAttribute.key, keyBytes(family, ipAddressBytes(first), firstPort));
    value(writer, elementAttribute.keyEnd, keyBytes(family, ipAddressBytes(last), lastPort));
    if (withMarks) value(writer, elementAttribute.data, markBytes(mark));
    writer.endNested(at);
  }
  writer.endNested(list);
}

function keyBytes(family: Family, address: Uint8Array, port: number): Uint8Array {
  const bytes = new Uint8Array(keyLength[family]);
  bytes.set(address);
  viewOf(bytes).setUint16(address.length, port);
  return bytes;
}

/** In this machine's order, as packets have it. */
function markBytes(mark: number): Uint8Array {
  const bytes = new Uint8Array(markLength);
  viewOf(bytes).setUint32(0, mark, true);
  return bytes;
}

function value(writer: MessageWriter, type: number, bytes: Uint8Array | readonly number[]): void {
  const at = writer.beginNested(type);
  writer.attribute(dataAttribute.value, bytes);
  writer.endNested(at);
}

function number(writer: MessageWriter, type: number, value: number): void {
  const bytes = new Uint8Array(4);
  viewOf(bytes).setUint32(0, value >>> 0);
  writer.attribute(type, bytes);
}
