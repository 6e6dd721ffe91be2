// Small configurations for every row of the keyword tables: each keyword with values that should do and values that
// should not. keepalived's verdict on them is asked for, not remembered.
import type { BlockGrammar, KeywordRow } from '../../src/config/grammar.ts';
import { rootGrammar } from '../../src/engine/keywords.ts';

export interface KeywordCase {
  /** Path of the block, keyword, and what follows it. */
  readonly name: string;
  readonly path: string;
  readonly keyword: string;
  readonly text: string;
  /** First keepalived release after 2.2.7 that has the keyword. */
  readonly since: string | undefined;
}

const secure = 'global_defs {\nenable_script_security\nscript_user root\n}\n';

const instance = (lines = '', name = 'V', vrid = 5): string =>
  `vrrp_instance ${name} {\ninterface eth0\nvirtual_router_id ${vrid}\n${lines}\nvirtual_ipaddress {\n10.0.0.${vrid}\n}\n}\n`;

/** What may be tracked, by the block that tracks it; keepalived 2.2.7 crashes on some of them together. */
const definitions: Readonly<Record<string, string>> = {
  track_script: 'vrrp_script s {\nscript /bin/true\n}\n',
  track_file: 'track_file f {\nfile /tmp/file\n}\n',
  track_process: 'vrrp_track_process p {\nprocess init\n}\n',
  track_bfd: 'bfd_instance b {\nneighbor_ip 10.0.0.7\nsource_ip 10.0.0.2\n}\n',
};

/** What a line, or the block it stands in, refers to. */
function definitionsFor(block: string | undefined, line: string): string {
  const wanted = block ?? line.split(/\s/)[0]!;
  const byChecker: Readonly<Record<string, string>> = { FILE_CHECK: 'track_file', BFD_CHECK: 'track_bfd' };
  return definitions[byChecker[wanted] ?? wanted] ?? '';
}

const group = (lines: string): string =>
  `vrrp_sync_group G {\ngroup {\nV\nW\n}\n${lines}\n}\n${instance()}${instance('', 'W', 6)}`;

const service = (lines: string, server = 'real_server 10.0.0.1 80 {\n}'): string =>
  `virtual_server 192.0.2.1 80 {\nlvs_sched rr\nlvs_method NAT\nprotocol TCP\n${lines}\n${server}\n}\n`;

const server = (lines: string): string => service('', `real_server 10.0.0.1 80 {\n${lines}\n}`);

const checker = (keyword: string, lines: string): string => server(`${keyword} {\n${lines}\n}`);

/** What a block needs besides the line that is tried; left out where that line is one of its own. */
const required: Readonly<Record<string, readonly string[]>> = {
  MISC_CHECK: ['misc_path /bin/true'],
  FILE_CHECK: ['track_file f'],
  BFD_CHECK: ['name b'],
  HTTP_GET: ['url {\npath /\n}'],
  SSL_GET: ['url {\npath /\n}'],
  url: ['path /'],
  vrrp_script: ['script /bin/true'],
  vrrp_track_process: ['process init'],
  track_file: ['file /tmp/file'],
  vrrp_track_file: ['file /tmp/file'],
  bfd_instance: ['neighbor_ip 10.0.0.7', 'source_ip 10.0.0.2'],
  track_group: ['group {\nV\n}'],
  auth_hmac: ['key 1 0123456789abcdef0123456789abcdef', 'active_key 1'],
};

const synonyms: Readonly<Record<string, string>> = { neighbour_ip: 'neighbor_ip' };

function completed(block: string, line: string): string {
  const keyword = line.split(/\s/)[0]!;
  const needs = (required[block] ?? []).filter(need => need.split(/\s/)[0] !== (synonyms[keyword] ?? keyword));
  return [...needs, line].join('\n');
}

