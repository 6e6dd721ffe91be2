// Plays scenarios in the simulator and with real processes in network namespaces, and prints how far the two agree.
//
//   npm run fidelity                          every scenario of test/fidelity/scenarios/, some minutes
//   npm run fidelity -- --only NAME           one of them; can be given several times
//   npm run fidelity -- --json                everything that was measured, as JSON on standard output
//   npm run fidelity -- --markdown            the table as docs/simulator.md has it
//   npm run fidelity -- --at-once N           clusters side by side; 3 unless said otherwise
//
// The order of transitions must be the same, and each within one advert interval of its predicted time after its cause:
// exit status 1 if that is not so somewhere. The rest is reported. Needs no root, and nothing leaves the namespaces.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { fidelityLines, fidelityMarkdown, fidelitySummary } from './fidelity-table.mjs';
import { preparePeers } from './peers.mjs';
import { helpFromHeader, must, root, tool } from './run.mjs';

helpFromHeader(import.meta.url);

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    json: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
    'at-once': { type: 'string', default: '3' },
  },
});

const quiet = values.json || values.markdown;
if (!existsSync(tool('vitest'))) must('npm', ['ci', '--no-audit', '--no-fund']);
// What is compiled must be what the simulator runs from its sources.
must(process.execPath, ['tools/build.mjs'], quiet ? { stdio: ['ignore', 'ignore', 'inherit'] } : {});
const { problem } = preparePeers();
if (problem) console.error(`${problem}: scenarios that need nft are skipped`);

const reports = `${root}.cache/fidelity`;
const result = `${root}.cache/fidelity-report.json`;
rmSync(reports, { recursive: true, force: true });
rmSync(result, { force: true });
mkdirSync(reports, { recursive: true });

const { NamespacesForbidden, runInNamespaces } = await import(`${root}dist/lab/enter.js`);
const reporters = ['--reporter=json', `--outputFile.json=${result}`, ...(quiet ? [] : ['--reporter=verbose'])];
try {
  const vitest = [`${root}node_modules/vitest/vitest.mjs`, 'run', '--project', 'fidelity', '--silent', ...reporters];
  const command = [process.execPath, ...vitest];
  await runInNamespaces(
    // Standard output is the result's.
    quiet ? ['sh', '-c', 'exec "$@" >&2', 'sh', ...command] : command,
    {
      HOLDFAST_FIDELITY_REPORTS: reports,
      HOLDFAST_FIDELITY_AT_ONCE: values['at-once'],
      ...(values.only ? { HOLDFAST_FIDELITY_ONLY: values.only.join(',') } : {}),
    },
  );
} catch (error) {
  if (!(error instanceof NamespacesForbidden)) throw error;
  console.error(error.message);
  process.exit(1);
}

const tests = existsSync(result)
  ? JSON.parse(readFileSync(result, 'utf8')).testResults.flatMap(({ assertionResults }) => assertionResults)
  : [];
const named = status => tests.filter(test => test.status === status).map(({ title }) => title.split(':')[0]);
const [passed, failed] = [named('passed'), named('failed')];
const skipped = tests.filter(({ status }) => status !== 'passed' && status !== 'failed').map(({ title }) => title);
const unknown = (values.only ?? []).filter(name => !tests.some(({ title }) => title.startsWith(`${name}:`)));
if (unknown.length > 0) console.error(`there is no scenario ${unknown.join(', ')} in test/fidelity/scenarios/`);

// In the order of the scenarios.
const scenarios = [...passed, ...failed].length
  ? tests.flatMap(({ title }) => {
      const file = `${reports}/${title.split(':')[0]}.json`;
      return existsSync(file) ? [JSON.parse(readFileSync(file, 'utf8'))] : [];
    })
  : [];
const summary = fidelitySummary(scenarios, failed);
if (values.json) console.log(JSON.stringify({ summary, failed, skipped, scenarios }));
else if (values.markdown) console.log(fidelityMarkdown(scenarios, summary).join('\n'));
else {
  console.log(`\n${fidelityLines(scenarios, summary).join('\n')}`);
  for (const title of skipped) console.log(`skipped: ${title}`);
}
process.exit(passed.length > 0 && failed.length === 0 && unknown.length === 0 ? 0 : 1);
