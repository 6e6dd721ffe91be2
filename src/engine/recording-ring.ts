import { assert } from '../base/assert.ts';
import type { Instant } from '../base/instant.ts';
import type { VrrpEffect } from '../ports/vrrp-world.ts';
import type { VrrpConfiguration } from '../vrrp/configuration.ts';
import type { VrrpCheckpoint } from './checkpoint.ts';
import { hashEffects } from './recording-hash.ts';
import type { VrrpStep } from './recording-step.ts';

/** What the wall clock showed at an instant of the monotonic clock. */
export interface ClockReading {
  readonly instant: Instant;
  /** Microseconds since 1970. */
  readonly epochMicroseconds: number;
}

export interface RingLimits {
  readonly segments: number;
  readonly stepsPerSegment: number;
  /** What the inputs of a segment may take, as estimated by weightOf. */
  readonly bytesPerSegment: number;
}

/**
 * 20 bytes a step, so 1.3 MB; inputs that are not the same as before, at most 2 MB; and the checkpoint of each segment,
 * of the size of the engine's own state.
 */
export const usualLimits: RingLimits = { segments: 4, stepsPerSegment: 16_384, bytesPerSegment: 512 * 1024 };

/** From here on the next idle moment is used for a checkpoint. */
const soonFull = 0.75;
/** Senders whose last packets are remembered, so that the same packet is kept once. */
const rememberedSenders = 64;

/** Steps that followed a checkpoint. */
export interface RecordedSegment {
  readonly start: ClockReading;
  readonly checkpoint: VrrpCheckpoint;
  readonly at: Float64Array;
  readonly steps: readonly VrrpStep[];
  /** hashEffects of each step's effects; one fewer than steps if the last was never finished. */
  readonly hashes: Int32Array;
}

/** What the ring holds, copied: the ring goes on. */
export interface RingContents {
  readonly segments: readonly RecordedSegment[];
  /** Steps that had to make room. */
  readonly forgotten: number;
}

interface Segment {
  start: ClockReading;
  checkpoint: VrrpCheckpoint;
  count: number;
  weight: number;
  readonly at: Float64Array;
  readonly hashes: Int32Array;
  readonly steps: (VrrpStep | undefined)[];
}

type PacketReceived = Extract<VrrpStep, { type: 'packet-received' }>;

/**
 * The last steps of a VRRP process within bounds of memory. On the way of an advert an instant, a number and a reference
 * are stored, and a packet that is the same as the last of its sender is not kept twice; everything is turned into text
 * only when it is written. The oldest segment makes room for the newest; each begins with a checkpoint.
 */
export class RecordingRing {
  readonly #limits: RingLimits;
  readonly #soonSteps: number;
  readonly #soonBytes: number;
  #segments: Segment[] = [];
  #current: Segment;
  /** The current segment's step is taken and not answered. */
  #isOpen = false;
  #forgotten = 0;
  readonly #lastPackets = new Map<string, (PacketReceived | undefined)[]>();

  constructor(limits: RingLimits, start: ClockReading, checkpoint: VrrpCheckpoint) {
    this.#limits = limits;
    this.#soonSteps = Math.floor(soonFull * limits.stepsPerSegment);
    this.#soonBytes = Math.floor(soonFull * limits.bytesPerSegment);
    this.#current = newSegment(limits, start, checkpoint);
    this.#segments.push(this.#current);
  }

