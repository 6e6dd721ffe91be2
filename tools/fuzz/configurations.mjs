// Damaged configuration files: those of examples/ and test/fixtures/ and ones written from the tables of keywords, put
// together with what the language has, changed word by word and line by line as an operator might get them wrong, and byte
// by byte as nobody would.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { writtenConfiguration } from './grammar.mjs';
import { dress } from './language.mjs';

/** One JSON string a line: what means something to the language, and values at and beyond the edges of keywords' ranges. */
const tokens = readFileSync(new URL('./tokens.txt', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map(line => JSON.parse(line));

/** The files to start from, their words, lines and blocks, and the grammar to write others from. */
export function readCorpus(root, folders, grammar) {
  const texts = folders
    .map(folder => path.join(root, folder))
    .filter(folder => existsSync(folder))
    .flatMap(folder =>
      readdirSync(folder, { recursive: true })
        .filter(name => name.endsWith('.conf'))
        .sort()
        .map(name => readFileSync(path.join(folder, name), 'utf8')),
    );
  if (texts.length === 0) throw new Error(`no .conf file in ${folders.join(' or ')}`);
  const words = [...new Set(texts.flatMap(text => text.split(/\s+/).filter(word => word !== '')))].sort();
  const lines = [...new Set(texts.flatMap(text => text.split('\n')))].sort();
  const blocks = texts.flatMap(text => text.match(/^[a-z_].*\{$[\s\S]*?^\}/gm) ?? []);
  return { texts, words, lines, blocks, grammar };
}

const anyWord = (random, corpus) => (random.chance(1, 2) ? random.pick(corpus.words) : random.pick(tokens));

/** Changes to the list of lines, in place. */
const lineEdits = {
  remove: (random, lines) => void lines.splice(random.below(lines.length), random.between(1, 3)),
  repeat: (random, lines) => {
    const at = random.below(lines.length);
    const part = lines.slice(at, at + random.between(1, 8));
    for (let count = random.pick([1, 1, 2, 30]); count > 0; count--) lines.splice(at, 0, ...part);
  },
  move: (random, lines) => {
    const part = lines.splice(random.below(lines.length), random.between(1, 4));
    lines.splice(random.below(lines.length + 1), 0, ...part);
  },
  foreign: (random, lines, corpus) => void lines.splice(random.below(lines.length + 1), 0, random.pick(corpus.lines)),
  block: (random, lines, corpus) => {
    if (corpus.blocks.length === 0) return;
    lines.splice(random.below(lines.length + 1), 0, ...random.pick(corpus.blocks).split('\n'));
  },
  keyword: (random, lines, corpus) => {
    const words = Array.from({ length: random.between(1, 4) }, () => anyWord(random, corpus));
    lines.splice(random.below(lines.length + 1), 0, words.join(' ') + random.pick(['', '', ' {', ' {\n}']));
  },
  word: (random, lines, corpus) => {
    const at = random.below(lines.length);
    const words = (lines[at] ?? '').split(/(\s+)/);
    words[random.below(words.length)] = anyWord(random, corpus);
    lines[at] = words.join('');
  },
  value: (random, lines) => {
    const at = random.below(lines.length);
    lines[at] = (lines[at] ?? '').replace(/\S+$/, random.pick(tokens));
  },
  shorten: (random, lines) => {
    const at = random.below(lines.length);
    lines[at] = (lines[at] ?? '').replace(/\s+\S+\s*$/, '');
  },
  append: (random, lines, corpus) => {
    const at = random.below(lines.length);
    lines[at] = `${lines[at] ?? ''} ${anyWord(random, corpus)}`;
  },
  braces: (random, lines) => {
    const at = random.below(lines.length);
    lines[at] = random.pick([
      (lines[at] ?? '').replace(/[{}]/, ''),
      `${lines[at]} {`,
      `${lines[at]} }`,
      '}',
      '{',
      '{'.repeat(random.between(1, 300)),
    ]);
  },
  join: (random, lines) => {
    const at = random.below(lines.length);
    lines.splice(at, 2, `${lines[at] ?? ''} ${lines[at + 1] ?? ''}`);
  },
  prefix: (random, lines) => {
    const at = random.below(lines.length);
    lines[at] =
      `${random.pick(['@holdfast ', '@^holdfast ', '@other ', '@^other ', '! ', '# ', '"', '~SEQ(i, 1, 4) '])}${lines[at] ?? ''}`;
  },
};
const lineEditNames = Object.keys(lineEdits);

const byteEdits = {
  flip: (random, bytes) => {
    for (let count = random.between(1, 6); count > 0 && bytes.length > 0; count--) {
      bytes[random.below(bytes.length)] ^= 1 << random.below(8);
    }
    return bytes;
  },
  noise: (random, bytes) => {
    const at = random.below(bytes.length + 1);
    const length = random.pick([1, 2, 16, 300]);
    const noise = Buffer.from(Array.from({ length }, () => random.byte()));
    return Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]);
  },
  cut: (random, bytes) => bytes.subarray(0, random.below(bytes.length + 1)),
  gap: (random, bytes) => {
    const at = random.below(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random.between(1, 64))]);
  },
  splice: (random, bytes, corpus) => {
    const other = Buffer.from(random.pick(corpus.texts));
    return Buffer.concat([
      bytes.subarray(0, random.below(bytes.length + 1)),
      other.subarray(random.below(other.length + 1)),
    ]);
  },
  long: (random, bytes) => {
    const at = random.below(bytes.length + 1);
    const run = Buffer.alloc(
      random.pick([100, 1_000, 20_000]),
      random.pick(['a', ' ', '"', '{', '}', '$', '\\', '\n', '1', '.']),
    );
    return Buffer.concat([bytes.subarray(0, at), run, bytes.subarray(at)]);
  },
};
const byteEditNames = Object.keys(byteEdits);

/** One input: the text of the main file, and the files besides by path. */
export function mutatedConfiguration(random, corpus) {
  const lines = random.chance(1, 2)
    ? random.pick(corpus.texts).split('\n')
    : writtenConfiguration(random, corpus.grammar).flatMap(line => line.split('\n'));
  const input = { lines, files: new Map() };
  if (random.chance(1, 3)) dress(random, input);
  if (random.chance(2, 3)) {
    for (let count = random.between(1, 4); count > 0; count--) {
      lineEdits[random.pick(lineEditNames)](random, lines, corpus);
    }
  }
  let bytes = Buffer.from(lines.join('\n'));
  if (random.chance(1, 3)) {
    for (let count = random.between(1, 2); count > 0; count--) {
      bytes = byteEdits[random.pick(byteEditNames)](random, bytes, corpus);
    }
  }
  return { text: bytes.toString('utf8'), files: input.files };
}

/** For whoever looks at a failure. */
export function describeInput({ text, files }) {
  return (
    [...files].map(([name, part]) => `==> ${name}\n${part}`).join('\n') + (files.size > 0 ? `==> main\n${text}` : text)
  );
}
