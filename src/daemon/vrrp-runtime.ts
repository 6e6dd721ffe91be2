import type { Duration } from '../base/duration.ts';
import type { Instant } from '../base/instant.ts';
import type { DaemonConfiguration } from '../engine/configuration.ts';
import type { VrrpStep } from '../engine/recording-step.ts';
import { rehearse } from '../engine/rehearsal.ts';
import { VrrpProcess } from '../engine/vrrp-process.ts';
import { now } from '../linux/clock.ts';
import { Driver } from '../linux/driver.ts';
import { Poller } from '../linux/poller.ts';
import { VrrpWorld } from '../linux/vrrp-world.ts';
import type { InterfaceAddress } from '../ports/network.ts';
import type { Engine, VrrpEffect, VrrpInput } from '../ports/vrrp-world.ts';
import { renderData } from '../status/data-text.ts';
import { renderJson } from '../status/json.ts';
import { renderStatistics } from '../status/statistics-text.ts';
import { snapshotOf, type VrrpSnapshot } from '../status/vrrp-snapshot.ts';
import { vrrpStatusOf } from '../status/vrrp-status.ts';
import type { VrrpConfiguration } from '../vrrp/configuration.ts';
import type { ChildRuntime, Report, RuntimeOptions } from './child.ts';
import type { CheckerMessage, ChildSetup, SessionMessage, VrrpPart, WrittenRecording } from './child-messages.ts';
import { beforeCrash } from './crash.ts';
import { FlightRecorder } from './flight-recorder.ts';
import { FollowedInstances } from './followed-instances.ts';
import { LatenessReport, noteworthyLateness } from './lateness-report.ts';
import { processesOptions } from './lifecycle-script.ts';
import { receiveBufferBytes } from './receive-buffer.ts';
import type { SignalMeaning } from './signals.ts';

/** Takeovers played before the first real one: enough for Node to compile what it first interprets. */
const rehearsals = 30;

/** What no peer and no neighbour waits for. */
const canWait: ReadonlySet<VrrpEffect['type']> = new Set(['log', 'send-mail', 'write-fifos']);

/** What the daemon tells the engine, in one queue with what the kernel tells it. */
type Command = { readonly type: 'reload'; readonly configuration: VrrpConfiguration } | { readonly type: 'stop' };
type RuntimeInput = VrrpInput | Command;

const advance: VrrpStep = { type: 'advance' };
const clearCounters: VrrpStep = { type: 'clear-counters' };

/** The VRRP engine on the kernel. */
export class VrrpRuntime implements ChildRuntime<VrrpPart> {
  readonly #options: RuntimeOptions;
  readonly #vrrp: VrrpProcess;
  readonly #world: VrrpWorld;
  readonly #driver: Driver<RuntimeInput, VrrpEffect>;
  readonly #lateness = new LatenessReport(worst => `The VRRP process woke ${worst}: its adverts were late, too`);
  readonly #followed = new FollowedInstances();
  readonly #recorder: FlightRecorder;
  #jsonVersion: 1 | 2;
  #noteworthy: Duration;
  #stopping = false;
  #lookScheduled = false;

