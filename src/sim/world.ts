import { assert } from '../base/assert.ts';
import { type Duration, seconds } from '../base/duration.ts';
import { after, type Instant, instantFromMicroseconds } from '../base/instant.ts';
import { type Prng, seededPrng } from '../base/prng.ts';
import { Client } from './client.ts';
import { EventHeap, type Happening } from './event-heap.ts';
import type { Ground } from './ground.ts';
import type { Observation, Observer } from './observation.ts';
import { Segment } from './segment.ts';
import { type NodeSpec, SimNode } from './sim-node.ts';

/** No cluster does so much in so little time, except one that goes round in circles. */
const stormLimit = 200_000;
const stormSpan = seconds(1);

/** Machines, switches and clients under one virtual time. The same seed and the same calls give the same run. */
export class World implements Ground {
  readonly prng: Prng;
  readonly nodes: SimNode[] = [];
  readonly segments: Segment[] = [];
  readonly clients: Client[] = [];
  readonly #heap = new EventHeap();
  readonly #observers: Observer[] = [];
  #now = instantFromMicroseconds(0);
  #lastPortId = 0;
  #stormEnds = instantFromMicroseconds(0);
  #stormLimit = 0;
  #events = 0;

  constructor(seed: number) {
    this.prng = seededPrng(seed);
  }

  get now(): Instant {
    return this.#now;
  }

  /** How many events have taken place. */
  get events(): number {
    return this.#events;
  }

  addSegment(name: string): Segment {
    const segment = new Segment(this, name);
    this.segments.push(segment);
    return segment;
  }

  addClient(name: string, segment: Segment): Client {
    const client = new Client(this, name, segment);
    this.clients.push(client);
    return client;
  }

  addNode(spec: NodeSpec): SimNode {
    const node = new SimNode(this, spec);
    this.nodes.push(node);
    return node;
  }

  node(name: string): SimNode | undefined {
    return this.nodes.find(node => node.name === name);
  }

  watch(observer: Observer): void {
    this.#observers.push(observer);
  }

  schedule(at: Instant, what: Happening): void {
    this.#heap.push(at, what);
  }

  /** Runs a function in so much time from now. */
  after(span: Duration, run: () => void): void {
    this.#heap.push(after(this.#now, span), { happen: run });
  }

  at(instant: Instant, run: () => void): void {
    this.#heap.push(instant < this.#now ? this.#now : instant, { happen: run });
  }

  /** Lets everything up to and including this instant happen. */
  runUntil(end: Instant): void {
    const heap = this.#heap;
    for (;;) {
      const next = heap.nextAt;
      if (next === undefined || next > end) break;
      if (next > this.#now) this.#now = next;
      if (next >= this.#stormEnds) {
        this.#stormEnds = after(next, stormSpan);
        this.#stormLimit = this.#events + stormLimit;
      }
      assert(++this.#events < this.#stormLimit, `more than ${stormLimit} events within a second`);
      heap.pop()!.happen();
    }
    this.#now = end;
  }

  pass(span: Duration): void {
    this.runUntil(after(this.#now, span));
  }

  observe(observation: Observation): void {
    for (const observer of this.#observers) observer.observe(this.#now, observation);
  }

  newPortId(): number {
    return ++this.#lastPortId;
  }
}
