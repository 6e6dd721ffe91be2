// What an editor and `holdfast config` do with a damaged configuration: formatting that is done after once and changes no
// meaning, an effective configuration that loads as the same, and an answer at any place.
import { root } from '../run.mjs';
import { describeInput, mutatedConfiguration, readCorpus } from './configurations.mjs';
import { fuzzedHost, mainFile } from './host.mjs';
import { randomFor } from './random.mjs';

const options = { configId: 'one', allIncludesStrict: false };

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
  const inputOf = index => mutatedConfiguration(randomFor(seed, index), corpus);

  return {
    run(index, count) {
      const { text, files } = inputOf(index);
      const host = other => fuzzedHost(other, files);
      const modelOf = other => JSON.stringify(loadConfiguration(mainFile, host(other), options).configuration);
      const formatting = formatConfiguration(mainFile, text, host(text), rootGrammar);
      count(formatting.ok ? 'formatted' : 'not formatted: braces');
      if (formatting.ok) {
        const again = formatConfiguration(mainFile, formatting.text, host(formatting.text), rootGrammar);
        must(again.ok && again.text === formatting.text, 'formatting is not done after once');
        must(modelOf(formatting.text) === modelOf(text), 'formatting changes the meaning');
      } else must(formatting.diagnostics.length > 0, 'not formatted without a diagnostic');

      const effective = effectiveConfiguration(mainFile, host(text), options);
      count(effective.loads ? 'shown' : 'shown, refused');
      if (effective.loads)
        must(modelOf(effectiveText(effective.entries)) === modelOf(text), 'what is shown loads differently');

      must(importReport(mainFile, host(text), rootGrammar, []) !== undefined, 'no report');
      const project = projectOf(mainFile, host(text), rootGrammar);
      const [document] = project.documents;
      const random = randomFor(seed, index + 1);
      for (let round = 0; round < 5; round++) {
        const line = random.below(document.lines.length + 1);
        const place = { line, character: random.below((document.lines[line]?.text.length ?? 0) + 2) };
        proposalsAt(document, place, rootGrammar, project.occurrences, ['eth0']);
        hoverAt(project, document, place, rootGrammar);
        definitionsAt(project, document, place, host(text), rootGrammar);
        renamingAt(project, mainFile, place, 'other');
      }
      outlineOf(document);
    },
    describe: index => describeInput(inputOf(index)),
  };
}

function must(condition, what) {
  if (!condition) throw new Error(what);
}