  /** Throws KernelError if the sockets cannot be opened. */
  constructor(
    daemon: DaemonConfiguration,
    { vrrp, reportedInstances, sessionStates }: VrrpPart,
    options: RuntimeOptions,
  ) {
    this.#options = options;
    this.#jsonVersion = daemon.jsonVersion;
    this.#followed.follow(reportedInstances);
    const { log, logAddressChanges } = options.setup;
    const poller = new Poller();
    this.#noteworthy = noteworthyLateness(vrrp.instances);
    const processOptions = {
      detail: log.detail,
      receiveBufferBytes: receiveBufferBytes(daemon.vrrpReceiveBuffer, vrrp.instances),
    };
    this.#vrrp = new VrrpProcess(vrrp, processOptions);
    this.#recorder = new FlightRecorder({ vrrp: this.#vrrp, processOptions, log: options.log, now });
    this.#recorder.enable(daemon.flightRecorder);
    beforeCrash(reason => this.#recorder.writeNow(options.setup.names.crashRecording, reason));
    this.#world = new VrrpWorld(poller, {
      log: options.log,
      processes: processesOptions(),
      deliver: (input, at) => this.#driver.deliver(input, at),
      sendMail: options.sendMail,
      stopped: options.stopped,
      monitorReceiveBufferBytes: daemon.vrrpNetlinkMonitorBuffer.bytes,
      requestReceiveBufferBytes: daemon.vrrpNetlinkCommandBuffer.bytes,
    });
    this.#driver = new Driver(poller, {
      engine: this.#engine(),
      execute: effect => this.#execute(effect),
      precedence: effect => (canWait.has(effect.type) ? 'later' : effect.type === 'stopped' ? 'last' : 'first'),
      now,
      warmUp: () => this.#world.warmUp(),
      ...(logAddressChanges && { observe: (_now: Instant, input: RuntimeInput) => this.#logAddresses(input) }),
    });
    for (const { session, up } of sessionStates) this.#driver.deliver({ type: 'bfd-state', session, up });
  }

  start(): void {
    rehearse(this.#vrrp.configuration, rehearsals);
    this.#world.start();
  }

  reload(daemon: DaemonConfiguration, { vrrp, reportedInstances }: VrrpPart): void {
    this.#jsonVersion = daemon.jsonVersion;
    this.#noteworthy = noteworthyLateness(vrrp.instances);
    this.#followed.follow(reportedInstances);
    this.#recorder.enable(daemon.flightRecorder);
    this.#driver.deliver({ type: 'reload', configuration: vrrp });
  }

  stop(): void {
    this.#stopping = true;
    this.#driver.deliver({ type: 'stop' });
  }

  status(): readonly string[] {
    return [JSON.stringify(vrrpStatusOf(this.#snapshot()))];
  }

  hear(message: CheckerMessage | SessionMessage): void {
    if (message.type !== 'session-state') return;
    const { session, up } = message.state;
    this.#driver.deliver({ type: 'bfd-state', session, up });
  }

  async record({ names }: ChildSetup): Promise<WrittenRecording> {
    const written = await this.#recorder.write(names.recording, 'request');
    return { file: written ? names.recording : undefined };
  }

  report(meaning: SignalMeaning, { names }: ChildSetup): Report | undefined {
    switch (meaning) {
      case 'dump':
        void this.#recorder.write(names.recording, 'signal');
        return { what: 'VRRP data', file: names.vrrp.dump, text: renderData(this.#snapshot()) };
      case 'json':
        return { what: 'VRRP as json', file: names.json, text: renderJson(this.#snapshot(), this.#jsonVersion) };
      case 'statistics':
        return { what: 'VRRP stats', file: names.statistics, text: renderStatistics(this.#snapshot()) };
      case 'statistics-clear': {
        const text = renderStatistics(this.#snapshot());
        this.#recorder.step(now(), clearCounters);
        return { what: 'and clearing VRRP stats', file: names.statistics, text };
      }
      default:
        return undefined;
    }
  }

  close(): void {
    this.#driver.close();
    this.#world.close();
  }

  #snapshot(): VrrpSnapshot {
    return snapshotOf(this.#vrrp, now(), Date.now() * 1_000);
  }

  #engine(): Engine<RuntimeInput, VrrpEffect> {
    const vrrp = this.#vrrp;
    const recorder = this.#recorder;
    return {
      handle: (instant, input) => {
        this.#lookLater();
        return recorder.step(instant, input);
      },
      advance: instant => {
        const deadline = vrrp.nextDeadline();
        const text = this.#lateness.woke(instant, deadline, this.#noteworthy);
        if (text !== undefined) this.#options.log.write('warning', text);
        this.#options.woke(instant, deadline);
        this.#lookLater();
        return recorder.step(instant, advance);
      },
      nextDeadline: () => vrrp.nextDeadline(),
    };
  }

  /** Whoever follows an instance is told on the loop's next turn: adverts do not wait for it. */
  #lookLater(): void {
    if (this.#lookScheduled || !this.#followed.any) return;
    this.#lookScheduled = true;
    setImmediate(() => {
      this.#lookScheduled = false;
      for (const state of this.#followed.changed(this.#vrrp)) this.#options.instanceState(state);
    });
  }

  #execute(effect: VrrpEffect): void {
    if (this.#stopping && this.#options.setup.keepAtStop && isKernelChange(effect)) {
      // -V: the peers are told, addresses, routes and rules stay for whoever comes next.
      const type = effect.type === 'change-addresses' ? 'addresses-changed' : 'routing-changed';
      this.#driver.deliver({ type, batch: effect.batch, errors: [] });
      return;
    }
    this.#world.execute(effect);
  }

  #logAddresses(input: RuntimeInput): void {
    const say = (address: InterfaceAddress, what: string): void => {
      const name = this.#vrrp.network.link(address.linkIndex)?.name ?? `interface ${address.linkIndex}`;
      this.#options.log.write('info', `Netlink reflector reports IP ${address.address} ${what} ${name}`);
    };
    if (input.type === 'address-added') say(input.address, 'added to');
    if (input.type === 'address-removed') say(input.address, 'removed from');
  }
}

function isKernelChange(
  effect: VrrpEffect,
): effect is VrrpEffect & { readonly type: 'change-addresses' | 'change-routes' | 'change-rules' } {
  return effect.type === 'change-addresses' || effect.type === 'change-routes' || effect.type === 'change-rules';
}
