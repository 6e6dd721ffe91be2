// Writes what is made from the tables of keywords and options: the configuration reference, the grammar that editors
// colour by, the completion for bash.
//
//   node tools/generate.mjs            writes the files (`npm run generate`)
//   node tools/generate.mjs --check    fails if one of them is not current (part of `npm run check`)
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { root, run, tool } from './run.mjs';

// Several may be at it at once.
const folder = `${root}.cache/generate-${process.pid}`;
const compiled = `${folder}/dist`;
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
copyFileSync(`${root}package.json`, `${folder}/package.json`);
// What others are in the middle of writing must not keep this from working; types are checked by themselves.
run(tool('tsc'), ['-p', 'tsconfig.json', '--outDir', compiled, '--sourceMap', 'false'], { stdio: 'ignore' });

const load = file => import(`${compiled}/${file}`);
const { rootGrammar } = await load('engine/keywords.js');
const { configurationReference } = await load('editor/reference.js');
const { textmateGrammar } = await load('editor/highlighting.js');
const { bashCompletion, wordsOfDaemon, wordsOfHelp } = await load('cli/shell-completion.js');
const { optionTable } = await load('cli/option-table.js');
const { commands } = await load('cli/commands.js');

async function completionScript() {
  const found = [
    wordsOfDaemon(
      optionTable,
      commands.map(({ name }) => name),
    ),
  ];
  const helpOf = async (row, words) => {
    let help = '';
    const runCommand = await row.load();
    await runCommand([...words, '--help'], { say: text => (help += text), tell: () => {} });
    return help;
  };
  for (const row of commands) {
    const own = wordsOfHelp(row.name, await helpOf(row, []));
    found.push(own);
    for (const word of own.words.filter(name => !name.startsWith('-'))) {
      found.push(wordsOfHelp(`${row.name} ${word}`, await helpOf(row, [word])));
    }
  }
  return bashCompletion(found);
}

const files = {
  'docs/configuration.md': configurationReference(rootGrammar),
  'editors/vscode/syntaxes/keepalived.tmLanguage.json': `${JSON.stringify(textmateGrammar(rootGrammar), undefined, 2)}\n`,
  'completions/holdfast.bash': await completionScript(),
};

rmSync(folder, { recursive: true, force: true });

let stale = 0;
for (const [file, text] of Object.entries(files)) {
  const known = existsSync(`${root}${file}`) ? readFileSync(`${root}${file}`, 'utf8') : '';
  if (known === text) continue;
  stale++;
  if (process.argv.includes('--check')) console.error(`${file} is not current: npm run generate`);
  else writeFileSync(`${root}${file}`, text);
}
console.error(
  `generate: ${Object.keys(files).length} files, ${stale} ${process.argv.includes('--check') ? 'stale' : 'written'}`,
);
process.exit(process.argv.includes('--check') && stale > 0 ? 1 : 0);
