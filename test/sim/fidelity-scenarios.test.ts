// The scenarios that are played with real processes, too, must not hang on a hair: a step some milliseconds later, a process
// that takes longer to start, may not change what comes of them, or the comparison says nothing.
import { describe, expect, it } from 'vitest';
import { milliseconds } from '../../src/base/duration.ts';
import { seededPrng } from '../../src/base/prng.ts';
import type { Step } from '../../src/sim/action.ts';
import { compare } from '../fidelity/compare.testkit.ts';
import { deedsOf, planOf } from '../fidelity/plan.testkit.ts';
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
        const boot = new Map(
          plan.input.nodes.flatMap(({ name }) =>
            plan.held.has(name) ? [] : [[name, prng.below(40) / 1_000] as const],
          ),
        );
        const steps = plan.input.scenario.steps.map((step): Step => {
          const late = step.action.type === 'start' ? 150 + prng.below(600) : prng.below(60);
          return { ...step, at: (step.at + milliseconds(late)) as Step['at'] };
        });
        const varied = {
          ...plan,
          input: { ...plan.input, scenario: { ...plan.input.scenario, steps, expectations: [] } },
        };
        const deeds = deedsOf(steps);
        const observed = predict({ ...varied, deeds }, boot);
        // A process that takes its time may meet the others' adverts anywhere between two of them, and so may an IPv6
        // address that is being tried.
        const isLoose = scenario.duplicateAddressDetection || deeds.some(({ deed }) => deed.type === 'start');
        const { mistakes } = compare(
          predicted,
          observed,
          plan.interval * (isLoose ? 1 : 0.4),
          deeds.map(({ deed }) => deed.type),
        );
        expect(mistakes).toEqual([]);
      }
    },
  );
});
