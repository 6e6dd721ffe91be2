// What an editor and `holdfast config` do with a damaged configuration: formatting that is done after once and changes no
// meaning, an effective configuration that loads as the same, and an answer at any place.
import { root } from '../run.mjs';
import { mutatedConfiguration, readCorpus } from './configurations.mjs';
import { randomFor } from './random.mjs';

const file = '/etc/keepalived/keepalived.conf';
const options = { configId: 'one', allIncludesStrict: false };

/** A machine with one file besides the fuzzed one, and every script in place. */
function host(text) {
  const files = new Map([
    [file, text],
    ['/etc/keepalived/other.conf', 'global_defs {\n    router_id other\n}\n'],
  ]);
  const status = { kind: 'file', uid: 0, gid: 0, mode: 0o755 };
  return {
    readFile: name => (files.has(name) ? { ok: true, value: files.get(name) } : { ok: false, reason: 'ENOENT' }),
    glob: (pattern, directory) => {
      const absolute = pattern.startsWith('/') ? pattern : `${directory}/${pattern}`;
      return files.has(absolute) ? [absolute] : [];
    },
    status: name => (files.has(name) ? { ...status, mode: 0o644 } : status),
    realPath: name => name,
    mayExecute: () => true,
    user: name => (name === 'root' ? { name, uid: 0, gid: 0, groups: [] } : undefined),
    groupId: name => (name === 'root' ? 0 : undefined),
    ownUid: 0,
    ownGid: 0,
    searchPath: ['/usr/bin', '/bin'],
    environment: () => undefined,
    hostName: 'fuzz.example',
    interfaceNames: ['lo', 'eth0', 'eth1', 'ens33'],
  };
}

export async function textTarget(dist, seed) {
  const { loadConfiguration } = await import(`${dist}/engine/configuration.js`);
  const { rootGrammar } = await import(`${dist}/engine/keywords.js`);
  const { formatConfiguration } = await import(`${dist}/editor/format.js`);
  const { effectiveConfiguration } = await import(`${dist}/editor/effective-configuration.js`);
  const { effectiveText } = await import(`${dist}/editor/effective-text.js`);
  const { importReport } = await import(`${dist}/editor/import-report.js`);
  const { projectOf } = await import(`${dist}/editor/project.js`);
  const { proposalsAt } = await import(`${dist}/editor/completion.js`);
  const { hoverAt } = await import(`${dist}/editor/hover.js`);
  const { outlineOf } = await import(`${dist}/editor/outline.js`);
  const { definitionsAt, renamingAt } = await import(`${dist}/editor/navigation.js`);
  const corpus = readCorpus(root, ['examples', 'test/fixtures'], rootGrammar);
  const textOf = index => mutatedConfiguration(randomFor(seed, index), corpus);
  const modelOf = text => JSON.stringify(loadConfiguration(file, host(text), options).configuration);

  return {
    run(index, count) {
      const text = textOf(index);
      const formatting = formatConfiguration(file, text, host(text), rootGrammar);
      count(formatting.ok ? 'formatted' : 'not formatted: braces');
      if (formatting.ok) {
        const again = formatConfiguration(file, formatting.text, host(formatting.text), rootGrammar);
        must(again.ok && again.text === formatting.text, 'formatting is not done after once');
        must(modelOf(formatting.text) === modelOf(text), 'formatting changes the meaning');
      } else must(formatting.diagnostics.length > 0, 'not formatted without a diagnostic');

      const effective = effectiveConfiguration(file, host(text), options);
      count(effective.loads ? 'shown' : 'shown, refused');
      if (effective.loads)
        must(modelOf(effectiveText(effective.entries)) === modelOf(text), 'what is shown loads differently');

      must(importReport(file, host(text), rootGrammar, []) !== undefined, 'no report');
      const project = projectOf(file, host(text), rootGrammar);
      const [document] = project.documents;
      const random = randomFor(seed, index + 1);
      for (let round = 0; round < 5; round++) {
        const line = random.below(document.lines.length + 1);
        const place = { line, character: random.below((document.lines[line]?.text.length ?? 0) + 2) };
        proposalsAt(document, place, rootGrammar, project.occurrences, ['eth0']);
        hoverAt(project, document, place, rootGrammar);
        definitionsAt(project, document, place, host(text), rootGrammar);
        renamingAt(project, file, place, 'other');
      }
      outlineOf(document);
    },
    describe: textOf,
  };
}

function must(condition, what) {
  if (!condition) throw new Error(what);
}
