// Configurations written from the tables of keywords: every block, every keyword, with arguments as their rows describe
// them, now and then beyond their range.

const addresses = ['192.0.2.1', '192.0.2.100/24', '10.0.0.9', 'fe80::1', '2001:db8::100/64', '224.0.0.18', 'ff02::12'];
const hosts = ['192.0.2.1', '192.0.2.2', '10.0.0.9', '10.0.0.10', '2001:db8::5'];
const interfaces = ['eth0', 'eth0', 'eth1', 'ens33', 'lo', 'nowhere0'];
const scripts = [
  '/bin/true',
  '"/usr/bin/test -f /etc/passwd"',
  '"[ -f /down ] && exit 1 || exit 0"',
  '"</dev/tcp/127.0.0.1/80"',
  '/bin/true root',
  '\'/bin/sh -c "exit 0"\' root root',
];
const names = ['A', 'B', 'C', 'check', '"two words"'];
const numbers = ['0', '1', '2', '0.1', '5', '60', '-1', '100000'];

/** What stands in the arguments column, by the first pattern that fits, and what to write for it. */
const shapes = [
  [/SCRIPT|PROGRAM|PATH|FILE\b|DIR\b/, random => random.pick(scripts)],
  [/USER/, random => random.pick(['root', 'root root', 'nobody', 'root:root'])],
  [/NETMASK/, random => random.pick(['255.255.255.0', '24', '255.0.255.0', '64'])],
  [/32 hex|hex:HEX/, random => random.pick(['d41d8cd98f00b204e9800998ecf8427e', 'hex:00ff', '1 hex:00112233', 'x'])],
  [/PATTERN/, random => random.pick(['"^ok"', '"(a+)+$"', '"[z-a]"', '"\\\\"', 'x', '"(?<n>.)\\\\k<n>"'])],
  [/LIST of N/, random => random.pick(['200', '200-299', '200,302 404', '99', '600-700', '300-200'])],
  [/HOST or IP/, random => random.pick(['mail.example', '192.0.2.9 25', '"a b"'])],
  [/\bIP\b|ADDR|DST|DEST|MCAST/, random => random.pick(addresses) + random.pick(['', '', '', ' 80', ' 0'])],
  [/\bIF\b|IFNAME/, random => random.pick(interfaces)],
  [
    /TIMER|SECS|INTEGER|BYTES|NUMBER|UNSIGNED|USECS|\bMS\b|\bN\b|\bID\b|TIME\b|INT32|^>=|PREFIX|CPU/,
    random => random.pick(numbers),
  ],
  [/BOOL/, random => random.pick(['', 'yes', 'no', 'on', 'off', 'true', 'false', 'maybe'])],
];

/** One value for the arguments column of a row. */
function argument(random, text) {
  if (text === '-' || text === 'none') return random.chance(1, 12) ? random.pick(names) : '';
  const range = /(-?\d+(?:\.\d+)?)\.\.(-?\d+(?:\.\d+)?)/.exec(text);
  if (range) {
    const [first, last] = [Number(range[1]), Number(range[2])];
    const inside = first + Math.floor((random.below(1_000) / 1_000) * (Math.min(last, first + 300) - first));
    return String(random.pick([first, last, inside, inside, inside, inside, first - 1, last + 1, inside + 0.5]));
  }
  const shape = shapes.find(([pattern]) => pattern.test(text));
  if (shape && random.chance(9, 10)) return shape[1](random);
  const words = text.split(/[\s,[\]|/]+/).filter(word => /^[A-Za-z0-9_.-]+$/.test(word) && word !== 'or');
  return random.pick([...words, ...words, ...names]);
}

/** What stands before the brace of a block. */
function header(random, row) {
  if (random.chance(1, 40)) return random.pick(['', ...names, ...addresses]);
  if (/IP \[PORT\]/.test(row.arguments)) {
    const endpoint = `${random.pick(hosts)}${random.pick([' 80', ' 443', ' 0', ''])}`;
    if (!/fwmark/.test(row.arguments)) return endpoint;
    return random.pick([endpoint, endpoint, endpoint, 'fwmark 7', `group ${random.pick(names)}`]);
  }
  return /NAME/.test(row.arguments) ? random.pick(names) : '';
}

