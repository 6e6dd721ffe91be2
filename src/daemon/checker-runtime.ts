import { readFileSync } from 'node:fs';
import { seconds } from '../base/duration.ts';
import type { Instant } from '../base/instant.ts';
import { type CheckerConfigurations, CheckerProcess } from '../engine/checker-process.ts';
import type { DaemonConfiguration } from '../engine/configuration.ts';
import type { ServerWord } from '../engine/early-words.ts';
import type { Service } from '../engine/service.ts';
import { CheckerWorld } from '../linux/checker-world.ts';
import { now } from '../linux/clock.ts';
import { Driver } from '../linux/driver.ts';
import { Poller } from '../linux/poller.ts';
import { type ConnectionCount, connectionCounts } from '../lvs/connection-counts.ts';
import type { CheckerEffect, CheckerInput } from '../ports/checker-world.ts';
import type { IpvsLoad, IpvsServiceKey } from '../ports/ipvs.ts';
import type { Engine } from '../ports/vrrp-world.ts';
import { Prober } from '../probe/prober.ts';
import { checkDataOf } from '../status/check-data.ts';
import { renderCheckData } from '../status/check-data-text.ts';
import { healthPortions } from '../status/health-status.ts';
import type { ChildRuntime, Portions, Report, RuntimeOptions } from './child.ts';
import type { CheckerMessage, CheckerPart, ChildSetup, SessionMessage } from './child-messages.ts';
import { optimizeLate } from './late-optimization.ts';
import { LatenessReport } from './lateness-report.ts';
import { processesOptions } from './lifecycle-script.ts';
import type { SignalMeaning } from './signals.ts';

/** What the daemon tells the engine, in one queue with what the kernel tells it. */
type Command =
  | { readonly type: 'reload'; readonly configuration: CheckerConfigurations }
  | { readonly type: 'server-word'; readonly word: ServerWord }
  | { readonly type: 'stop' };
type RuntimeInput = CheckerInput | Command;

/** Verdicts bear some delay; an operator should know of a machine that is starved. */
const noteworthy = seconds(1);
/** Descriptors that are not for probes: sockets, scripts, logs. */
const spareDescriptors = 200;
const mostProbes = 16_384;
/** Services of one group whose connections are counted for an answer: some milliseconds of the kernel's time. */
const mostServicesCounted = 256;