/** A whole configuration with a line where the block at `path` is. */
function around(path: string, line: string): string {
  const blocks = path.split('.');
  const [root, second, third, fourth] = blocks as [string, string?, string?, string?];
  const body = completed(blocks[blocks.length - 1]!, line);
  switch (root) {
    case 'root':
      return `${secure}${line}\n${instance()}`;
    case 'global_defs':
      return second === undefined
        ? `global_defs {\nenable_script_security\nscript_user root\n${line}\n}\n${instance()}${service('')}`
        : `global_defs {\n${second} {\n${line}\n}\n}\n${instance()}`;
    case 'vrrp_instance': {
      const inner = second === undefined ? line : `${second} {\n${body}\n}`;
      // What a line adds to an instance's addresses stands beside them.
      if (second === 'virtual_ipaddress') return secure + instance().replace('10.0.0.5\n', `${line}\n`);
      return secure + definitionsFor(second, line) + instance(inner);
    }
    case 'vrrp_sync_group':
      return secure + definitionsFor(second, line) + group(second === undefined ? line : `${second} {\n${line}\n}`);
    case 'vrrp_script':
      return `${secure}vrrp_script t {\n${body}\n}\n${instance('track_script {\nt\n}')}`;
    case 'vrrp_track_process':
      return `${secure}vrrp_track_process t {\n${body}\n}\n${instance('track_process {\nt\n}')}`;
    case 'track_file':
    case 'vrrp_track_file':
      return `${secure}${root} t {\n${body}\n}\n${instance('track_file {\nt\n}')}`;
    case 'bfd_instance':
      return `${secure}bfd_instance t {\n${body}\n}\n${instance('track_bfd {\nt\n}')}`;
    case 'virtual_server':
      if (second === undefined) return secure + service(line);
      if (third === undefined) return secure + server(line);
      if (fourth === undefined) return secure + definitionsFor(third, '') + checker(third, body);
      return secure + checker(third, `${fourth} {\n${body}\n}`);
    case 'virtual_server_group':
      return `${secure}virtual_server_group g {\n${line}\n}\n${service('').replace('192.0.2.1 80', 'group g')}`;
    case 'static_ipaddress':
    case 'static_routes':
    case 'static_rules':
      return `${secure}track_group tg {\ngroup {\nV\n}\n}\n${root} {\n${line}\n}\n${instance()}`;
    case 'garp_group':
      return `${secure}garp_group {\n${second === undefined ? line : `${second} {\n${line}\n}`}\n}\n${instance()}`;
    default:
      return `${secure}${root}${root.endsWith('_group') ? ' t' : ''} {\n${body}\n}\n${instance()}`;
  }
}

/** What stands before an option on a line of a block of lines. */
const lineStart: Readonly<Record<string, string>> = {
  virtual_ipaddress: '10.0.0.50/24',
  virtual_ipaddress_excluded: '10.0.0.50/24',
  static_ipaddress: '10.0.0.50/24 dev eth1',
  virtual_routes: '10.9.0.0/24 dev eth1',
  static_routes: '10.9.0.0/24 dev eth1',
  virtual_rules: 'from 10.9.0.0/24 table 100 preference 50',
  static_rules: 'from 10.9.0.0/24 table 100 preference 50',
  unicast_peer: '10.0.0.7',
  track_interface: 'eth2 weight 5',
  track_script: 's weight 5',
  track_file: 'f weight 5',
  track_process: 'p weight 5',
  track_bfd: 'b weight 5',
};

function lineOf(path: string, row: KeywordRow, value: string): string {
  const block = path.slice(path.lastIndexOf('.') + 1);
  let start = lineStart[block] ?? '';
  const { keyword } = row;
  // Rows in capitals stand for what is written in their place.
  if (/^[A-Z]+$/.test(keyword)) {
    const rest = keyword === 'TYPE' ? ` ${start}` : start.includes(' dev ') ? ' dev eth1' : '';
    return `${value}${rest}`;
  }
  if (keyword === 'weight' || keyword === 'from') start = start.split(' ')[0]!.replace(/^from$/, '');
  if (keyword === 'from' && block.endsWith('_rules'))
    return `from ${value} table 100 preference 50`.replace('from  ', 'from ');
  if ((keyword === 'table' || keyword === 'lookup') && block.endsWith('_rules'))
    start = 'from 10.9.0.0/24 preference 50';
  if (/^(goto|nop|blackhole|unreachable|prohibit|type)$/.test(keyword) && block.endsWith('_rules')) {
    start = 'from 10.9.0.0/24 preference 50';
  }
  if (/^(preference|order|priority)$/.test(keyword) && block.endsWith('_rules')) start = 'from 10.9.0.0/24 table 100';
  if (/^(dev|oif|iif)$/.test(keyword)) start = start.replace(' dev eth1', '');
  if (keyword === 'to' && block.endsWith('_routes')) start = 'dev eth1';
  if (keyword === 'nexthop') start = '10.9.0.0/24';
  return `${start} ${keyword}${value === '' ? '' : ` ${value}`}`.trim();
}

