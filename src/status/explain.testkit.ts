import type { Instant } from '../base/instant.ts';
import { follow } from '../engine/recording.testkit.ts';
import { readRecording, recordingText } from '../engine/recording-file.ts';
import { RecordingRing, usualLimits } from '../engine/recording-ring.ts';
import { type TestNode, TestSegment } from '../engine/vrrp-process.testkit.ts';
import type { VrrpConfiguration } from '../vrrp/configuration.ts';
import { Witness } from './explain-pair.ts';
import { Story } from './explain-story.ts';

/** 2026-11-20 06:00:00 UTC. */
export const start = 1_795_154_400_000_000;

const clock = (instant: Instant) => ({ instant, epochMicroseconds: start + instant });

/** Machines on a link, each with a flight recorder. */
export class RecordedSegment extends TestSegment {
  readonly #rings = new Map<TestNode, RecordingRing>();
  /** Whether what one says reaches the other. */
  passes: (from: string, to: string) => boolean = () => true;

  recorded(name: string, configured: VrrpConfiguration, address: string): TestNode {
    const node = this.node(name, configured, address);
    const ring = new RecordingRing(usualLimits, clock(this.now), node.engine.checkpoint());
    follow(
      node.engine,
      (now, step) => ring.take(now, step),
      effects => ring.answered(effects),
    );
    this.#rings.set(node, ring);
    return node;
  }

  override deliver(from: TestNode, packet: Parameters<TestSegment['deliver']>[1]): void {
    for (const node of this.nodes) {
      if (node === from) continue;
      const cut = !this.passes(from.name, node.name);
      const before = node.connected;
      if (cut) node.connected = false;
      // Only to this one: the others are deaf for the moment.
      const others = this.nodes.filter(each => each !== node && each !== from && each.connected);
      for (const each of others) each.connected = false;
      super.deliver(from, packet);
      for (const each of others) each.connected = true;
      node.connected = before;
    }
  }

  text(node: TestNode): string {
    const origin = {
      product: '0.0.0',
      commit: undefined,
      host: node.name,
      process: 1,
      reason: 'signal',
      written: clock(this.now),
      options: { detail: true, receiveBufferBytes: undefined },
    };
    return [...recordingText(origin, this.#rings.get(node)!.contents())].join('');
  }

  story(node: TestNode): Story {
    const recording = readRecording(this.text(node));
    if (!recording.ok) throw new Error(recording.reason);
    return new Story(recording.value);
  }

  witness(node: TestNode): Witness {
    return new Witness(this.story(node), node.name);
  }
}
