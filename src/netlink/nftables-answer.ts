import { type Family, ipAddressFromBytes } from '../base/ip-address.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { IpvsProtocol } from '../ports/ipvs.ts';
import type { MarkedRange } from '../ports/marking.ts';
import { type Attributes, attributeText, decodeAttributes, listedAttributes } from './attribute.ts';
import { headerLength, type NetlinkMessage, type NetlinkProblem, viewOf } from './message.ts';
import { MessageWriter } from './message-writer.ts';
import {
  addressLength,
  chainAttribute,
  chainType,
  dataAttribute,
  elementAttribute,
  elementsAttribute,
  expressionAttribute,
  hookAttribute,
  inputHook,
  keyLength,
  keyTypes,
  mapFlags,
  markLength,
  markType,
  nfHeaderLength,
  ruleAttribute,
  setAttribute,
  tableAttribute,
} from './nftables-format.ts';
import { appendExpressions } from './nftables-request.ts';

function attributesOf(message: NetlinkMessage): Result<Attributes, NetlinkProblem> {
  if (message.body.length < nfHeaderLength) return failed('message-body-truncated');
  const attributes = decodeAttributes(message.body, nfHeaderLength);
  return attributes.problem ? failed(attributes.problem) : ok(attributes);
}

/** The name of a table. */
export function decodeTable(message: NetlinkMessage): Result<string, NetlinkProblem> {
  const attributes = attributesOf(message);
  if (!attributes.ok) return attributes;
  const name = attributeText(attributes.value, tableAttribute.name);
  return name === undefined ? failed('attribute-missing') : ok(name);
}

export interface ChainAnswer {
  readonly table: string;
  readonly name: string;
  /** Undefined: it is not a filter at the hook `input`. */
  readonly priority: number | undefined;
}

export function decodeChain(message: NetlinkMessage): Result<ChainAnswer, NetlinkProblem> {
  const attributes = attributesOf(message);
  if (!attributes.ok) return attributes;
  const table = attributeText(attributes.value, chainAttribute.table);
  const name = attributeText(attributes.value, chainAttribute.name);
  if (table === undefined || name === undefined) return failed('attribute-missing');
  const hook = attributes.value.byType.get(chainAttribute.hook);
  const place = hook && decodeAttributes(hook);
  const isOurs =
    place !== undefined &&
    numberOf(place, hookAttribute.number) === inputHook &&
    attributeText(attributes.value, chainAttribute.type) === chainType;
  const priority = isOurs ? numberOf(place, hookAttribute.priority) : undefined;
  return ok({ table, name, priority: priority === undefined ? undefined : priority | 0 });
}

export interface SetAnswer {
  readonly table: string;
  readonly name: string;
  /** Whether it leads from addresses of the family and ports to marks. */
  readonly isMap: boolean;
  readonly counters: boolean;
}

export function decodeSet(message: NetlinkMessage, family: Family): Result<SetAnswer, NetlinkProblem> {
  const attributes = attributesOf(message);
  if (!attributes.ok) return attributes;
  const table = attributeText(attributes.value, setAttribute.table);
  const name = attributeText(attributes.value, setAttribute.name);
  if (table === undefined || name === undefined) return failed('attribute-missing');
  const kind = [
    [setAttribute.flags, mapFlags],
    [setAttribute.keyType, keyTypes[family]],
    [setAttribute.keyLength, keyLength[family]],
    [setAttribute.dataType, markType],
    [setAttribute.dataLength, markLength],
  ] as const;
  const { byType } = attributes.value;
  return ok({
    table,
    name,
    isMap: kind.every(([type, value]) => numberOf(attributes.value, type) === value),
    counters: byType.has(setAttribute.expression) || byType.has(setAttribute.expressions),
  });
}

/** Which of our rules it is; undefined: none. */
export function decodeRule(
  message: NetlinkMessage,
  family: Family,
): Result<{ readonly protocol: IpvsProtocol; readonly counters: boolean } | undefined, NetlinkProblem> {
  const attributes = attributesOf(message);
  if (!attributes.ok) return attributes;
  const list = attributes.value.byType.get(ruleAttribute.expressions);
  if (!list) return failed('attribute-missing');
  const found = expressionsOf(list);
  for (const protocol of ['tcp', 'udp', 'sctp'] as const) {
    for (const counters of [false, true]) {
      if (doesAll(found, ownExpressions(family, protocol, counters))) return ok({ protocol, counters });
    }
  }
  return ok(undefined);
}

