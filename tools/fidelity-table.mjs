// The results of `npm run fidelity` as text: for the terminal, and for docs/simulator.md.

/** Milliseconds by which a change came later than predicted; negative: earlier. */
const differenceOf = ({ predicted, observed }) => (observed - predicted) * 1_000;

/** Median and worst of the absolute differences, in milliseconds; undefined without any. */
function spread(pairings) {
  const sorted = pairings.map(pair => Math.abs(differenceOf(pair))).sort((left, right) => left - right);
  if (sorted.length === 0) return undefined;
  return { median: sorted[(sorted.length - 1) >> 1], worst: sorted.at(-1) };
}

const kinds = ['transitions', 'addresses', 'neighbours', 'notifications'];
const words = {
  transitions: 'transitions',
  addresses: 'addresses that came or went',
  neighbours: 'changes of clients’ neighbour entries',
  notifications: 'runs of notify scripts',
};

/** Figures over all scenarios. */
export function fidelitySummary(scenarios, failed) {
  const all = kind => scenarios.flatMap(scenario => scenario[kind]);
  const figures = kind => ({ count: all(kind).length, ...spread(all(kind)) });
  return {
    scenarios: scenarios.length,
    failed: failed.length,
    ...Object.fromEntries(kinds.map(kind => [kind, figures(kind)])),
  };
}

/** 0.3, 12. */
function inMs(value) {
  if (value === undefined) return '-';
  return value < 10 ? value.toFixed(1) : Math.round(value).toString();
}

function row(scenario) {
  const figures = kinds.map(kind => spread(scenario[kind]));
  return {
    name: scenario.name,
    title: scenario.title,
    interval: Math.round(scenario.interval * 1_000),
    transitions: scenario.transitions.length,
    verdict: scenario.mistakes.length === 0 ? '' : 'DIFFERENT',
    cells: figures.flatMap(figure => [inMs(figure?.median), inMs(figure?.worst)]),
  };
}

const said = summary =>
  Object.keys(words).map(kind => {
    const { count, median, worst } = summary[kind];
    return `${count} ${words[kind]}: median difference ${inMs(median)} ms, worst ${inMs(worst)} ms`;
  });

export function fidelityLines(scenarios, summary) {
  const width = Math.max(...scenarios.map(({ name }) => name.length), 8);
  const columns = kinds.flatMap(() => ['median', 'worst']);
  const cells = list => list.map((cell, place) => cell.padStart(place % 2 === 0 ? 9 : 7)).join('');
  const blank = ' '.repeat(width + 24);
  const lines = [
    'Observed against predicted, in milliseconds:',
    `${blank}    transitions       addresses         clients  notify scripts`,
    `${'scenario'.padEnd(width)}  interval  transitions  ${cells(columns)}`,
  ];
  for (const scenario of scenarios) {
    const { name, interval, transitions, verdict, cells: figures } = row(scenario);
    const front = `${name.padEnd(width)}  ${String(interval).padStart(8)}  ${String(transitions).padStart(11)}`;
    lines.push(`${front}  ${cells(figures)}${verdict && `  ${verdict}`}`);
    for (const mistake of scenario.mistakes) lines.push(`    ${mistake}`);
    for (const remark of scenario.remarks) lines.push(`    not judged: ${remark}`);
  }
  const verdict = summary.failed === 0 ? 'all agree' : `${summary.failed} do not agree`;
  return [...lines, '', `${summary.scenarios} scenarios, ${verdict}`, ...said(summary)];
}

export function fidelityMarkdown(scenarios, summary) {
  const lines = ['| scenario | what happens | interval | transitions | median | worst |', '|---|---|---|---|---|---|'];
  for (const scenario of scenarios) {
    const { name, title, interval, transitions, cells } = row(scenario);
    lines.push(`| \`${name}\` | ${title} | ${interval} ms | ${transitions} | ${cells[0]} ms | ${cells[1]} ms |`);
  }
  return [...lines, '', `${summary.scenarios} scenarios. ${said(summary).join('. ')}.`];
}
