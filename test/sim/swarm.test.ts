import { describe, expect, it } from 'vitest';
import { playEpisode, randomEpisode, scenarioText } from '../../src/sim/episode.ts';
import { parseScenario } from '../../src/sim/parse-scenario.ts';
import { faultMenu } from '../../src/sim/random-faults.ts';

describe('the swarm', () => {
  it('is the same twice from the same seed', () => {
    const episode = randomEpisode(4711);
    const short = { ...episode, steps: episode.steps.slice(0, 20), span: episode.steps[20]!.at };
    const first = playEpisode(short, { hash: true });
    expect(playEpisode(short, { hash: true })).toEqual(first);
    expect(randomEpisode(4711)).toEqual(episode);
    expect(randomEpisode(4712)).not.toEqual(episode);
  });

  it('has at least a hundred faults a day, of every kind on the menu', () => {
    const seen = new Set<string>();
    let faults = 0;
    let days = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const { steps, span } = randomEpisode(seed);
      faults += steps.length;
      days += span / 86_400_000_000;
      for (const { action } of steps) seen.add(action.type);
    }
    expect(faults / days).toBeGreaterThan(100);
    expect(faultMenu.length).toBeGreaterThanOrEqual(30);
    for (const type of [
      'cut',
      'quality',
      'freeze',
      'suspend',
      'late',
      'foreign',
      'garbage',
      'reload',
      'overrun',
      'clock',
    ]) {
      expect(seen).toContain(type);
    }
  });

  it('writes its faults down in the scenario language', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const episode = randomEpisode(seed);
      const { scenario, mistakes } = parseScenario(scenarioText(episode));
      expect(mistakes).toEqual([]);
      expect(scenario.steps).toEqual(episode.steps);
    }
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('finds nothing broken in episode %i', seed => {
    expect(playEpisode(randomEpisode(seed)).violations).toEqual([]);
  });
});
