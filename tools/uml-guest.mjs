// Runs inside the kernel that tools/uml-tests.mjs boots: loads each test file given, in one process, with node:test.
// It is also the reporter: a line for people, and a line of JSON for whoever counts.
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { isMainThread } from 'node:worker_threads';

const results = `${process.env.HOLDFAST_GUEST}/results`;
const silenceMs = 120_000;

/** Ends a process in which no test begins or ends any more, such as one whose last test left something open. */
function watchdog() {
  const bark = () => {
    console.log(`no test began or ended for ${silenceMs / 1000} s: given up`);
    process.exit(1);
  };
  let timer = setTimeout(bark, silenceMs).unref();
  return () => {
    clearTimeout(timer);
    timer = setTimeout(bark, silenceMs).unref();
  };
}

export default async function* report(events) {
  const names = [];
  const alive = watchdog();
  for await (const { type, data } of events) {
    alive();
    if (type === 'test:start') {
      names.length = data.nesting;
      names.push(data.name);
    }
    if (type === 'test:diagnostic' || (type !== 'test:pass' && type !== 'test:fail')) continue;
    // Suites have no outcome of their own, except when what they prepare fails.
    const { details, skip } = data;
    const cause = details.error?.cause ?? details.error;
    if (details.type === 'suite' && (type === 'test:pass' || details.error?.failureType !== 'hookFailed')) continue;
    const name = [...names.slice(0, data.nesting), data.name].join(' > ');
    const milliseconds = Math.round(details.duration_ms);
    const outcome = type === 'test:fail' ? 'failed' : skip ? 'skipped' : 'passed';
    const reason = outcome === 'failed' ? String(cause?.stack ?? cause) : '';
    appendFileSync(results, `${JSON.stringify({ file: data.file, name, outcome, milliseconds, reason })}\n`);
    yield `${{ passed: ' ok ', failed: 'FAIL', skipped: 'skip' }[outcome]} ${name} (${milliseconds} ms)\n`;
    if (reason) yield `${reason.replaceAll(/^/gm, '       ')}\n`;
  }
}

const [, program, ...files] = process.argv;
if (isMainThread && program && import.meta.url === pathToFileURL(path.resolve(program)).href) {
  for (const file of files) await import(pathToFileURL(file).href);
}
