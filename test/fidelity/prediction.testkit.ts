// The simulator's side: what it says will happen.
import { expect } from 'vitest';
import type { Duration } from '../../src/base/duration.ts';
import type { Instant } from '../../src/base/instant.ts';
import type { Action, Step } from '../../src/sim/action.ts';
import type { Observation, Observer } from '../../src/sim/observation.ts';
import type { Scenario } from '../../src/sim/scenario.ts';
import { simulate } from '../../src/sim/simulation.ts';
import { type Change, type Course, notificationOf, transitionIn, withoutRepetition } from './course.testkit.ts';
import { type Deed, type Plan, undoing } from './plan.testkit.ts';

/** What the simulator is told of reality: when its inputs were put in. Seconds since the first process started. */
export interface Timing {
  /** When each step of the plan was carried out. */
  readonly deeds: readonly number[];
  /** When each process that somebody started looked at the world for the first time. */
  readonly starts: readonly { readonly node: string; readonly at: number }[];
  readonly end: number;
}

/** Lets the scenario happen in the simulator, at the times that it has itself or at those that it is told. */
export function predict(plan: Plan, timing?: Timing): Course {
  const course = new CourseObserver();
  const scenario = timing ? scenarioAt(plan, timing) : plan.input.scenario;
  const { failed } = simulate({ ...plan.input, scenario, observers: [course] });
  expect(failed.map(({ expectation, instead }) => `${expectation.text}: ${instead}`)).toEqual([]);
  return course.finish(timing?.deeds ?? plan.deeds.map(({ at }) => at), plan.virtualAddresses);
}

/** The steps as they were carried out, each undone by a step of its own. What the author expects holds for the plan. */
function scenarioAt({ input: { scenario, nodes }, deeds }: Plan, { deeds: times, starts, end }: Timing): Scenario {
  const steps = deeds.flatMap(({ deed }, place): Step[] => {
    const at = inMicroseconds(times[place]!);
    if (deed.type === 'thaw' || deed.type === 'start') return [];
    if (deed.type !== 'freeze')
      return [{ at, action: undoing(deed) ? ({ ...deed, span: undefined } as Action) : deed }];
    const thaw = deeds.findIndex((other, later) => later > place && isThawOf(other.deed, deed.node));
    return [{ at, action: { ...deed, span: (inMicroseconds(times[thaw]!) - at) as Duration } }];
  });
  for (const { node, at } of starts) steps.push({ at: inMicroseconds(at), action: { type: 'start', node } });
  const held = nodes.map(({ name }) => [name, { ...scenario.nodes.get(name), held: true }] as const);
  return { ...scenario, steps, expectations: [], until: inMicroseconds(end), nodes: new Map(held) };
}

function isThawOf(deed: Deed, node: string): boolean {
  return deed.type === 'thaw' && deed.node === node;
}

function inMicroseconds(value: number): Duration {
  return Math.round(value * 1_000_000) as Duration;
}

class CourseObserver implements Observer {
  readonly #starts: Change[] = [];
  readonly #transitions: Change[] = [];
  readonly #addresses: Change[] = [];
  readonly #notifications: Change[] = [];
  readonly #neighbours: Change[] = [];

  observe(now: Instant, seen: Observation): void {
    const at = now / 1_000_000;
    switch (seen.type) {
      case 'life':
        if (seen.event === 'process-started')
          this.#starts.push({ at, node: seen.node, subject: 'process', state: 'started' });
        break;
      case 'log': {
        const transition = transitionIn(seen.text);
        if (transition) this.#transitions.push({ at, node: seen.node, ...transition });
        break;
      }
      case 'address': {
        const state = seen.change === 'added' ? 'present' : 'absent';
        this.#addresses.push({ at, node: seen.node, subject: seen.address, state });
        break;
      }
      case 'neighbour':
        this.#neighbours.push({ at, node: seen.client, subject: seen.address, state: seen.mac });
        break;
      case 'script':
        this.#notifications.push({ at, node: seen.node, ...notificationOf(seen.arguments) });
        break;
    }
  }

  finish(deeds: readonly number[], virtual: ReadonlySet<string>): Course {
    return {
      deeds,
      starts: this.#starts,
      transitions: this.#transitions,
      addresses: withoutRepetition(this.#addresses.filter(({ subject }) => virtual.has(subject))),
      notifications: this.#notifications,
      neighbours: this.#neighbours,
    };
  }
}