const numbers = ['1', '7', '0', '-1', '300', 'x', '3x', '1.5', '4294967295', '4294967296'];
const times = ['1', '2.5', '0', '-1', 'x', '5s', '0.0000001', '4294', '4295', '100000'];
const addresses = ['10.0.0.9', 'fe80::9', '10.0.0', '10.0.0.9/24', 'x', '224.0.0.9', 'ff02::9'];
const scripts = ['/bin/true', '"/bin/true a"', '/nonexistent', '/bin/true root', '/bin/true nobodyx'];
const words = ['abc', '"a b"', 'a b', '1'];

/** Around both ends of a range. */
function near(minimum: number, maximum: number): string[] {
  return [minimum - 1, minimum, maximum, maximum + 1].map(String).concat('x', `${minimum}x`);
}

const bySample: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^-$/, ['', 'x', 'no']],
  [/^\[?BOOL\]?$/, ['yes', 'on', 'true', 'no', 'off', 'false', 'x', '1', 'YES']],
  [/^TIMER$/, times],
  [/^SECS or forever$/, [...numbers, 'forever']],
  [/^(SECS|USECS|MS) decimal|^SECS decimal/, times],
  [/^\[?all\]? SECS/, ['10', 'all 10', 'all', '0', 'all 0', '86401', 'x', 'all x']],
  [/^\[SECS 1\.\.31 days\]$/, ['1', '0', '2678400', '2678401', 'x']],
  [/^\[?(?:SECS |USECS |MS |INTEGER )?(-?[0-9.]+)\.\.(-?[0-9.]+)\]?/, []],
  [/^SECS|^USECS|^UNSIGNED$|^BYTES$|^INTEGER|^N$|^INT32$|^>=|^\[lock\] N$|^ID or name$/, numbers],
  [/^\[lock\] TIME$/, ['5', '5s', '5ms', 'lock 5', 'lock', 'x']],
  [/^SCRIPT|^\[SCRIPT/, scripts],
  [/^USER/, ['root', 'root root', 'nobodyx', 'root nogroupx', 'root :root']],
  [/^IFNAME$/, ['eth1', 'nope0']],
  [/^IP|^PREFIX|^\[inet|^\[to\]|^DEST|^MCAST|^IPv|^ADDR/, addresses],
  [/^2 or 3$|^1 or 2$|^0 or 1$/, ['0', '1', '2', '3', '4', 'x']],
  [/^block/, []],
];

/** Words that a descriptor spells out, such as `PASS or AH`, and one that it does not. */
function choices(text: string): string[] {
  const found = text.replace(/[[\]]/g, '').split(/, | or | /);
  return [...found.filter(word => /^[a-zA-Z0-9.-]+$/.test(word)), 'bogus'];
}

function values({ arguments: text }: KeywordRow): readonly string[] {
  const range = /^\[?(?:SECS |USECS |MS |INTEGER )?(-?[0-9.]+)\.\.(-?[0-9.]+)/.exec(text);
  if (range) return near(Number(range[1]), Number(range[2]));
  const sample = bySample.find(([pattern]) => pattern.test(text));
  if (sample) return sample[1];
  return [...words, ...choices(text)];
}

/** Values that the descriptors do not lead to. */
const extra: Readonly<Record<string, readonly string[]>> = {
  'vrrp_instance.virtual_rules.goto': ['60', '40'],
  'vrrp_instance.virtual_rules.sport': ['5-6'],
  'vrrp_instance.virtual_rules.dport': ['5-6'],
  'vrrp_instance.virtual_rules.uidrange': ['5-6'],
  'vrrp_instance.virtual_rules.type': ['blackhole', '6', 'nat'],
  'vrrp_instance.virtual_rules.fwmark': ['5/7', '0x5/0x7'],
  'vrrp_instance.virtual_rules.ipproto': ['tcp', '256'],
  'vrrp_instance.virtual_routes.encap': ['ip dst 10.0.0.3', 'mpls 100/200', 'ila 1:2:3:4', 'ip6 id 5'],
  'vrrp_instance.virtual_routes.nexthop': ['via 10.0.0.3 dev eth1', 'via 10.0.0.3 dev eth1 weight 257'],
  'vrrp_instance.virtual_routes.realms': ['1/2', '1/x', 'cosmos'],
  'vrrp_instance.virtual_routes.congctl': ['lock bbr'],
  'vrrp_instance.use_vmac': ['vrrp.5 02:00:00:00:00:01', '02:00:00', 'a/b', 'aaaaaaaaaaaaaaaa'],
  'vrrp_instance.use_ipvlan': ['10.0.0.2', '10.0.0.2 10.0.0.3', 'name0 10.0.0.2/24 private'],
  'vrrp_instance.virtual_ipaddress.label': ['eth0:1'],
  'virtual_server.lvs_method': ['DR', 'TUN', 'TUN type gue', 'TUN type gue port 6080 csum', 'NAT bogus'],
  'virtual_server.persistence_granularity': ['255.255.255.0'],
  'virtual_server.sorry_server': ['10.0.0.9 80', '10.0.0.9 x'],
  'virtual_server_group.ADDRESS': [
    '10.0.0.9 80',
    '10.0.0.9-12 80',
    '10.0.0.8/30 80',
    '10.0.0.9/30 80',
    '10.0.0.9-5 80',
  ],
  'virtual_server_group.fwmark': ['3 inet6'],
  'global_defs.smtp_server': ['127.0.0.1', '127.0.0.1 25', '127.0.0.1 x'],
  'global_defs.lvs_timeouts': ['tcp 5 udp 6', 'tcp x', 'bogus 5'],
  'global_defs.lvs_sync_daemon': ['eth0 V', 'eth0 id 5', 'eth0 id 256', 'eth0 V 5'],
  'global_defs.umask': ['0177', 'IRGRP|IROTH'],
  'linkbeat_interfaces.IFNAME': ['eth1', 'eth1 MII', 'eth1 bogus'],
  'interface_up_down_delays.IFNAME': ['eth1 5', 'eth1 5 6', 'eth1 256'],
};

function casesOf(grammar: BlockGrammar, row: KeywordRow): KeywordCase[] {
  const { path, kind } = grammar;
  const { keyword, since } = row;
  const found = new Map<string, string>();
  const inner = grammar.blocks.get(keyword);
  if (kind === 'lines') {
    for (const value of new Set(['', ...values(row), ...(extra[`${path}.${keyword}`] ?? [])])) {
      found.set(value === '' ? '(bare)' : value, lineOf(path, row, value));
    }
  } else if (inner) {
    found.set('(no brace)', keyword);
    found.set('(no name)', `${keyword} {\n}`);
    found.set('(named)', `${keyword} name {\n}`);
    found.set('(unknown inside)', `${keyword} name {\nbogus_word\n}`);
  } else {
    for (const value of new Set(['', ...values(row), ...(extra[`${path}.${keyword}`] ?? [])])) {
      found.set(value === '' ? '(bare)' : value, `${keyword} ${value}`.trim());
    }
    const usual = values(row)[0];
    if (usual) {
      found.set('(more words)', `${keyword} ${usual} bogus`);
      found.set('(twice)', `${keyword} ${usual}\n${keyword} ${usual}`);
      found.set('(a block)', `${keyword} ${usual} {\n}`);
    }
  }
  return [...found].map(([label, line]) => ({
    name: `${path}.${keyword} ${label}`,
    path,
    keyword,
    text: around(path, line),
    since,
  }));
}

function* grammars(grammar: BlockGrammar): Generator<BlockGrammar> {
  yield grammar;
  for (const child of grammar.blocks.values()) yield* grammars(child);
}

/** Every row of every block, but those that are ours alone. */
export const keywordCases: readonly KeywordCase[] = [...grammars(rootGrammar)]
  .filter(({ path }) => path !== 'holdfast' && !path.endsWith('.GRPC_CHECK'))
  .flatMap(grammar => [...grammar.rows.values()].filter(({ own }) => !own).flatMap(row => casesOf(grammar, row)));