/** The checker engine on the kernel. */
export class CheckerRuntime implements ChildRuntime<CheckerPart> {
  readonly #options: RuntimeOptions;
  readonly #checker: CheckerProcess;
  readonly #world: CheckerWorld;
  readonly #driver: Driver<RuntimeInput, CheckerEffect>;
  #configurations: CheckerConfigurations;
  /** Until the first check begins. */
  #optimizeAsUsual: (() => void) | undefined = optimizeLate();
  readonly #lateness = new LatenessReport(
    worst => `The healthcheck process woke ${worst}: its verdicts were late, too`,
  );

  /** Throws KernelError if the sockets cannot be opened. */
  constructor(part: CheckerPart, options: RuntimeOptions) {
    this.#options = options;
    const poller = new Poller();
    const processes = processesOptions();
    const { log, logAddressChanges } = options.setup;
    this.#configurations = part;
    this.#checker = new CheckerProcess(part, part.overrides);
    this.#world = new CheckerWorld(poller, {
      log: options.log,
      processes,
      prober: new Prober(poller, { processes, concurrency: concurrentProbes() }),
      detail: log.detail,
      deliver: input => this.#driver.deliver(input),
      sendMail: options.sendMail,
      stopped: options.stopped,
    });
    this.#driver = new Driver(poller, {
      engine: this.#engine(),
      execute: effect => this.#execute(effect),
      precedence: effect => (effect.type === 'stopped' ? 'last' : 'first'),
      now,
      ...(logAddressChanges && { observe: (_now: Instant, input: RuntimeInput) => this.#logAddresses(input) }),
    });
    for (const state of part.instanceStates) this.#driver.deliver({ type: 'vrrp-state', ...state });
    for (const { session, up } of part.sessionStates) this.#driver.deliver({ type: 'bfd-state', session, up });
  }

  start(): void {
    for (const effect of this.#checker.start()) this.#execute(effect);
    this.#world.start();
  }

  reload(_daemon: DaemonConfiguration, configuration: CheckerPart): void {
    this.#configurations = configuration;
    this.#driver.deliver({ type: 'reload', configuration });
  }

  stop(): void {
    this.#driver.deliver({ type: 'stop' });
  }

  close(): void {
    this.#driver.close();
    this.#world.close();
  }

  hear(message: CheckerMessage | SessionMessage): void {
    if (message.type === 'server-word') this.#driver.deliver(message);
    else if (message.type === 'session-state') {
      const { session, up } = message.state;
      this.#driver.deliver({ type: 'bfd-state', session, up });
    } else this.#driver.deliver({ type: 'vrrp-state', ...message.state });
  }

  status(service: string | undefined): Portions {
    const question = {
      only: service,
      connections: (asked: Service) => this.#connectionsOf(asked, service !== undefined),
    };
    return healthPortions(this.#checker, now(), Date.now(), question);
  }

  report(meaning: SignalMeaning, { names }: ChildSetup): Report | undefined {
    if (meaning !== 'dump') return undefined;
    const text = renderCheckData(this.#configurations, checkDataOf(this.#checker, now(), Date.now()));
    return { what: 'checker data', file: names.checker.dump, text };
  }

  /** What the kernel counts; it is asked about a service that somebody looks at, or drains a server of. */
  #connectionsOf({ pool }: Service, isLookedAt: boolean): ReadonlyMap<string, ConnectionCount> | undefined {
    const { configuration, members } = pool;
    const isWanted = isLookedAt || members.some(({ override }) => override === 'drain');
    if (!isWanted || configuration.keys.length > mostServicesCounted) return undefined;
    const counted: { key: IpvsServiceKey; loads: readonly IpvsLoad[] }[] = [];
    for (const key of configuration.keys) {
      const loads = this.#world.loads(key);
      if (!loads) return undefined;
      counted.push({ key, loads });
    }
    return connectionCounts(configuration, counted);
  }

  #execute(effect: CheckerEffect): void {
    // What checks is worth optimizing.
    if (effect.type === 'start-probe' && this.#optimizeAsUsual) {
      this.#optimizeAsUsual();
      this.#optimizeAsUsual = undefined;
    }
    this.#world.execute(effect);
  }

  #engine(): Engine<RuntimeInput, CheckerEffect> {
    const checker = this.#checker;
    return {
      handle: (instant, input) => {
        switch (input.type) {
          case 'reload':
            return checker.reload(instant, input.configuration);
          case 'stop':
            return checker.stop(instant, this.#options.setup.keepAtStop);
          case 'server-word': {
            const { service, word, ...server } = input.word;
            // A server that a reload has just taken away needs no word any more.
            return checker.override(instant, service, server, word) ?? [];
          }
          default:
            return checker.handle(instant, input);
        }
      },
      advance: instant => {
        const deadline = checker.nextDeadline();
        const text = this.#lateness.woke(instant, deadline, noteworthy);
        if (text !== undefined) this.#options.log.write('warning', text);
        this.#options.woke(instant, deadline);
        return checker.advance(instant);
      },
      nextDeadline: () => checker.nextDeadline(),
    };
  }

  #logAddresses(input: RuntimeInput): void {
    if (input.type !== 'address-added' && input.type !== 'address-removed') return;
    const what = input.type === 'address-added' ? 'added' : 'removed';
    this.#options.log.write('info', `Netlink reflector reports IP ${input.address.address} ${what}`);
  }
}

/** As many as this process may have descriptors for. */
function concurrentProbes(): number {
  const limit = Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? 1_024);
  return Math.max(1, Math.min(mostProbes, limit - spareDescriptors));
}
