import { randomBytes } from 'node:crypto';
import { type Duration, milliseconds } from '../base/duration.ts';
import { seededPrng } from '../base/prng.ts';
import type { BfdConfiguration } from '../bfd/configuration.ts';
import { BfdProcess } from '../engine/bfd-process.ts';
import type { DaemonConfiguration } from '../engine/configuration.ts';
import { BfdWorld } from '../linux/bfd-world.ts';
import { now } from '../linux/clock.ts';
import { Driver } from '../linux/driver.ts';
import { Poller } from '../linux/poller.ts';
import type { BfdEffect, BfdInput } from '../ports/bfd-world.ts';
import type { Engine } from '../ports/vrrp-world.ts';
import { bfdStatusOf, renderBfd } from '../status/bfd-text.ts';
import type { ChildRuntime, Report, RuntimeOptions } from './child.ts';
import type { BfdPart, ChildSetup } from './child-messages.ts';
import { LatenessReport } from './lateness-report.ts';
import type { SignalMeaning } from './signals.ts';

/** What the daemon tells the engine, in one queue with what the kernel tells it. */
type Command = { readonly type: 'reload'; readonly configuration: BfdConfiguration } | { readonly type: 'stop' };
type RuntimeInput = BfdInput | Command;

/** Anything shorter happens now and then on a busy machine. */
const usualLateness = milliseconds(20);

/** The BFD engine on the kernel. */
export class BfdRuntime implements ChildRuntime<BfdPart> {
  readonly #options: RuntimeOptions;
  readonly #bfd: BfdProcess;
  readonly #world: BfdWorld;
  readonly #driver: Driver<RuntimeInput, BfdEffect>;
  readonly #lateness = new LatenessReport(worst => `The BFD process woke ${worst}: its packets were late, too`);

  constructor({ bfd }: BfdPart, options: RuntimeOptions) {
    this.#options = options;
    const poller = new Poller();
    // Discriminators and ports of one life tell nobody those of the next.
    const prng = seededPrng(randomBytes(4).readUInt32LE());
    this.#bfd = new BfdProcess(bfd, prng);
    this.#world = new BfdWorld(poller, {
      log: options.log,
      detail: options.setup.log.detail,
      prng,
      deliver: input => this.#driver.deliver(input),
      sessionState: ({ session, up, toVrrp, toChecker }) => options.sessionState({ session, up, toVrrp, toChecker }),
      stopped: options.stopped,
    });
    this.#driver = new Driver(poller, {
      engine: this.#engine(),
      execute: effect => this.#world.execute(effect),
      precedence: effect => (effect.type === 'log' ? 'later' : effect.type === 'stopped' ? 'last' : 'first'),
      now,
    });
  }

  start(): void {
    // As a reload to what it has: sessions begin with the first look at the configuration.
    this.#driver.deliver({ type: 'reload', configuration: this.#bfd.configuration });
  }

  reload(_daemon: DaemonConfiguration, { bfd }: BfdPart): void {
    this.#driver.deliver({ type: 'reload', configuration: bfd });
  }

  stop(): void {
    this.#driver.deliver({ type: 'stop' });
  }

  close(): void {
    this.#driver.close();
    this.#world.close();
  }

  /** Nobody has news for it. */
  hear(): void {}

  status(): readonly string[] {
    return [JSON.stringify(bfdStatusOf(this.#bfd))];
  }

  report(meaning: SignalMeaning, { names }: ChildSetup): Report | undefined {
    if (meaning !== 'dump') return undefined;
    return { what: 'BFD data', file: names.bfd.dump, text: renderBfd(bfdStatusOf(this.#bfd)) };
  }

  #engine(): Engine<RuntimeInput, BfdEffect> {
    const bfd = this.#bfd;
    return {
      handle: (instant, input) => {
        if (input.type === 'reload') return bfd.reload(instant, input.configuration);
        if (input.type === 'stop') return bfd.stop(instant);
        return bfd.handle(instant, input);
      },
      advance: instant => {
        const deadline = bfd.nextDeadline();
        const text = this.#lateness.woke(instant, deadline, noteworthy(bfd.configuration));
        if (text !== undefined) this.#options.log.write('warning', text);
        this.#options.woke(instant, deadline);
        return bfd.advance(instant);
      },
      nextDeadline: () => bfd.nextDeadline(),
    };
  }
}

/** A peer gives up after as many intervals as the multiplier says; one is worth a line. */
function noteworthy({ instances }: BfdConfiguration): Duration {
  return Math.max(usualLateness, Math.min(...instances.map(({ minTx }) => minTx))) as Duration;
}