interface Expression {
  readonly name: string | undefined;
  readonly data: Uint8Array;
}

function expressionsOf(list: Uint8Array): readonly Expression[] {
  return listedAttributes(list).map(({ value }) => {
    const attributes = decodeAttributes(value);
    return {
      name: attributeText(attributes, expressionAttribute.name),
      data: attributes.byType.get(expressionAttribute.data) ?? new Uint8Array(),
    };
  });
}

function ownExpressions(family: Family, protocol: IpvsProtocol, counters: boolean): readonly Expression[] {
  const writer = new MessageWriter(512);
  writer.begin(0, 0, 0);
  appendExpressions(writer, family, protocol, counters);
  writer.end();
  const list = decodeAttributes(writer.bytes(), headerLength).byType.get(ruleAttribute.expressions);
  return expressionsOf(list ?? new Uint8Array());
}

/** The kernel says more than it is told: what a counter has counted, flags that are not set. */
function doesAll(found: readonly Expression[], own: readonly Expression[]): boolean {
  return (
    found.length === own.length &&
    own.every(({ name, data }, place) => {
      const { name: foundName, data: foundData } = found[place]!;
      const { byType } = decodeAttributes(foundData);
      return (
        name === foundName && listedAttributes(data).every(({ type, value }) => sameValue(byType.get(type), value))
      );
    })
  );
}

/** The kernel does not say that an attribute is made of attributes. */
function sameValue(left: Uint8Array | undefined, right: Uint8Array): boolean {
  if (left?.length !== right.length) return false;
  if (sameBytes(left, right)) return true;
  const [leftParts, rightParts] = [listedAttributes(left), listedAttributes(right)];
  return (
    rightParts.length > 0 &&
    leftParts.length === rightParts.length &&
    rightParts.every(({ type, value }, place) => {
      const other = leftParts[place]!;
      return other.type === type && sameValue(other.value, value);
    })
  );
}

const sameBytes = (left: Uint8Array, right: Uint8Array): boolean => right.every((byte, place) => left[place] === byte);

/** Some elements of one of our maps. */
export function decodeElements(
  message: NetlinkMessage,
  family: Family,
  protocol: IpvsProtocol,
): Result<readonly MarkedRange[], NetlinkProblem> {
  const attributes = attributesOf(message);
  if (!attributes.ok) return attributes;
  // An empty map has no list.
  const list = attributes.value.byType.get(elementsAttribute.elements) ?? new Uint8Array();
  const ranges: MarkedRange[] = [];
  for (const { value } of listedAttributes(list)) {
    const element = decodeAttributes(value);
    const start = dataOf(element, elementAttribute.key);
    const end = dataOf(element, elementAttribute.keyEnd) ?? start;
    const mark = dataOf(element, elementAttribute.data);
    if (start?.length !== keyLength[family] || end?.length !== keyLength[family] || mark?.length !== markLength) {
      return failed('attribute-malformed');
    }
    const length = addressLength[family];
    ranges.push({
      protocol,
      first: ipAddressFromBytes(start.subarray(0, length)),
      last: ipAddressFromBytes(end.subarray(0, length)),
      firstPort: viewOf(start).getUint16(length),
      lastPort: viewOf(end).getUint16(length),
      mark: viewOf(mark).getUint32(0, true),
    });
  }
  return ok(ranges);
}

function dataOf(attributes: Attributes, type: number): Uint8Array | undefined {
  const data = attributes.byType.get(type);
  return data && decodeAttributes(data).byType.get(dataAttribute.value);
}

/** In network byte order. */
function numberOf(attributes: Attributes, type: number): number | undefined {
  const bytes = attributes.byType.get(type);
  return bytes?.length === 4 ? viewOf(bytes).getUint32(0) : undefined;
}