  /** Whether to begin a new segment: soon, in an idle moment, or before the next step. */
  get wantsCheckpoint(): 'no' | 'soon' | 'now' {
    const { count, weight } = this.#current;
    if (count < this.#soonSteps && weight < this.#soonBytes) return 'no';
    const { stepsPerSegment, bytesPerSegment } = this.#limits;
    return count >= stepsPerSegment || weight >= bytesPerSegment ? 'now' : 'soon';
  }

  /** The state between two steps; the oldest segment is forgotten if there are enough. */
  begin(start: ClockReading, checkpoint: VrrpCheckpoint): void {
    assert(!this.#isOpen, 'a checkpoint is taken between two steps');
    this.#lastPackets.clear();
    const oldest = this.#segments.length < this.#limits.segments ? undefined : this.#segments.shift();
    if (oldest) {
      this.#forgotten += oldest.count;
      oldest.steps.fill(undefined);
      Object.assign(oldest, { start, checkpoint, count: 0, weight: 0 });
    }
    this.#current = oldest ?? newSegment(this.#limits, start, checkpoint);
    this.#segments.push(this.#current);
  }

  /** A step is about to be taken. */
  take(now: Instant, step: VrrpStep): void {
    const segment = this.#current;
    segment.at[segment.count] = now;
    segment.steps[segment.count] = step.type === 'packet-received' ? this.#packet(step) : this.#other(step);
    this.#isOpen = true;
  }

  /** What the engine answered to it. */
  answered(effects: readonly VrrpEffect[]): void {
    const segment = this.#current;
    segment.hashes[segment.count] = hashEffects(effects);
    segment.count++;
    this.#isOpen = false;
  }

  contents(): RingContents {
    return {
      forgotten: this.#forgotten,
      segments: this.#segments.map(segment => {
        const { start, checkpoint, count, at, hashes, steps } = segment;
        const taken = count + (segment === this.#current && this.#isOpen ? 1 : 0);
        return {
          start,
          checkpoint,
          at: at.slice(0, taken),
          hashes: hashes.slice(0, count),
          steps: steps.slice(0, taken) as VrrpStep[],
        };
      }),
    };
  }

  #packet(packet: PacketReceived): VrrpStep {
    let ofSender = this.#lastPackets.get(packet.source);
    if (!ofSender) {
      if (this.#lastPackets.size >= rememberedSenders) this.#lastPackets.clear();
      ofSender = [];
      this.#lastPackets.set(packet.source, ofSender);
    }
    const vrid = packet.payload[1] ?? 0;
    const last = ofSender[vrid];
    if (last && isSame(last, packet)) return last;
    ofSender[vrid] = packet;
    this.#current.weight += 300 + packet.payload.length;
    return packet;
  }

  #other(step: VrrpStep): VrrpStep {
    if (step.type !== 'advance') this.#current.weight += weightOf(step);
    return step;
  }
}

function newSegment({ stepsPerSegment }: RingLimits, start: ClockReading, checkpoint: VrrpCheckpoint): Segment {
  return {
    start,
    checkpoint,
    count: 0,
    weight: 0,
    at: new Float64Array(stepsPerSegment),
    hashes: new Int32Array(stepsPerSegment),
    steps: new Array<VrrpStep | undefined>(stepsPerSegment).fill(undefined),
  };
}

function isSame(left: PacketReceived, right: PacketReceived): boolean {
  if (left.channel !== right.channel || left.linkIndex !== right.linkIndex || left.ttl !== right.ttl) return false;
  if (left.source !== right.source || left.destination !== right.destination) return false;
  const [before, now] = [left.payload, right.payload];
  if (before.length !== now.length) return false;
  for (let place = 0; place < before.length; place++) if (before[place] !== now[place]) return false;
  return true;
}

/** About what a step takes in memory, and in a file. */
function weightOf(step: VrrpStep): number {
  switch (step.type) {
    case 'resynchronised':
      return 200 + 250 * step.links.length + 200 * step.addresses.length;
    case 'reload':
      return weightOfConfiguration(step.configuration);
    case 'addresses-changed':
    case 'routing-changed':
      return 150 + 50 * step.errors.length;
    case 'link-changed':
    case 'address-added':
    case 'address-removed':
    case 'routing-removed':
      return 250;
    default:
      return 150;
  }
}

function weightOfConfiguration({ instances, scripts, syncGroups, statics }: VrrpConfiguration): number {
  const owners = statics ? [...instances, statics] : instances;
  const routing = owners.reduce((sum, { routes = [], rules = [] }) => sum + routes.length + rules.length, 0);
  const addresses = instances.reduce((sum, each) => sum + each.addresses.length + each.excludedAddresses.length, 0);
  return (
    500 + 1_500 * instances.length + 250 * addresses + 600 * routing + 400 * scripts.length + 500 * syncGroups.length
  );
}
