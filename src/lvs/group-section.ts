import {
  type Family,
  familyOf,
  type IpAddress,
  ipAddressBytes,
  ipAddressFromBytes,
  ipAddressFromNumber,
  ipAddressNumber,
  maximumPrefixLength,
  parseIpAddress,
} from '../base/ip-address.ts';
import { reportSlashComment } from '../config/interpret.ts';
import { shortened } from '../config/reading-context.ts';
import { advise, complain, type SectionContext } from '../config/section-context.ts';
import type { Located } from '../config/source.ts';
import { located, type Statement } from '../config/tree.ts';
import { integerOf, parameter } from '../config/values.ts';
import type { AddressRange } from './configuration.ts';
import { ports } from './endpoint-words.ts';

/** One line of a group. */
export type GroupEntry =
  | (AddressRange & {
      readonly type: 'addresses';
      readonly count: number;
      readonly where: Located;
      readonly text: string;
    })
  | { readonly type: 'fwmark'; readonly mark: number; readonly family: Family | undefined };

/** A virtual_server_group as written. */
export interface GroupDraft {
  readonly statement: Statement;
  readonly name: string;
  readonly entries: readonly GroupEntry[];
}

/** A network that would make more services is a slip of the pen. */
export const mostAddresses = 65_536;

export const marks = { minimum: 0, maximum: 4_294_967_295 };

/** Reads a group; undefined if it can be of no use. */
export function readGroup(
  statement: Statement,
  known: ReadonlyMap<string, GroupDraft>,
  context: SectionContext,
): GroupDraft | undefined {
  const name = parameter(statement, 1, context)?.text;
  if (name === undefined || !statement.block) return undefined;
  const entries: GroupEntry[] = [];
  for (const line of statement.block.statements) {
    const entry = line.words.length > 0 ? readEntry(line, context) : undefined;
    if (entry) entries.push(entry);
  }
  const where = located(statement);
  if (known.has(name)) {
    advise(context, where, 'duplicate-name', `virtual_server_group "${name}" is defined already`, 'the first stands');
    return undefined;
  }
  if (entries.length === 0) {
    complain(context, where, 'group-empty', `virtual_server_group "${name}" has no entries`, 'it is left out');
    return undefined;
  }
  const has = (family: Family): boolean =>
    entries.some(entry => entry.type === 'addresses' && familyOf(entry.first) === family);
  const bareMark = entries.some(entry => entry.type === 'fwmark' && entry.family === undefined);
  if (bareMark && has(4) && has(6)) {
    const message = `virtual_server_group "${name}" has addresses of both families and a firewall mark without one`;
    complain(context, where, 'mixed-families', message, 'it is left out; write "fwmark N inet" or "fwmark N inet6"');
    return undefined;
  }
  return { statement, name, entries };
}

function readEntry(line: Statement, context: SectionContext): GroupEntry | undefined {
  reportSlashComment(line, false, context);
  return line.words[0]!.text === 'fwmark' ? readMark(line, context) : readAddresses(line, context);
}

function readMark(line: Statement, context: SectionContext): GroupEntry | undefined {
  const family = line.words[2];
  const number = parameter(line, 1, context);
  if (!number) return undefined;
  const mark = integerOf(line, number, marks, context, false);
  if (mark === undefined) return undefined;
  if (mark === 0) {
    const message = 'packets without a mark have mark 0: it names no service';
    complain(context, located(line, number), 'bad-value', message, 'the line is left out');
    return undefined;
  }
  if (family && family.text !== 'inet' && family.text !== 'inet6') {
    const message = `"${shortened(family.text)}" is neither inet nor inet6`;
    complain(context, located(line, family), 'bad-value', message, 'the line is left out');
    return undefined;
  }
  return { type: 'fwmark', mark, family: family && (family.text === 'inet' ? 4 : 6) };
}

