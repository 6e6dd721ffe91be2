import { type Duration, seconds } from '../base/duration.ts';
import type { Instant } from '../base/instant.ts';
import { seededPrng } from '../base/prng.ts';
import { formatStep, type Step } from './action.ts';
import { Chance } from './chance.ts';
import { buildCluster } from './cluster.ts';
import { Director } from './director.ts';
import type { Violation } from './invariants/invariant.ts';
import { Judge } from './invariants/judge.ts';
import { vrrpConfigurationOf } from './load-node.ts';
import { type RandomCluster, randomCluster } from './random-cluster.ts';
import { randomFaults } from './random-faults.ts';
import { TraceHash } from './trace-hash.ts';
import type { World } from './world.ts';

/** One cluster and what befalls it, all of it from one seed. */
export interface Episode {
  readonly seed: number;
  readonly cluster: RandomCluster;
  readonly steps: readonly Step[];
  readonly span: Duration;
}

export interface EpisodeResult {
  readonly violations: readonly Violation[];
  readonly faults: number;
  readonly events: number;
  /** Undefined unless asked for. */
  readonly hash: string | undefined;
}

/** Adverts of the fastest virtual router that an episode lasts for: eight hours at one a second. */
const episodeAdverts = 8 * 3_600;
/** After the last fault everything has to come to rest. */
const epilogue = seconds(400);

export function randomEpisode(seed: number): Episode {
  const chance = new Chance(seededPrng(seed));
  const cluster = randomCluster(chance);
  const span = seconds(Math.max(1_800, Math.min(episodeAdverts, episodeAdverts * cluster.intervalSeconds)));
  return { seed, cluster, steps: randomFaults(chance, cluster, span), span };
}

/** The world of an episode, with its faults planned. */
export function stage({ seed, cluster, steps }: Episode, detail: boolean): { world: World; judge: Judge } {
  const nodes = [...cluster.nodes].map(([name, text]) => ({
    name,
    configuration: vrrpConfigurationOf(name, text),
    driftPpm: cluster.driftPpm.get(name) ?? 0,
  }));
  const files = new Map(
    [...cluster.files].map(([name, text]) => [name, vrrpConfigurationOf(name.replace(/\..*/, ''), text)]),
  );
  const { clientsPerSegment } = cluster;
  const world = buildCluster(nodes, { seed: (seed ^ 0x5bd1e995) >>> 0, clientsPerSegment, detail, start: true });
  const judge = new Judge(world);
  new Director(world, files).plan(steps);
  return { world, judge };
}

/** Plays an episode to its end, or to the first violation. */
export function playEpisode(episode: Episode, options: { readonly hash?: boolean } = {}): EpisodeResult {
  const { world, judge } = stage(episode, false);
  const hash = options.hash ? new TraceHash() : undefined;
  if (hash) world.watch(hash);
  const end = episode.span + epilogue;
  // In pieces, so that a violation ends it soon.
  const piece = seconds(600);
  try {
    for (let at = 0; at < end && judge.violations.length === 0; at += piece) {
      world.runUntil(Math.min(at + piece, end) as Instant);
    }
    if (judge.violations.length === 0) judge.conclude();
  } catch (error) {
    // An assertion of the engine's: its process would have died.
    judge.violations.push({ invariant: 'no-crash', at: world.now, text: String(error) });
  }
  return { violations: judge.violations, faults: episode.steps.length, events: world.events, hash: hash?.value };
}

/** An episode's faults in the scenario language, with the settings that make it the same again. */
export function scenarioText({ seed, cluster, steps, span }: Episode): string {
  const lines = [`seed ${(seed ^ 0x5bd1e995) >>> 0}`, `clients ${cluster.clientsPerSegment}`];
  for (const [name, drift] of cluster.driftPpm) lines.push(`node ${name} drift ${drift}ppm`);
  lines.push(...steps.map(formatStep), `until ${(span + epilogue) / seconds(1)}s`);
  return `${lines.join('\n')}\n`;
}
