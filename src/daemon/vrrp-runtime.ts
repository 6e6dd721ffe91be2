import type { Duration } from '../base/duration.ts';
import type { Instant } from '../base/instant.ts';
import type { Configuration } from '../engine/configuration.ts';
import { rehearse } from '../engine/rehearsal.ts';
import { VrrpProcess } from '../engine/vrrp-process.ts';
import { now } from '../linux/clock.ts';
import { Driver } from '../linux/driver.ts';
import { Poller } from '../linux/poller.ts';
import { VrrpWorld } from '../linux/vrrp-world.ts';
import type { Log } from '../ports/log.ts';
import type { InterfaceAddress } from '../ports/network.ts';
import type { Engine, VrrpEffect, VrrpInput } from '../ports/vrrp-world.ts';
import { snapshotOf, type VrrpSnapshot } from '../status/vrrp-snapshot.ts';
import type { VrrpConfiguration } from '../vrrp/configuration.ts';
import { LatenessReport, noteworthyLateness } from './lateness-report.ts';
import { processesOptions } from './lifecycle-script.ts';
import { receiveBufferBytes } from './receive-buffer.ts';

/** Takeovers played before the first real one: enough for Node to compile what it first interprets. */
const rehearsals = 30;

/** What the daemon tells the engine, in one queue with what the kernel tells it. */
type Command = { readonly type: 'reload'; readonly configuration: VrrpConfiguration } | { readonly type: 'stop' };
type RuntimeInput = VrrpInput | Command;

export interface RuntimeOptions {
  readonly log: Log;
  readonly detail: boolean;
  readonly keepAddresses: boolean;
  readonly logAddressChanges: boolean;
  /** The hand-over is done. */
  readonly stopped: () => void;
}

/** The VRRP engine on the kernel. */
export class VrrpRuntime {
  readonly #options: RuntimeOptions;
  readonly #vrrp: VrrpProcess;
  readonly #world: VrrpWorld;
  readonly #driver: Driver<RuntimeInput, VrrpEffect>;
  readonly #lateness = new LatenessReport();
  #noteworthy: Duration;
  #stopping = false;

  /** Throws KernelError if the sockets cannot be opened. */
  constructor(configuration: Configuration, options: RuntimeOptions) {
    this.#options = options;
    const { daemon, vrrp } = configuration;
    const poller = new Poller();
    this.#noteworthy = noteworthyLateness(vrrp.instances);
    this.#vrrp = new VrrpProcess(vrrp, {
      detail: options.detail,
      receiveBufferBytes: receiveBufferBytes(daemon.vrrpReceiveBuffer, vrrp.instances),
    });
    this.#world = new VrrpWorld(poller, {
      log: options.log,
      processes: processesOptions(),
      deliver: (input, at) => this.#driver.deliver(input, at),
      stopped: options.stopped,
      monitorReceiveBufferBytes: daemon.vrrpNetlinkMonitorBuffer.bytes,
      requestReceiveBufferBytes: daemon.vrrpNetlinkCommandBuffer.bytes,
    });
    this.#driver = new Driver(poller, {
      engine: this.#engine(),
      execute: effect => this.#execute(effect),
      precedence: effect => (effect.type === 'log' ? 'later' : effect.type === 'stopped' ? 'last' : 'first'),
      now,
      ...(options.logAddressChanges && { observe: (_now: Instant, input: RuntimeInput) => this.#logAddresses(input) }),
    });
  }

  start(): void {
    rehearse(this.#vrrp.configuration, rehearsals);
    this.#world.start();
  }

  reload(configuration: VrrpConfiguration): void {
    this.#noteworthy = noteworthyLateness(configuration.instances);
    this.#driver.deliver({ type: 'reload', configuration });
  }

  stop(): void {
    this.#stopping = true;
    this.#driver.deliver({ type: 'stop' });
  }

  snapshot(): VrrpSnapshot {
    return snapshotOf(this.#vrrp, now(), Date.now() * 1_000);
  }

  clearCounters(): void {
    this.#vrrp.clearCounters();
  }

  close(): void {
    this.#driver.close();
    this.#world.close();
  }

  #engine(): Engine<RuntimeInput, VrrpEffect> {
    const vrrp = this.#vrrp;
    return {
      handle: (instant, input) => {
        if (input.type === 'reload') return vrrp.reload(instant, input.configuration);
        if (input.type === 'stop') return vrrp.stop(instant);
        return vrrp.handle(instant, input);
      },
      advance: instant => {
        const text = this.#lateness.woke(instant, vrrp.nextDeadline(), this.#noteworthy);
        if (text !== undefined) this.#options.log.write('warning', text);
        return vrrp.advance(instant);
      },
      nextDeadline: () => vrrp.nextDeadline(),
    };
  }

  #execute(effect: VrrpEffect): void {
    if (this.#stopping && this.#options.keepAddresses && effect.type === 'change-addresses') {
      // -V: the peers are told, the addresses stay for whoever comes next.
      this.#driver.deliver({ type: 'addresses-changed', batch: effect.batch, errors: [] });
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
