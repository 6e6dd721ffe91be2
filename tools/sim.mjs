// The swarm: random clusters under random faults, checked by every invariant of src/sim/invariants.
//
//   npm run sim -- --years 1 --seed 7     a simulated year, every episode of it made from the seed
//   npm run sim -- --seconds 60           as much as fits into so much processor time
//   npm run sim -- --episode 4711         one episode again, by the number that a failure printed
//
// A run goes on where an earlier one with the same seed stopped, after the episodes that it broke (--again begins anew).
// A failure is shrunk to the fewest faults that still show it and left in test/sim/kept/, where the tests play it from
// then on. It is faster with room for short-lived objects: node --min-semi-space-size=32 --max-semi-space-size=64.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { helpFromHeader, must, root } from './run.mjs';

helpFromHeader(import.meta.url);

const { values } = parseArgs({
  options: {
    years: { type: 'string', default: '1' },
    seconds: { type: 'string' },
    seed: { type: 'string', default: '1' },
    episode: { type: 'string' },
    again: { type: 'boolean', default: false },
    'keep-going': { type: 'boolean', default: false },
    'no-keep': { type: 'boolean', default: false },
    compiled: { type: 'string' },
  },
});

const compiled = values.compiled ?? `${root}dist`;
if (!existsSync(`${compiled}/sim/episode.js`)) must(process.execPath, ['tools/build.mjs']);
const { randomEpisode, playEpisode, scenarioText } = await import(`${compiled}/sim/episode.js`);
const { shrink } = await import(`${compiled}/sim/shrink.js`);

const secondsPerYear = 365 * 86_400;
const seed = Number(values.seed);
/** Episodes of different seeds never meet. */
const episodeSeed = number => (Math.imul(seed, 0x9e3779b1) + number) >>> 0;
const progressFile = `${root}.cache/sim-${seed}.json`;

let done = { next: 0, seconds: 0, faults: 0, events: 0, cpu: 0, failures: [] };

if (values.episode !== undefined) {
  process.exit(play(Number(values.episode), randomEpisode(Number(values.episode))) ? 0 : 1);
}

const wantedYears = Number(values.years);
const budget = values.seconds === undefined ? Number.POSITIVE_INFINITY : Number(values.seconds);
if (!values.again && existsSync(progressFile)) done = JSON.parse(readFileSync(progressFile, 'utf8'));
const before = { ...done };
const onceBroken = done.failures;
done.failures = [];
for (const number of onceBroken) {
  const { seconds, faults, events } = done;
  const holds = play(number, randomEpisode(number));
  // It has counted already.
  Object.assign(done, { seconds, faults, events });
  if (holds) console.log(`episode ${number}, once broken, holds`);
  else done.failures.push(number);
}
if (done.next > 0)
  console.log(`going on after ${done.next} episodes, ${years(done.seconds)} years (--again begins anew)`);

const startCpu = process.cpuUsage();
let shownAt = Date.now();
let failed = false;
while (done.seconds < wantedYears * secondsPerYear && cpuSeconds() < budget && !(failed && !values['keep-going'])) {
  const number = episodeSeed(done.next);
  const episode = randomEpisode(number);
  if (!play(number, episode)) {
    failed = true;
    done.failures.push(number);
  }
  done.next += 1;
  if (Date.now() - shownAt > 10_000) {
    shownAt = Date.now();
    save();
    console.log(summary());
  }
}
save();
console.log(summary());
const broken = done.failures.length;
console.log(broken === 0 ? 'no invariant broken' : `broken in ${broken} episodes: ${done.failures.join(', ')}`);
process.exit(broken === 0 ? 0 : 1);

/** Whether every invariant held. */
function play(number, episode) {
  const result = playEpisode(episode);
  done.seconds += episode.span / 1e6;
  done.faults += result.faults;
  done.events += result.events;
  const [violation] = result.violations;
  if (violation === undefined) return true;
  console.log(`episode ${number}, ${(violation.at / 1e6).toFixed(3)} s: ${violation.invariant}: ${violation.text}`);
  console.log(`  again: npm run sim -- --episode ${number}`);
  const small = shrink(episode, violation.invariant);
  const scenario = scenarioText(small);
  console.log(scenario.replace(/^/gm, '  '));
  if (!values['no-keep']) keep(`${violation.invariant}-${number}`, violation, small, scenario);
  return false;
}

function keep(name, violation, { cluster }, scenario) {
  const folder = `${root}test/sim/kept/${name}`;
  mkdirSync(folder, { recursive: true });
  for (const [node, text] of cluster.nodes) writeFileSync(`${folder}/${node}.conf`, text);
  for (const [file, text] of cluster.files) {
    if (scenario.includes(`with ${file}`)) writeFileSync(`${folder}/${file}.conf`, text);
  }
  writeFileSync(`${folder}/scenario.txt`, `# ${violation.invariant}: ${violation.text}\n${scenario}`);
  console.log(`  kept in test/sim/kept/${name}`);
}

function cpuSeconds() {
  const { user, system } = process.cpuUsage(startCpu);
  return (user + system) / 1e6;
}

function save() {
  mkdirSync(`${root}.cache`, { recursive: true });
  done.cpu = before.cpu + cpuSeconds();
  writeFileSync(progressFile, JSON.stringify(done));
}

function years(seconds) {
  return (seconds / secondsPerYear).toFixed(3);
}

function summary() {
  const speed = Math.round((done.seconds - before.seconds) / Math.max(cpuSeconds(), 0.001));
  const perDay = Math.round((done.faults / Math.max(done.seconds, 1)) * 86_400);
  return `${years(done.seconds)} years in ${done.next} episodes, ${done.faults} faults (${perDay} a day), ${speed.toLocaleString('en')} x real time`;
}