/** Lines of a block whose lines begin with names: addresses, interfaces, scripts, members. */
function freeLine(random, grammar) {
  const head = /address|peer|routes|server_group/.test(grammar.path)
    ? random.pick(addresses) + (/server_group/.test(grammar.path) ? random.pick([' 80', '-9 80', '']) : '')
    : /interface/.test(grammar.path)
      ? random.pick(interfaces)
      : random.pick(names);
  const words = /rules/.test(grammar.path) ? [] : [head];
  const rows = [...grammar.rows.values()].filter(({ keyword }) => /^[a-z-]/.test(keyword));
  for (let count = random.pick([0, 0, 0, 1, 2, 4]); count > 0 && rows.length > 0; count--) {
    const row = random.pick(rows);
    words.push(row.keyword, argument(random, row.arguments));
  }
  return words.join(' ');
}

function* block(random, grammar, depth) {
  const most = grammar.kind === 'lines' ? 4 : 7;
  const rows = [...grammar.rows.values()].filter(
    ({ standing }) => standing.type !== 'refused' || random.chance(1, 200),
  );
  for (let count = random.below(most + 1); count > 0; count--) {
    if (grammar.kind === 'lines' || rows.length === 0) {
      yield freeLine(random, grammar);
      continue;
    }
    yield* statement(random, random.pick(rows), grammar, depth);
  }
}

function* statement(random, row, grammar, depth) {
  const inner = grammar.blocks.get(row.keyword);
  if (!inner || depth > 4) {
    yield `${row.keyword} ${argument(random, row.arguments)}`;
    return;
  }
  yield `${row.keyword} ${header(random, row)} {`;
  yield* block(random, inner, depth + 1);
  yield '}';
}

/** What a virtual router needs to be loaded at all. */
function* virtualRouter(random, root, name) {
  const grammar = root.blocks.get('vrrp_instance');
  yield `vrrp_instance ${name} {`;
  yield `interface ${random.pick(['eth0', 'eth0', 'eth1'])}`;
  yield `virtual_router_id ${random.between(1, 255)}`;
  yield* block(random, grammar, 1);
  yield* block(random, grammar, 1);
  if (random.chance(7, 8)) {
    yield 'virtual_ipaddress {';
    yield* [random.pick(addresses), `${random.pick(addresses)} dev eth0`];
    yield '}';
  }
  yield '}';
}

/** What a virtual server needs to be loaded at all. */
function* virtualServer(random, root) {
  const grammar = root.blocks.get('virtual_server');
  yield `virtual_server ${header(random, root.rows.get('virtual_server'))} {`;
  yield* ['lvs_sched rr', `lvs_method ${random.pick(['NAT', 'DR', 'TUN'])}`, 'protocol TCP'];
  yield* block(random, grammar, 1);
  for (let count = random.between(1, 3); count > 0; count--) {
    yield* statement(random, grammar.rows.get('real_server'), grammar, 1);
  }
  yield '}';
}

/** The lines of a configuration. */
export function writtenConfiguration(random, root) {
  const lines = [];
  const outer = [...root.rows.values()].filter(({ standing }) => standing.type === 'built');
  for (let count = random.below(3); count > 0; count--) {
    lines.push(...statement(random, random.pick(outer), root, 0));
  }
  if (random.chance(1, 2)) lines.push('global_defs {', ...block(random, root.blocks.get('global_defs'), 1), '}');
  if (random.chance(1, 2)) {
    lines.push('vrrp_script check {', 'script /bin/true', ...block(random, root.blocks.get('vrrp_script'), 1), '}');
  }
  if (random.chance(1, 3)) lines.push(...virtualServer(random, root));
  if (random.chance(1, 6)) {
    lines.push('virtual_server_group A {', ...block(random, root.blocks.get('virtual_server_group'), 1), '}');
  }
  const count = random.chance(1, 4) ? 0 : random.between(1, 3);
  for (const name of names.slice(0, count)) lines.push(...virtualRouter(random, root, name));
  if (count > 0 && random.chance(1, 2)) {
    lines.push('vrrp_sync_group G {', 'group {', ...names.slice(0, count), '}');
    lines.push(...block(random, root.blocks.get('vrrp_sync_group'), 1), '}');
  }
  return lines;
}
