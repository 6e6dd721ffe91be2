import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ip } from '../base/ip-address.testkit.ts';
import type { MarkedRange, MarkingCommand } from '../ports/marking.ts';
import { listedAttributes } from './attribute.ts';
import { decodeMessages, type NetlinkMessage } from './message.ts';
import { MessageWriter } from './message-writer.ts';
import { decodeChain, decodeElements, decodeRule, decodeSet, decodeTable } from './nftables-answer.ts';
import { batchType } from './nftables-format.ts';
import { encodeBatchEdge, encodeMarkingCommand } from './nftables-request.ts';

const file = new URL('../../test/fixtures/netlink/nftables-keepalived-2.2.7.json', import.meta.url);
const { batches } = JSON.parse(readFileSync(file, 'utf8')) as { readonly batches: readonly string[] };
const recorded = batches.map(hex => decodeMessages(Uint8Array.from(Buffer.from(hex, 'hex'))).messages);

const range = (first: string, last: string, port: number, mark: number): MarkedRange => ({
  protocol: 'tcp',
  first: ip(first),
  last: ip(last),
  firstPort: port,
  lastPort: port,
  mark,
});

const start = (family: 4 | 6, ranges: readonly MarkedRange[]): readonly MarkingCommand[] => [
  { type: 'add-table', family },
  { type: 'add-chain', family, priority: -1 },
  { type: 'add-map', family, protocol: 'tcp', counters: true },
  { type: 'add-rule', family, protocol: 'tcp', counters: true },
  { type: 'add-ranges', family, protocol: 'tcp', ranges },
];

/** What the recording was made of: see the README beside it. */
const meant = [
  start(4, [range('10.0.0.1', '10.0.0.1', 80, 1000)]),
  [{ type: 'add-ranges', family: 4, protocol: 'tcp', ranges: [range('10.0.0.2', '10.0.0.5', 80, 1000)] }],
  start(6, [range('fd00::1', 'fd00::1', 80, 1001)]),
] as const satisfies readonly (readonly MarkingCommand[])[];

function encoded(commands: readonly MarkingCommand[]): readonly NetlinkMessage[] {
  const writer = new MessageWriter(64);
  encodeBatchEdge(writer, 'begin', 7);
  commands.forEach((command, place) => {
    encodeMarkingCommand(writer, 'keepalived_ipvs', command, 8 + place);
  });
  encodeBatchEdge(writer, 'end', 8 + commands.length);
  const { messages, problem } = decodeMessages(writer.bytes().slice());
  expect(problem).toBeUndefined();
  return messages;
}

type Tree = readonly [type: number, content: string | readonly Tree[]];

/** With the numbers that a sender gives its sets within one batch, which are its own affair, put to zero. */
function tree(bytes: Uint8Array, path: string): readonly Tree[] {
  return listedAttributes(bytes).map(({ type, value }) => {
    const place = `${path}.${type}`;
    if (/^(set\.10|elements\.4|rule\.4\.1\.2\.4)$/.test(place) && value.length === 4 && value[0] === 0) {
      return [type, 'number of the set'];
    }
    const isNested = value.length >= 4 && /^(chain\.4|set\.(9|17)|rule\.4|elements\.3)(\.|$)/.test(place);
    const inner = isNested ? listedAttributes(value) : [];
    const used = inner.reduce((sum, each) => sum + 4 + ((each.value.length + 3) & ~3), 0);
    return [type, inner.length > 0 && used === value.length ? tree(value, place) : Buffer.from(value).toString('hex')];
  });
}

const names = ['table', '', '', 'chain', '', '', 'rule', '', '', 'set', '', '', 'elements'];

function plain({ type, flags, body }: NetlinkMessage): unknown {
  const name = names[type & 0xff] ?? '';
  const isEdge = type === batchType.begin || type === batchType.end;
  return { type, flags, header: [...body.subarray(0, 4)], content: isEdge ? [] : tree(body.subarray(4), name) };
}

const isAboutNumber = ([, content]: Tree): boolean => content === 'number of the set';

/** We name sets by name alone where there is one. */
function withoutNumbers(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const rest = value.filter(each => !(Array.isArray(each) && isAboutNumber(each as unknown as Tree)));
  return rest.map(withoutNumbers);
}

const comparable = (messages: readonly NetlinkMessage[]): unknown =>
  messages.map(message => {
    const { content, ...rest } = plain(message) as { content: unknown };
    return { ...rest, content: withoutNumbers(content) };
  });

describe('what is said to nf_tables', () => {
  it.each([0, 1, 2])('is byte for byte what keepalived says, apart from its numbers of sets: batch %i', place => {
    expect(comparable(encoded(meant[place]!))).toEqual(comparable(recorded[place]!));
  });

  it('begins and ends a batch of nf_tables', () => {
    const edges = encoded([]).map(({ type, body }) => [type, Buffer.from(body).toString('hex')]);
    expect(edges).toEqual([
      [0x10, '0000000a'],
      [0x11, '0000000a'],
    ]);
  });

  it('can be read again', () => {
    const [, table, chain, set, rule, elements] = encoded(start(6, [range('fd00::', 'fd00::ffff', 443, 0xffff_ffff)]));
    expect(decodeTable(table!)).toEqual({ ok: true, value: 'keepalived_ipvs' });
    expect(decodeChain(chain!)).toEqual({ ok: true, value: { table: 'keepalived_ipvs', name: 'in', priority: -1 } });
    const found = { table: 'keepalived_ipvs', name: 'tcp_map', isMap: true, counters: true };
    expect(decodeSet(set!, 6)).toEqual({ ok: true, value: found });
    expect(decodeSet(set!, 4)).toMatchObject({ ok: true, value: { isMap: false } });
    expect(decodeRule(rule!, 6)).toEqual({ ok: true, value: { protocol: 'tcp', counters: true } });
    expect(decodeRule(rule!, 4)).toEqual({ ok: true, value: undefined });
    const value = [range('fd00::', 'fd00::ffff', 443, 0xffff_ffff)];
    expect(decodeElements(elements!, 6, 'tcp')).toEqual({ ok: true, value });
    expect(decodeElements(elements!, 4, 'tcp')).toEqual({ ok: false, reason: 'attribute-malformed' });
  });

  it('removes by name and by ends, not by mark', () => {
    const [, , ranges] = encoded([
      { type: 'empty-chain', family: 4 },
      { type: 'remove-ranges', family: 4, protocol: 'tcp', ranges: [range('10.0.0.1', '10.0.0.2', 80, 9)] },
    ]);
    expect(Buffer.from(ranges!.body).toString('hex')).toContain('0c000100' + '0a00000100500000');
    expect(Buffer.from(ranges!.body).toString('hex')).not.toContain('09000000');
  });
});
