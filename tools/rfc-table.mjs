// Binds each requirement of docs/rfc/requirements.json to its tests, and keeps the pages of docs/rfc/ in step.
// A test names the requirements it covers at the beginning of its title: `'9568-6.4.2-prio0, 3768-6.4.2-rx + takes over
// one skew time later'`; + shows that the requirement holds, - that its opposite does not happen. In a table of cases the first
// string of a row is `'9568-6.4.2-prio0 +'` and the second one says what the case is.
//
//   node tools/rfc-table.mjs            checks (part of `npm run check`)
//   node tools/rfc-table.mjs --write    writes the pages
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './run.mjs';

const folder = `${root}docs/rfc`;
const requirements = JSON.parse(readFileSync(`${folder}/requirements.json`, 'utf8'));

/** How a requirement stands here, and the tests that it must have at least. */
const standings = {
  kept: { title: 'kept', meaning: 'obeyed', tests: ['+', '-'] },
  option: { title: 'kept by option', meaning: 'obeyed when the operator asks for it', tests: ['+', '-'] },
  differs: {
    title: 'deliberate difference',
    meaning: "not obeyed, for the reason given; mostly because keepalived's default is ours",
    tests: ['any'],
  },
  kernel: { title: 'left to the kernel', meaning: 'what Linux or another daemon does, not this one', tests: [] },
  'not-built': {
    title: 'not built',
    meaning: 'absent; a configuration that asks for it is refused by name',
    tests: [],
  },
};
const titles = {
  9568: 'VRRP version 3 for IPv4 and IPv6',
  5798: 'VRRP version 3, the earlier text',
  3768: 'VRRP version 2',
  2338: 'VRRP version 2 with authentication',
  5880: 'Bidirectional Forwarding Detection (BFD)',
  5881: 'BFD for IPv4 and IPv6 over a single hop',
};
const applies = {
  v2: 'VRRPv2',
  v3: 'VRRPv3',
  v4: 'IPv4',
  v6: 'IPv6',
  both: 'both versions',
  families: 'IPv4 and IPv6',
};

const meaningOf = { '+': 'what it asks', '-': 'its limit', any: 'what happens instead' };

const problems = [];
const byId = new Map(requirements.map(requirement => [requirement.id, { ...requirement, '+': [], '-': [] }]));
if (byId.size !== requirements.length) problems.push('requirements.json: an id occurs twice');

const id = String.raw`\d{4}-[A-Za-z0-9.-]+`;
const literal = String.raw`'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"`;
const title = new RegExp(
  String.raw`(['"])(${id}(?:, ${id})*) ([+-])(?: ((?:(?!\1)[^\\\n]|\\.)*))?\1(?:,\s*(?:${literal}))?`,
  'g',
);

function* testFiles(directory) {
  for (const entry of readdirSync(`${root}${directory}`, { withFileTypes: true })) {
    const name = `${directory}/${entry.name}`;
    if (entry.isDirectory()) yield* testFiles(name);
    else if (entry.name.endsWith('.test.ts')) yield name;
  }
}

for (const directory of ['src', 'test']) {
  for (const file of testFiles(directory)) {
    for (const match of readFileSync(`${root}${file}`, 'utf8').matchAll(title)) {
      const [, , ids, sign, inTitle, single, double] = match;
      const name = (inTitle ?? single ?? double ?? '').replace(/\\(.)/g, '$1');
      for (const wanted of ids.split(', ')) {
        const requirement = byId.get(wanted);
        if (requirement) requirement[sign].push({ file, name });
        else problems.push(`${file}: no requirement "${wanted}" in docs/rfc/requirements.json`);
      }
    }
  }
}

for (const requirement of byId.values()) {
  const standing = standings[requirement.standing];
  if (!standing) problems.push(`${requirement.id}: no such standing: "${requirement.standing}"`);
  else if (requirement.standing !== 'kept' && !requirement.note)
    problems.push(`${requirement.id}: a note must say why`);
  for (const sign of standing?.tests ?? []) {
    const tests = sign === 'any' ? [...requirement['+'], ...requirement['-']] : requirement[sign];
    if (tests.length === 0) problems.push(`${requirement.id}: no test for ${meaningOf[sign]} (${sign})`);
  }
}

function page(rfc) {
  const rows = [...byId.values()].filter(requirement => requirement.rfc === rfc);
  const lines = [
    `# RFC ${rfc}: ${titles[rfc]}`,
    '',
    "Written by `node tools/rfc-table.mjs --write`; the words are ours, not the standard's. [How to read it](README.md).",
  ];
  for (const requirement of rows) {
    const { section, level, text, note } = requirement;
    const { title: standing } = standings[requirement.standing];
    lines.push('', `### ${requirement.id}`, '');
    lines.push(`Section ${section}, ${level}, ${applies[requirement.applies]}: **${standing}**`, '', text);
    if (note) lines.push('', `> ${note}`);
    const tests = ['+', '-'].flatMap(sign => requirement[sign].map(test => ({ sign, ...test })));
    if (tests.length > 0) lines.push('');
    for (const { sign, file, name } of tests) {
      lines.push(`- ${sign === '+' ? 'holds' : 'limit'}: ${name || 'a table of cases'} (\`${file}\`)`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function overview() {
  const lines = [
    '# The standards and where we stand',
    '',
    'Each page lists what one RFC asks of a router, in our own words, how it stands here, and the tests that show it: one that',
    'it *holds*, one for its *limit*, that the opposite does not happen. `npm run check` fails when a requirement lacks its tests or',
    'a page is out of step. VRRPv3 is RFC 9568, with what RFC 5798 said otherwise; VRRPv2 is RFC 3768, with authentication from RFC 2338;',
    'BFD is RFC 5880, on a single hop RFC 5881.',
    '',
    '| standing | meaning |',
    '|---|---|',
    ...Object.values(standings).map(({ title: standing, meaning }) => `| ${standing} | ${meaning} |`),
    '',
    `| RFC | requirements | ${Object.values(standings)
      .map(({ title: standing }) => standing)
      .join(' | ')} |`,
    `|---|${'--:|'.repeat(1 + Object.keys(standings).length)}`,
  ];
  for (const rfc of pages) {
    const rows = requirements.filter(requirement => requirement.rfc === rfc);
    const counts = Object.keys(standings).map(name => rows.filter(({ standing }) => standing === name).length);
    lines.push(`| [${rfc}](${rfc}.md) ${titles[rfc]} | ${rows.length} | ${counts.join(' | ')} |`);
  }
  return `${lines.join('\n')}\n`;
}

const pages = ['9568', '5798', '3768', '2338', '5880', '5881'];
const files = new Map([['README.md', overview()], ...pages.map(rfc => [`${rfc}.md`, page(rfc)])]);
for (const [name, text] of files) {
  const file = path.join(folder, name);
  if (process.argv.includes('--write')) writeFileSync(file, text);
  else if (read(file) !== text) problems.push(`docs/rfc/${name} is out of step: run node tools/rfc-table.mjs --write`);
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

for (const problem of problems) console.error(problem);
console.error(`rfc-table: ${requirements.length} requirements, ${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);
