// House rules that types cannot hold: which folder may import which, what pure code may not name, how long a file may
// grow. Works on plain text, because TypeScript's compiler interface is not stable.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './run.mjs';

const features = ['vrrp', 'bfd', 'lvs', 'health', 'notify'];
const pureBelow = ['base', 'packet', 'netlink', 'config', 'ports'];

/** What each folder of src/ may import besides itself. */
const mayImport = {
  base: [],
  packet: ['base'],
  netlink: ['base', 'ports'],
  config: ['base', 'ports'],
  ports: ['base'],
  ...Object.fromEntries(features.map(name => [name, pureBelow])),
  engine: [...pureBelow, ...features],
  status: [...pureBelow, ...features, 'engine'],
  editor: [...pureBelow, ...features, 'engine'],
  linux: pureBelow,
  probe: [...pureBelow, ...features, 'linux'],
  sim: [...pureBelow, ...features, 'engine', 'status'],
  lab: ['base'],
  daemon: [...pureBelow, ...features, 'engine', 'status', 'linux', 'probe'],
  cli: [...pureBelow, ...features, 'engine', 'status', 'editor', 'linux', 'probe', 'sim', 'lab', 'daemon'],
};
const pure = new Set([...pureBelow, ...features, 'engine', 'status', 'editor', 'sim']);
const onlyFfi = 'linux';

const bannedInPure = [
  [/\bnew Date\b|\bDate\.(now|parse|UTC)\b/, 'Date'],
  [/\bMath\.random\b/, 'Math.random'],
  [/\bperformance\b/, 'performance'],
  [/\b(setTimeout|setInterval|setImmediate|queueMicrotask)\b/, 'a timer'],
  [/\basync\b|\bawait\b|\bPromise\b/, 'asynchronous code'],
  [/\bprocess\.|\bBuffer\b|\bglobalThis\b/, "Node's or global state"],
];
const lineLimit = 500;

const problems = [];
const say = (file, line, text) => problems.push(`${file}:${line}: ${text}`);
const graph = new Map();

function* sources(folder) {
  for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* sources(name);
    else if (entry.name.endsWith('.ts')) yield name;
  }
}

/** The text with comments and the contents of plain string literals blanked, line numbers kept. */
function codeOnly(text) {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, comment => comment.replace(/[^\n]/g, ' '))
    .replace(/'(?:[^'\\\n]|\\.)*'/g, literal => `'${' '.repeat(literal.length - 2)}'`)
    .replace(/(^|\s)\/\/.*$/gm, '$1');
}

for (const file of sources('src')) {
  const text = readFileSync(path.join(root, file), 'utf8');
  const lines = text.split('\n');
  const folder = file.split('/')[1];
  const isTest = file.endsWith('.test.ts') || file.endsWith('.testkit.ts');
  if (!(folder in mayImport))
    say(file, 1, `folder "${folder}" has no place in the house: add it to tools/tidy.mjs and ARCHITECTURE.md`);
  if (!/^[a-z0-9-]+(\.test|\.testkit)?\.ts$/.test(path.basename(file))) say(file, 1, 'file names are kebab-case');
  if (lines.length > lineLimit && !/^\/\/ Long because/m.test(text)) {
    say(file, lineLimit, `${lines.length} lines: split the file, or say why in a line "// Long because ..."`);
  }
  const code = codeOnly(text).split('\n');
  const edges = [];
  lines.forEach((line, index) => {
    const specifier = /^(?:import|export)\b.*?from '([^']+)'|^\} from '([^']+)'|^import '([^']+)'/.exec(line);
    const target = specifier && (specifier[1] ?? specifier[2] ?? specifier[3]);
    if (target?.startsWith('.')) {
      if (!target.endsWith('.ts')) say(file, index + 1, 'relative imports end in .ts');
      const resolved = path.posix.normalize(path.posix.join(path.posix.dirname(file), target));
      edges.push(resolved);
      const other = resolved.split('/')[1];
      if (resolved.startsWith('src/') && other !== folder && !isTest && !mayImport[folder]?.includes(other)) {
        say(file, index + 1, `${folder}/ may not import ${other}/`);
      }
    } else if (target) {
      if (pure.has(folder) && !isTest) say(file, index + 1, `pure folder ${folder}/ may not import "${target}"`);
      if (target === 'koffi' && folder !== onlyFfi) say(file, index + 1, 'only linux/ knows that FFI exists');
      if (target.startsWith('vscode-') && !file.startsWith('src/cli/lsp/'))
        say(file, index + 1, 'only the lsp command loads the language server library');
    }
    if (/^export (\*|\{[^}]*\}|type \{[^}]*\}) from/.test(line))
      say(file, index + 1, 'no re-exports: import the file that defines a thing');
    if (pure.has(folder) && !isTest) {
      for (const [pattern, what] of bannedInPure)
        if (pattern.test(code[index])) say(file, index + 1, `pure folder ${folder}/ may not use ${what}`);
    }
  });
  graph.set(file, edges);
}

const done = new Set();
function findCycle(file, trail) {
  if (done.has(file) || !graph.has(file)) return;
  if (trail.includes(file)) {
    say(file, 1, `import cycle: ${[...trail.slice(trail.indexOf(file)), file].join(' -> ')}`);
    return;
  }
  for (const next of graph.get(file)) findCycle(next, [...trail, file]);
  done.add(file);
}
for (const file of graph.keys()) findCycle(file, []);

// The house as drawn is the house as it stands.
const drawing = readFileSync(path.join(root, 'ARCHITECTURE.md'), 'utf8');
for (const folder of readdirSync(path.join(root, 'src'))) {
  if (!drawing.includes(`| \`${folder}/\` |`))
    say('ARCHITECTURE.md', 1, `src/${folder}/ is not in the table of folders`);
}
for (const [, folder] of drawing.matchAll(/^\| `([a-z]+)\/` \|/gm)) {
  if (!existsSync(path.join(root, 'src', folder))) say('ARCHITECTURE.md', 1, `src/${folder}/ does not exist`);
}

// What is written here must be true on any machine.
const checkout = root.replace(/\/$/, '');
const { stdout: listed } = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
  cwd: root,
  encoding: 'utf8',
});
for (const file of new Set(listed.split('\0').filter(Boolean))) {
  if (!existsSync(path.join(root, file))) continue;
  const text = readFileSync(path.join(root, file), 'latin1');
  const place = text.indexOf(`${checkout}/`);
  if (place >= 0) say(file, text.slice(0, place).split('\n').length, "names this checkout's own path");
}

for (const problem of problems) console.error(problem);
console.error(`tidy: ${graph.size} files, ${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);
