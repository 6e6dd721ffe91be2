// Configurations written from the tables of keywords: every block, every keyword, with arguments as their rows describe
// them, now and then beyond their range.

const addresses = ['192.0.2.1', '192.0.2.100/24', '10.0.0.9', 'fe80::1', '2001:db8::100/64', '224.0.0.18', 'ff02::12'];
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

/** One value for the arguments column of a row. */
function argument(random, text) {
  if (text === '-' || text === 'none') return random.chance(1, 12) ? random.pick(names) : '';
  const range = /(-?\d+(?:\.\d+)?)\.\.(-?\d+(?:\.\d+)?)/.exec(text);
  if (range) {
    const [first, last] = [Number(range[1]), Number(range[2])];
    const inside = first + Math.floor((random.below(1_000) / 1_000) * (Math.min(last, first + 300) - first));
    return String(random.pick([first, last, inside, inside, inside, inside, first - 1, last + 1, inside + 0.5]));
  }
  if (/SCRIPT|PROGRAM|PATH/.test(text)) return random.pick(scripts);
  if (/\bIP\b|ADDRESS/.test(text)) return random.pick(addresses);
  if (/\bIF|IFNAME/.test(text)) return random.pick(interfaces);
  if (/SECS|INTEGER|BYTES|NUMBER|\bMS\b/.test(text))
    return random.pick(['0', '1', '2', '0.1', '5', '60', '-1', '100000']);
  if (/BOOL/.test(text)) return random.pick(['', 'yes', 'no', 'on', 'off', 'true', 'false', 'maybe']);
  const words = text.split(/[\s,[\]|]+/).filter(word => /^[A-Za-z_-]+$/.test(word) && word !== 'or');
  return random.pick([...words, ...names]);
}

/** Lines of a block whose lines begin with names: addresses, interfaces, scripts, members. */
function freeLine(random, grammar) {
  const head = /address|peer/.test(grammar.path)
    ? random.pick(addresses)
    : /interface/.test(grammar.path)
      ? random.pick(interfaces)
      : random.pick(names);
  const words = [head];
  const rows = [...grammar.rows.values()].filter(({ keyword }) => /^[a-z-]/.test(keyword));
  for (let count = random.pick([0, 0, 0, 1, 2]); count > 0 && rows.length > 0; count--) {
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
  const named = /NAME/.test(row.arguments) || grammar.path === 'root';
  yield `${row.keyword} ${named ? random.pick(names) : ''} {`;
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
  if (random.chance(7, 8))
    yield `virtual_ipaddress {\n${random.pick(addresses)}\n${random.pick(addresses)} dev eth0\n}`;
  yield '}';
}

export function writtenConfiguration(random, root) {
  const lines = [];
  const outer = [...root.rows.values()].filter(({ standing }) => standing.type === 'built');
  for (let count = random.below(3); count > 0; count--) {
    lines.push(...statement(random, random.pick(outer), root, 0));
  }
  if (random.chance(1, 2)) lines.push('global_defs {', ...block(random, root.blocks.get('global_defs'), 1), '}');
  if (random.chance(1, 2)) lines.push('vrrp_script check {', 'script /bin/true');
  if (lines.at(-1) === 'script /bin/true') lines.push(...block(random, root.blocks.get('vrrp_script'), 1), '}');
  const count = random.between(1, 3);
  for (const name of names.slice(0, count)) lines.push(...virtualRouter(random, root, name));
  if (random.chance(1, 2)) {
    lines.push('vrrp_sync_group G {', 'group {', ...names.slice(0, count), '}');
    lines.push(...block(random, root.blocks.get('vrrp_sync_group'), 1), '}');
  }
  return lines.join('\n');
}
