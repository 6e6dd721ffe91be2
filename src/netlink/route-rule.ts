import { type Family, ipAddressBytes, ipAddressFromBytes } from '../base/ip-address.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { Prefix } from '../ports/route.ts';
import type { NumberRange, RuleAction, RuleRequest } from '../ports/rule.ts';
import { attributeNumber, attributeText, decodeAttributes } from './attribute.ts';
import { messageFlag, type NetlinkMessage, type NetlinkProblem, viewOf } from './message.ts';
import type { MessageWriter } from './message-writer.ts';
import { bytesOf64, flowOf } from './route-route.ts';

/** RTM_* of rtnetlink(7) for policy rules. */
export const ruleMessage = { new: 32, delete: 33 } as const;

const headerLength = 12;
/** FIB_RULE_INVERT. */
const invert = 2;

/** FRA_* of linux/fib_rules.h. */
const attribute = {
  destination: 1,
  source: 2,
  inputInterface: 3,
  goto: 4,
  priority: 6,
  mark: 10,
  flow: 11,
  tunnelId: 12,
  suppressInterfaceGroup: 13,
  suppressPrefixLength: 14,
  table: 15,
  markMask: 16,
  outputInterface: 17,
  l3mdev: 19,
  userIds: 20,
  protocol: 21,
  ipProtocol: 22,
  sourcePorts: 23,
  destinationPorts: 24,
} as const;

/** FR_ACT_*. */
const actionNumbers: Readonly<Record<RuleAction['type'], number>> = {
  table: 1,
  goto: 2,
  nop: 3,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
};

/** RTM_NEWRULE. EEXIST: the very rule is there. */
export function encodeAddRule(writer: MessageWriter, rule: RuleRequest, sequence: number, acknowledge: boolean): void {
  encode(writer, ruleMessage.new, messageFlag.create | messageFlag.exclusive, rule, sequence, acknowledge);
}

/** RTM_DELRULE. ENOENT: it is not there. */
export function encodeRemoveRule(
  writer: MessageWriter,
  rule: RuleRequest,
  sequence: number,
  acknowledge: boolean,
): void {
  encode(writer, ruleMessage.delete, 0, rule, sequence, acknowledge);
}

function encode(
  writer: MessageWriter,
  type: number,
  flags: number,
  rule: RuleRequest,
  sequence: number,
  acknowledge: boolean,
): void {
  writer.begin(type, messageFlag.request | flags | (acknowledge ? messageFlag.acknowledge : 0), sequence);
  const { action } = rule;
  const table = action.type === 'table' ? action.table : 0;
  const header = new Uint8Array(headerLength);
  header[0] = rule.family === 4 ? 2 : 10;
  header[1] = rule.to?.prefixLength ?? 0;
  header[2] = rule.from?.prefixLength ?? 0;
  header[3] = rule.tos;
  header[4] = table < 256 ? table : 0;
  header[7] = actionNumbers[action.type];
  viewOf(header).setUint32(8, rule.inverted ? invert : 0, true);
  writer.append(header);
  if (rule.to && rule.to.prefixLength > 0) writer.attribute(attribute.destination, ipAddressBytes(rule.to.address));
  if (rule.from && rule.from.prefixLength > 0) writer.attribute(attribute.source, ipAddressBytes(rule.from.address));
  writer.attributeNumber(attribute.priority, rule.preference);
  if (table >= 256) writer.attributeNumber(attribute.table, table);
  if (action.type === 'goto') writer.attributeNumber(attribute.goto, action.preference);
  if (rule.mark) {
    writer.attributeNumber(attribute.mark, rule.mark.value);
    if (rule.mark.mask !== undefined) writer.attributeNumber(attribute.markMask, rule.mark.mask);
  }
  if (rule.realms) writer.attributeNumber(attribute.flow, flowOf(rule.realms));
  if (rule.tunnelId !== undefined) writer.attribute(attribute.tunnelId, bytesOf64(BigInt(rule.tunnelId)));
  if (rule.suppressPrefixLength !== undefined) {
    writer.attributeNumber(attribute.suppressPrefixLength, rule.suppressPrefixLength);
  }
  if (rule.suppressInterfaceGroup !== undefined) {
    writer.attributeNumber(attribute.suppressInterfaceGroup, rule.suppressInterfaceGroup);
  }
  if (rule.inputInterface !== undefined) writer.attributeText(attribute.inputInterface, rule.inputInterface);
  if (rule.outputInterface !== undefined) writer.attributeText(attribute.outputInterface, rule.outputInterface);
  if (rule.userIds) writer.attribute(attribute.userIds, range32(rule.userIds));
  if (rule.l3mdev) writer.attribute(attribute.l3mdev, [1]);
  if (rule.protocol !== undefined) writer.attribute(attribute.protocol, [rule.protocol]);
  if (rule.ipProtocol !== undefined) writer.attribute(attribute.ipProtocol, [rule.ipProtocol]);
  if (rule.sourcePorts) writer.attribute(attribute.sourcePorts, range16(rule.sourcePorts));
  if (rule.destinationPorts) writer.attribute(attribute.destinationPorts, range16(rule.destinationPorts));
  writer.end();
}

