// What the language does before there are keywords: definitions, repetitions, conditions and includes, put around lines
// that mean the same without them, or nearly so.

const directory = '/etc/keepalived';
const references = [name => `\${${name}}`, name => `$${name}`, name => `\${${name} }`];
const predefined = [
  `\${_PWD}`,
  `\${_INSTANCE}`,
  `\${_HASH}`,
  `\${_BANG}`,
  `\${_ENV PEER}`,
  `\${_ENV NOBODY}`,
  `\${_RANDOM}`,
  `\${_RANDOM 1 255}`,
  `\${_RANDOM 9 1}`,
];

/** A run of lines whose braces balance, as places; at most so many. */
function stretch(random, lines, most) {
  const from = random.below(lines.length);
  let depth = 0;
  for (let to = from; to < Math.min(lines.length, from + most); to++) {
    depth += lines[to].split('{').length - lines[to].split('}').length;
    if (depth < 0) break;
    if (depth === 0 && random.chance(1, 2)) return [from, to + 1];
  }
  return [from, from + 1];
}

const dressings = {
  /** A word becomes a reference. */
  word: (random, input, number) => {
    const at = random.below(input.lines.length);
    const words = (input.lines[at] ?? '').split(/(\s+)/);
    const place = random.below(words.length);
    if (words[place].trim() === '') return;
    const name = `D${number}`;
    const value = random.chance(1, 6) ? random.pick(predefined) : words[place];
    words[place] = random.pick(references)(name);
    input.lines[at] = words.join('');
    input.lines.splice(random.below(at + 1), 0, `$${name}=${value}`);
  },
  /** Some lines become a definition of several lines. */
  lines: (random, input, number) => {
    const [from, to] = stretch(random, input.lines, 12);
    const name = `L${number}`;
    const body = input.lines.splice(from, to - from, random.pick(references)(name));
    const definition = [`$${name}= \\`, ...body.map((line, index) => (index < body.length - 1 ? `${line} \\` : line))];
    input.lines.splice(random.below(from + 1), 0, ...definition);
  },
  /** Definitions of definitions, and now and then one of itself. */
  nested: (random, input, number) => {
    const names = Array.from({ length: random.between(2, 6) }, (_, index) => `N${number}_${index}`);
    const lines = names.map((name, index) => {
      const next = names[index + 1];
      if (next === undefined) return `$${name}=${random.chance(1, 4) ? `\${${random.pick(names)}}` : 'eth0'}`;
      return `$${name}=${Array.from({ length: random.pick([1, 1, 2, 8]) }, () => `\${${next}}`).join(' ')}`;
    });
    const at = random.below(input.lines.length + 1);
    input.lines.splice(at, 0, ...lines, `interface ${random.pick(references)(names[0])}`);
  },
  sequence: (random, input, number) => {
    const at = random.below(input.lines.length);
    const name = `i${number}`;
    const body = (input.lines[at] ?? '').replace(/[0-9]+/, random.pick([`\${${name}}`, `$${name}`]));
    const bounds = random.pick(['1, 4', '4', '1, 2, 9', '9, -3, 0', '5, 1', '-2', '0x10', '1, 0, 3', 'a', '', '1, 40']);
    const inner = random.chance(1, 4) ? `~SEQ(j${number}, 3) ` : '';
    input.lines[at] = `~SEQ${random.chance(1, 6) ? 'x' : ''}(${name}${bounds && `, ${bounds}`}) ${inner}${body}`;
  },
  list: (random, input, number) => {
    const at = random.below(input.lines.length);
    const name = `l${number}`;
    const body = (input.lines[at] ?? '').replace(/\S+$/, `\${${name}}`);
    const values = random.pick(['a, b, c', '1, 2', '', 'eth0', '{a, b}, {c, d}', '192.0.2.7, 192.0.2.8']);
    input.lines[at] = `~LST(${random.chance(1, 3) ? `{${name}, m${number}}` : name}, ${values}) ${body}`;
  },
  condition: (random, input) => {
    const ids = ['holdfast', 'other', 'one', 'fuzz', '', 'two words'];
    const prefix = () => `@${random.pick(['', '^'])}${random.pick(ids)} `;
    const [from, to] = stretch(random, input.lines, 20);
    const conditions = prefix() + (random.chance(1, 4) ? prefix() : '');
    for (let at = from; at < to; at++) input.lines[at] = conditions + input.lines[at];
  },
  /** Some lines go to a file of their own. */
  include: (random, input, number) => {
    const [from, to] = stretch(random, input.lines, 30);
    const keyword = random.pick(['include', 'include', 'includer', 'includem', 'includew', 'includeb', 'includea']);
    const name = `parts/p${number}.conf`;
    const pattern = random.pick([
      name,
      name,
      `"${name}"`,
      'parts/*.conf',
      `{${name},parts/none}`,
      'none.conf',
      'none*',
    ]);
    const part = input.lines.splice(from, to - from, `${keyword} ${pattern}`);
    if (random.chance(1, 6))
      part.push(random.pick([`include ${name}`, 'include ../keepalived.conf', 'include p1.conf']));
    input.files.set(`${directory}/${name}`, `${part.join('\n')}\n`);
    if (random.chance(1, 5)) {
      const words = random.pick(['', 'read', '+match', '-wildcard_match', 'brace_match read', 'nonsense']);
      input.lines.splice(random.below(from + 1), 0, `include_check ${words}`);
    }
  },
  /** Files that include each other, as deep as is allowed and deeper. */
  chain: (random, input) => {
    const length = random.pick([2, 8, 31, 32, 40]);
    const loops = random.chance(1, 3);
    for (let place = 1; place <= length; place++) {
      const next = place < length ? place + 1 : loops ? 1 : undefined;
      const include = next === undefined ? 'vrrp_garp_interval 0.1' : `include chain${next}.conf`;
      input.files.set(`${directory}/chain${place}.conf`, `${include}\n`);
    }
    input.lines.splice(random.below(input.lines.length + 1), 0, 'include chain1.conf');
  },
};
const names = Object.keys(dressings);

/** More than is worth reading, in few bytes. */
const bombs = [
  body => [`~SEQ(i, 1, 100000000) ${body}`],
  body => [`~SEQ(i, 1, 1000) ~SEQ(j, 1, 1000) ~SEQ(k, 1, 1000) ${body}`],
  body => ['$B0=xxxxxxxxxxxxxxxx', ...doubled(24), `interface \${B24} ${body}`],
  body => ['$L0= \\', `${body} \\`, `${body}`, ...tripled(14), '$L14'],
  () => [`$X=\${X}`, `interface \${X}`],
  () => ['$X= \\', '$X \\', '$X', '$X'],
];

function doubled(depth) {
  return Array.from({ length: depth }, (_, index) => `$B${index + 1}=\${B${index}}\${B${index}}`);
}

function tripled(depth) {
  return Array.from({ length: depth }, (_, index) => [`$L${index + 1}= \\`, `$L${index} \\`, `$L${index}`]).flat();
}

/** Changes the lines, in place, and adds to the files; now and then it plants a bomb. */
export function dress(random, input) {
  for (let count = random.between(1, 4); count > 0; count--) {
    if (input.lines.length > 0) dressings[random.pick(names)](random, input, count);
  }
  if (random.chance(1, 2_000)) {
    const bomb = random.pick(bombs)(random.pick(input.lines) ?? '');
    input.lines.splice(random.below(input.lines.length + 1), 0, ...bomb);
  }
}