/** `IP`, `IP-LAST`, `IP-IP` or `IP/LENGTH`, then a port. */
function readAddresses(line: Statement, context: SectionContext): GroupEntry | undefined {
  const [word, portWord] = line.words;
  const port = portWord ? integerOf(line, portWord, ports, context, false) : 0;
  if (port === undefined) return undefined;
  const range = addressRange(word!.text);
  if ('problem' in range) {
    complain(context, located(line, word), 'bad-address', range.problem, 'the line is left out');
    return undefined;
  }
  return { type: 'addresses', ...range, port, where: located(line, word), text: word!.text };
}

/** Whether one mark can stand for all of the group: it has none of its own. */
export function canBeMarked({ entries }: GroupDraft): boolean {
  return entries.every(({ type }) => type === 'addresses');
}

/** Complains of addresses that would be services of their own, each. */
export function refuseLargeRanges({ entries }: GroupDraft, context: SectionContext): void {
  for (const entry of entries) {
    if (entry.type !== 'addresses' || entry.count <= mostAddresses) continue;
    context.diagnostics.report(entry.where, {
      code: 'too-many-addresses',
      severity: 'error',
      message: `"${entry.text}" makes more than ${mostAddresses} services`,
      hint: 'a firewall mark makes one of them all, and so does nftables_ipvs',
      keepalivedClass: 'ignores',
      refuses: true,
    });
  }
}

type Range =
  | { readonly first: IpAddress; readonly last: IpAddress; readonly count: number }
  | { readonly problem: string };

function addressRange(text: string): Range {
  const match = /^([^-/]*)([-/]?)(.*)$/s.exec(text)!;
  const [, head, separator, tail] = match as unknown as [string, string, string, string];
  const first = parseIpAddress(head);
  if (!first) return { problem: `"${shortened(text)}" is not an IP address` };
  if (separator === '') return { first, last: first, count: 1 };
  return separator === '/' ? network(first, tail) : range(first, tail);
}

function network(first: IpAddress, tail: string): Range {
  const longest = maximumPrefixLength(familyOf(first));
  if (!/^[0-9]{1,3}$/.test(tail) || Number(tail) > longest) {
    return { problem: `"${shortened(tail)}" is not a prefix length of 0 .. ${longest}` };
  }
  const size = 2n ** BigInt(longest - Number(tail));
  if (ipAddressNumber(first) % size !== 0n) return { problem: `${first}/${tail} has bits set beyond the prefix` };
  return upTo(first, size - 1n);
}

function range(first: IpAddress, tail: string): Range {
  const whole = tail.includes(':') || tail.includes('.') ? parseIpAddress(tail) : undefined;
  if (whole) {
    if (familyOf(whole) !== familyOf(first)) return { problem: `${first} and ${whole} are of different families` };
    return beyond(first, ipAddressNumber(whole) - ipAddressNumber(first));
  }
  const four = familyOf(first) === 4;
  if (tail === '') return { problem: `the range after ${first} has no end` };
  if (!(four ? /^[0-9]{1,10}$/ : /^[0-9a-fA-F]{1,8}$/).test(tail)) {
    return { problem: `"${shortened(tail)}" is not the end of a range` };
  }
  const end = BigInt(Number.parseInt(tail, four ? 10 : 16));
  const modulus = four ? 0x1_00n : 0x1_0000n;
  if (end >= modulus) return { problem: `the end of a range, ${tail}, is larger than its part of an address` };
  return beyond(first, end - (ipAddressNumber(first) % modulus));
}

function beyond(first: IpAddress, distance: bigint): Range {
  return distance > 0n ? upTo(first, distance) : { problem: `the range after ${first} ends before it begins` };
}

function upTo(first: IpAddress, distance: bigint): Range {
  const last = ipAddressFromNumber(ipAddressNumber(first) + distance, familyOf(first));
  return { first, last, count: Number(distance) + 1 };
}

/** So many addresses in a row. */
export function consecutive(first: IpAddress, count: number): readonly IpAddress[] {
  if (count === 1) return [first];
  const bytes = Uint8Array.from(ipAddressBytes(first));
  const addresses = [first];
  while (addresses.length < count) {
    let place = bytes.length - 1;
    while (place >= 0 && bytes[place] === 255) bytes[place--] = 0;
    if (place >= 0) bytes[place]!++;
    addresses.push(ipAddressFromBytes(bytes));
  }
  return addresses;
}