function range32({ first, last }: NumberRange): Uint8Array {
  const bytes = new Uint8Array(8);
  viewOf(bytes).setUint32(0, first, true);
  viewOf(bytes).setUint32(4, last, true);
  return bytes;
}

function range16({ first, last }: NumberRange): Uint8Array {
  const bytes = new Uint8Array(4);
  viewOf(bytes).setUint16(0, first, true);
  viewOf(bytes).setUint16(2, last, true);
  return bytes;
}

/** Enough of what the kernel tells of a rule to tell ours from others. */
interface RuleIdentity {
  readonly family: Family;
  readonly preference: number;
  readonly from: Prefix | undefined;
  readonly to: Prefix | undefined;
  readonly inputInterface: string | undefined;
  readonly outputInterface: string | undefined;
  readonly mark: number;
  readonly table: number;
}

/** The ruleKey of a rule that RTM_NEWRULE or RTM_DELRULE tells of; undefined for other families. */
export function decodeRuleKey(message: NetlinkMessage): Result<string | undefined, NetlinkProblem> {
  const { body } = message;
  if (body.length < headerLength) return failed('message-body-truncated');
  const family: Family | undefined = body[0] === 2 ? 4 : body[0] === 10 ? 6 : undefined;
  if (family === undefined) return ok(undefined);
  const attributes = decodeAttributes(body, headerLength);
  if (attributes.problem) return failed(attributes.problem);
  const prefix = (type: number, prefixLength: number): Prefix | undefined => {
    const bytes = attributes.byType.get(type);
    return bytes?.length === (family === 4 ? 4 : 16) ? { address: ipAddressFromBytes(bytes), prefixLength } : undefined;
  };
  const identity: RuleIdentity = {
    family,
    preference: attributeNumber(attributes, attribute.priority) ?? 0,
    from: prefix(attribute.source, body[2]!),
    to: prefix(attribute.destination, body[1]!),
    inputInterface: attributeText(attributes, attribute.inputInterface),
    outputInterface: attributeText(attributes, attribute.outputInterface),
    mark: attributeNumber(attributes, attribute.mark) ?? 0,
    table: attributeNumber(attributes, attribute.table) ?? body[4]!,
  };
  return ok(JSON.stringify(identity));
}

/** What a rule of ours is known by when the kernel tells of it. */
export function ruleKey(rule: RuleRequest): string {
  const selector = (prefix: Prefix | undefined) => (prefix && prefix.prefixLength > 0 ? prefix : undefined);
  const identity: RuleIdentity = {
    family: rule.family,
    preference: rule.preference,
    from: selector(rule.from),
    to: selector(rule.to),
    inputInterface: rule.inputInterface,
    outputInterface: rule.outputInterface,
    mark: rule.mark?.value ?? 0,
    table: rule.action.type === 'table' ? rule.action.table : 0,
  };
  return JSON.stringify(identity);
}
