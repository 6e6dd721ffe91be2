// The swarm: random clusters under random faults, checked by every invariant of src/sim/invariants.
//
//   npm run sim -- --years 1 --seed 7     a simulated year, every episode of it made from the seed
//   npm run sim -- --seconds 60           as much as fits into so much processor time
//   npm run sim -- --episode 4711         one episode again, by the number that a failure printed
//   npm run sim -- --years 1 --json       what was played and found as JSON, for programs; the rest goes to standard error
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
    json: { type: 'boolean', default: false },
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

/** For people; with --json standard output is for programs only. */
const say = values.json ? console.error : console.log;

let done = { next: 0, seconds: 0, faults: 0, events: 0, cpu: 0, failures: [] };
/** What this run found. */
const found = [];

if (values.episode !== undefined) process.exit(playOne(Number(values.episode)) ? 0 : 1);

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
  if (holds) say(`episode ${number}, once broken, holds`);
  else done.failures.push(number);
}
if (done.next > 0) say(`going on after ${done.next} episodes, ${years(done.seconds)} years (--again begins anew)`);

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
    say(summary());
  }
}
save();
say(summary());
const broken = done.failures.length;
say(broken === 0 ? 'no invariant broken' : `broken in ${broken} episodes: ${done.failures.join(', ')}`);
if (values.json) {
  const { next: episodes, seconds, faults, events, failures } = done;
  report({
    seed,
    episodes,
    years: seconds / secondsPerYear,
    faults,
    events,
    speed: speed(),
    failures,
    violations: found,
  });
}
process.exit(broken === 0 ? 0 : 1);

/** One episode, and what it was, whether it holds or not. */
function playOne(number) {
  const episode = randomEpisode(number);
  const begin = process.cpuUsage();
  const holds = play(number, episode);
  const { user, system } = process.cpuUsage(begin);
  const cpu = Math.max((user + system) / 1e6, 0.001);
  const { seconds, faults, events } = done;
  const nodes = episode.cluster.nodes.size;
  if (holds) {
    const span = `${(seconds / 3_600).toFixed(2)} hours of ${nodes} nodes`;
    say(`episode ${number}: ${span}, ${faults} faults, ${events} events; every invariant held`);
    const rate = Math.round(seconds / cpu).toLocaleString('en');
    say(`${cpu.toFixed(2)} s of processor time, ${rate} x real time from a cold start`);
  }
  if (values.json) report({ episode: number, nodes, seconds, faults, events, speed: seconds / cpu, violations: found });
  return holds;
}

function report(figures) {
  console.log(JSON.stringify(figures));
}

/** Whether every invariant held. */
function play(number, episode) {
  const result = playEpisode(episode);
  done.seconds += episode.span / 1e6;
  done.faults += result.faults;
  done.events += result.events;
  const [violation] = result.violations;
  if (violation === undefined) return true;
  const { at, invariant, text } = violation;
  found.push({ episode: number, seconds: at / 1e6, invariant, text });
  say(`episode ${number}, ${(violation.at / 1e6).toFixed(3)} s: ${violation.invariant}: ${violation.text}`);
  say(`  again: npm run sim -- --episode ${number}`);
  const small = shrink(episode, violation.invariant);
  const scenario = scenarioText(small);
  say(scenario.replace(/^/gm, '  '));
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
  say(`  kept in test/sim/kept/${name}`);
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

/** Simulated seconds a second of processor time, in this run. */
function speed() {
  return Math.round((done.seconds - before.seconds) / Math.max(cpuSeconds(), 0.001));
}

function summary() {
  const perDay = Math.round((done.faults / Math.max(done.seconds, 1)) * 86_400);
  return `${years(done.seconds)} years in ${done.next} episodes, ${done.faults} faults (${perDay} a day), ${speed().toLocaleString('en')} x real time`;
}
