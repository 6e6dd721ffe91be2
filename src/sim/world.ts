import { assert } from '../base/assert.ts';
import { type Duration, seconds } from '../base/duration.ts';
import { after, type Instant, instantFromMicroseconds } from '../base/instant.ts';
import { type Prng, seededPrng } from '../base/prng.ts';
import { Client } from './client.ts';
import { EventHeap, type Happening, never } from './event-heap.ts';
import type { Alarm, Ground } from './ground.ts';
import type { Observation, Observer } from './observation.ts';
import { RealServers } from './real-servers.ts';
import { Segment } from './segment.ts';
import { type NodeSpec, SimNode } from './sim-node.ts';

/** No cluster does so much in so little time, except one that goes round in circles. */
const stormLimit = 200_000;
const stormSpan = seconds(1);

/** Machines, switches and clients under one virtual time. The same seed and the same calls give the same run. */
export class World implements Ground {
  readonly prng: Prng;
  readonly servers = new RealServers(observation => this.observe(observation));
  readonly nodes: SimNode[] = [];
  readonly segments: Segment[] = [];
  readonly clients: Client[] = [];
  /** Frames under way, news of kernels, ends of scripts: few at a time, and soon. */
  readonly #heap = new EventHeap();
  /** What somebody has planned: many at a time, and seldom. */
  readonly #agenda = new EventHeap();
  readonly #alarms: (Alarm & { readonly what: Happening })[] = [];
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

  alarm(what: Happening): Alarm {
    const alarm = { at: never, what };
    this.#alarms.push(alarm);
    return alarm;
  }

  /** Runs a function in so much time from now. */
  after(span: Duration, run: () => void): void {
    this.#agenda.push(after(this.#now, span), { happen: run });
  }

  at(instant: Instant, run: () => void): void {
    this.#agenda.push(instant < this.#now ? this.#now : instant, { happen: run });
  }

  /** Lets everything up to and including this instant happen. */
  runUntil(end: Instant): void {
    const heap = this.#heap;
    const agenda = this.#agenda;
    const alarms = this.#alarms;
    for (;;) {
      let next = agenda.nextAt;
      let isPlanned = true;
      if (heap.nextAt < next) {
        next = heap.nextAt;
        isPlanned = false;
      }
      let due: (typeof alarms)[number] | undefined;
      for (const alarm of alarms) {
        if (alarm.at < next) {
          next = alarm.at;
          due = alarm;
        }
      }
      if (next > end) break;
      if (next > this.#now) this.#now = next;
      if (next >= this.#stormEnds) {
        this.#stormEnds = after(next, stormSpan);
        this.#stormLimit = this.#events + stormLimit;
      }
      assert(++this.#events < this.#stormLimit, `more than ${stormLimit} events within a second`);
      if (due) {
        due.at = never;
        due.what.happen();
      } else (isPlanned ? agenda : heap).pop()!.happen();
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
