// Plays a scenario in both worlds and asserts that they agree.
import { mkdirSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import { type Comparison, compare } from './compare.testkit.ts';
import { planOf } from './plan.testkit.ts';
import { predict } from './prediction.testkit.ts';
import { Reality } from './reality.testkit.ts';
import type { FidelityScenario } from './scenario.testkit.ts';

/** What tools/fidelity.mjs makes its table of. */
export interface FidelityReport extends Comparison {
  readonly name: string;
  readonly title: string;
  /** Seconds. */
  readonly interval: number;
  readonly end: number;
}

/** Where reports go; undefined: nowhere. */
const reportFolder = process.env['HOLDFAST_FIDELITY_REPORTS'];

export async function holdsInBothWorlds(scenario: FidelityScenario): Promise<void> {
  const plan = planOf(scenario);
  const { interval, end } = plan;
  const last = predict(plan).transitions.at(-1);
  expect(last === undefined || last.at < end - interval, 'a scenario ends when everything is at rest').toBe(true);
  const reality = await Reality.open(scenario, plan);
  try {
    const { course, timing } = await reality.play();
    const comparison = compare(predict(plan, timing), course, interval, plan.deeds);
    if (reportFolder !== undefined) {
      mkdirSync(reportFolder, { recursive: true });
      const report: FidelityReport = { name: scenario.name, title: scenario.title, interval, end, ...comparison };
      writeFileSync(`${reportFolder}/${scenario.name}.json`, JSON.stringify(report));
    }
    const evidence = comparison.mistakes.length > 0 ? reality.evidence : '';
    expect(comparison.mistakes, evidence).toEqual([]);
  } finally {
    await reality.close();
  }
}
