import type { Instant } from '../base/instant.ts';
import type { InstanceState, LifeEvent, Observation, Observer } from './observation.ts';
import type { World } from './world.ts';

export type LaneState = InstanceState | 'down' | 'frozen';

/** One instance of one node, with everything that is drawn in its lane. */
export interface Lane {
  readonly node: string;
  readonly instance: string;
  /** From when on it was in which state. */
  readonly states: readonly { readonly at: Instant; readonly state: LaneState }[];
  readonly adverts: readonly { readonly at: Instant; readonly priority: number }[];
}

export interface TimelineEvent {
  readonly at: Instant;
  /** Undefined: the world as a whole. */
  readonly node: string | undefined;
  readonly kind: 'interference' | 'life' | 'log' | 'announcement' | 'neighbour' | 'ipvs' | 'routing' | 'script';
  readonly text: string;
}

interface OpenLane {
  readonly node: string;
  readonly instance: string;
  readonly family: number;
  readonly vrid: number;
  readonly states: { at: Instant; state: LaneState }[];
  readonly adverts: { at: Instant; priority: number }[];
}

/** More adverts than this make no better picture. */
const advertLimit = 20_000;

/** Writes down what a person would want to see of a run. */
export class Timeline implements Observer {
  readonly events: TimelineEvent[] = [];
  readonly #lanes: OpenLane[] = [];
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
    for (const { name: node, configuration } of world.nodes) {
      for (const { name: instance, family, vrid } of configuration.instances) {
        this.#lanes.push({
          node,
          instance,
          family,
          vrid,
          states: [{ at: world.now, state: 'down' }],
          adverts: [],
        });
      }
    }
    world.watch(this);
  }

  get lanes(): readonly Lane[] {
    return this.#lanes;
  }

  observe(now: Instant, seen: Observation): void {
    switch (seen.type) {
      case 'advertisement-sent': {
        const lane = this.#lanes.find(
          ({ node, family, vrid }) => node === seen.node && family === seen.family && vrid === seen.vrid,
        );
        // A unicast advert is sent to each peer.
        if (lane && lane.adverts.length < advertLimit && lane.adverts.at(-1)?.at !== now) {
          lane.adverts.push({ at: now, priority: seen.priority });
        }
        break;
      }
      case 'state':
        for (const lane of this.#lanes) {
          if (lane.node === seen.node && lane.instance === seen.instance) this.#enter(lane, now, seen.state);
        }
        break;
      case 'life':
        this.events.push({ at: now, node: seen.node, kind: 'life', text: seen.event.replace('-', ' ') });
        for (const lane of this.#lanes) if (lane.node === seen.node) this.#live(lane, now, seen.event);
        break;
      case 'log':
        this.events.push({ at: now, node: seen.node, kind: 'log', text: seen.text });
        break;
      case 'checker':
        this.events.push({ at: now, node: seen.node, kind: 'life', text: `checker ${seen.event.replace('-', ' ')}` });
        break;
      case 'ipvs': {
        const text = seen.by === 'other' ? `by somebody else: ${seen.text}` : seen.text;
        this.events.push({ at: now, node: seen.node, kind: 'ipvs', text });
        break;
      }
      case 'routing':
        // What the engine does is in the log.
        if (seen.by !== 'engine') {
          const whom = seen.by === 'other' ? 'somebody else' : 'the kernel';
          this.events.push({
            at: now,
            node: seen.node,
            kind: 'routing',
            text: `${seen.text} ${seen.change} by ${whom}`,
          });
        }
        break;
      case 'balancing-script':
        this.events.push({ at: now, node: seen.node, kind: 'script', text: seen.text });
        break;
      case 'disturbance':
        this.events.push({ at: now, node: undefined, kind: 'interference', text: seen.text });
        break;
      case 'announced':
        this.events.push({ at: now, node: seen.node, kind: 'announcement', text: seen.address });
        break;
      case 'neighbour':
        this.events.push({
          at: now,
          node: undefined,
          kind: 'neighbour',
          text: `${seen.client}: ${seen.address} is at ${this.#ownerOf(seen.mac)}`,
        });
        break;
    }
  }

  #live(lane: OpenLane, now: Instant, event: LifeEvent): void {
    switch (event) {
      case 'process-started':
        this.#enter(lane, now, 'initialize');
        break;
      case 'process-crashed':
      case 'process-stopped':
      case 'powered-off':
        this.#enter(lane, now, 'down');
        break;
      case 'frozen':
        this.#enter(lane, now, 'frozen');
        break;
      case 'thawed':
        this.#enter(lane, now, this.#world.node(lane.node)?.states.get(lane.instance) ?? 'down');
        break;
    }
  }

  #enter(lane: OpenLane, at: Instant, state: LaneState): void {
    if (lane.states.at(-1)?.state !== state) lane.states.push({ at, state });
  }

  #ownerOf(mac: string): string {
    const owner = this.#world.nodes.find(({ kernel }) => kernel.links.some(link => link.mac === mac));
    return owner ? `${owner.name} (${mac})` : mac;
  }
}

/** The state of a lane at an instant. */
export function stateAt({ states }: Lane, at: Instant): LaneState {
  let state: LaneState = 'down';
  for (const entry of states) {
    if (entry.at > at) break;
    state = entry.state;
  }
  return state;
}
