// The scenarios that are played with real processes, too, must not hang on a hair: a step some milliseconds later, a process
// that takes longer to start, may not change what comes of them, or the comparison says nothing.
import { describe, expect, it } from 'vitest';
import { seededPrng } from '../../src/base/prng.ts';
import { compare } from '../fidelity/compare.testkit.ts';
import { planOf } from '../fidelity/plan.testkit.ts';
import { predict } from '../fidelity/prediction.testkit.ts';
import { scenarios } from '../fidelity/scenarios/all.testkit.ts';

const variations = 12;

describe('the scenarios of the comparison with reality', () => {
  it('are enough, and have names of their own', () => {
    expect(scenarios.length).toBeGreaterThanOrEqual(30);
    expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
  });

  it.each(scenarios.map(scenario => [scenario.name, scenario] as const))(
    '%s does not hang on a hair',
    (_, scenario) => {
      const plan = planOf(scenario);
      const predicted = predict(plan);
      expect(predicted.transitions.at(-1)!.at, 'it ends at rest').toBeLessThan(plan.end - plan.interval);
      const prng = seededPrng(1);
      for (let variation = 0; variation < variations; variation++) {
        const starts = plan.input.nodes.flatMap(({ name }) =>
          plan.held.has(name) ? [] : [{ node: name, at: prng.below(120) / 1_000 }],
        );
        const deeds = plan.deeds.map(({ at, deed }) => {
          if (deed.type === 'start') starts.push({ node: deed.node, at: at + (150 + prng.below(600)) / 1_000 });
          return at + prng.below(60) / 1_000;
        });
        const observed = predict(plan, { deeds, starts, end: plan.end + 1 });
        // A process that takes its time may meet the others' adverts anywhere between two of them, and so may an IPv6
        // address that is being tried.
        const isLoose = scenario.duplicateAddressDetection || plan.deeds.some(({ deed: { type } }) => type === 'start');
        const { mistakes } = compare(predicted, observed, plan.interval * (isLoose ? 1 : 0.5), plan.deeds);
        expect(mistakes).toEqual([]);
      }
    },
  );
});
