import { seconds, zero } from '../base/duration.ts';
import { earliest, type Instant, instantFromMicroseconds } from '../base/instant.ts';
import { type IpAddress, parseIpAddress } from '../base/ip-address.ts';
import { parseMacAddress } from '../base/mac-address.ts';
import type { InterfaceAddress, Link } from '../ports/network.ts';
import type { VrrpEffect } from '../ports/vrrp-world.ts';
import type { VirtualRouterConfiguration, VrrpConfiguration } from '../vrrp/configuration.ts';
import { VrrpProcess } from './vrrp-process.ts';

const linkIndex = 1;
/** Deadlines that pass while the machines hear each other: one is master, then. */
const stepsTogether = 40;
/** Deadlines that pass while they do not: enough for a takeover and its announcements. */
const stepsApart = 20;

/** What a rehearsal amounted to. */
export interface Rehearsal {
  readonly takeovers: number;
  readonly adverts: number;
}

/**
 * Plays takeovers between two machines in memory, for one virtual router of each kind that is configured. A JavaScript
 * engine interprets what it runs for the first time, and a backup's first takeover would come most of a millisecond late
 * for that alone. Nothing outside sees any of it.
 */
export function rehearse(configuration: VrrpConfiguration, rounds: number): Rehearsal {
  const kinds = new Map<string, VirtualRouterConfiguration>();
  for (const instance of configuration.instances)
    kinds.set(`${instance.family} ${instance.version} ${instance.destination.type}`, instance);
  let takeovers = 0;
  let adverts = 0;
  for (const model of kinds.values()) {
    const stage = new Stage(configuration, model);
    for (let round = 0; round < rounds; round++) {
      stage.play(stepsTogether, true);
      stage.play(stepsApart, false);
    }
    takeovers += stage.takeovers;
    adverts += stage.adverts;
  }
  return { takeovers, adverts };
}

/** Two machines that differ in their addresses only. */
class Stage {
  readonly #machines: readonly VrrpProcess[];
  #now: Instant = instantFromMicroseconds(0);
  #connected = true;
  takeovers = 0;
  adverts = 0;

  constructor(configuration: VrrpConfiguration, model: VirtualRouterConfiguration) {
    const rehearsed = configurationOf(configuration, model);
    this.#machines = [1, 2].map(() => new VrrpProcess(rehearsed, { detail: false, receiveBufferBytes: undefined }));
    this.#machines.forEach((machine, number) => {
      this.#execute(
        machine,
        machine.handle(this.#now, {
          type: 'resynchronised',
          links: [linkOf(model)],
          addresses: addressesOf(number + 1),
          forwardingLinks: [],
        }),
      );
    });
  }

  /** Lets a number of deadlines pass. */
  play(steps: number, connected: boolean): void {
    this.#connected = connected;
    for (let step = 0; step < steps; step++) {
      const next = this.#machines.map(machine => machine.nextDeadline()).reduce(earliest);
      if (next === undefined) return;
      this.#now = next > this.#now ? next : this.#now;
      for (const machine of this.#machines) {
        const deadline = machine.nextDeadline();
        if (deadline !== undefined && deadline <= this.#now) this.#execute(machine, machine.advance(this.#now));
      }
    }
  }

  #execute(machine: VrrpProcess, effects: readonly VrrpEffect[]): void {
    const answers: (readonly VrrpEffect[])[] = [];
    // A machine gives its effects in a list that it uses again.
    for (const effect of [...effects]) {
      if (effect.type === 'send-packet') this.#carry(machine, effect);
      else if (effect.type === 'change-addresses') {
        if (effect.operation === 'add') this.takeovers += 1;
        answers.push([...machine.handle(this.#now, { type: 'addresses-changed', batch: effect.batch, errors: [] })]);
      } else if (effect.type === 'run-script') {
        const outcome = { type: 'exited', status: 0 } as const;
        answers.push([...machine.handle(this.#now, { type: 'script-ended', run: effect.run, outcome })]);
      }
    }
    for (const answer of answers) this.#execute(machine, answer);
  }

  #carry(from: VrrpProcess, packet: Extract<VrrpEffect, { type: 'send-packet' }>): void {
    this.adverts += 1;
    if (!this.#connected) return;
    const to = this.#machines.find(machine => machine !== from)!;
    const { channel, source, destination, ttl, payload } = packet;
    const effects = to.handle(this.#now, {
      type: 'packet-received',
      channel,
      linkIndex,
      source,
      destination,
      ttl: ttl ?? 255,
      payload,
    });
    this.#execute(to, [...effects]);
  }
}

/** The configured router without what would keep it from a takeover: other routers, trackers, delays. */
function configurationOf(configuration: VrrpConfiguration, model: VirtualRouterConfiguration): VrrpConfiguration {
  const destination =
    model.destination.type === 'unicast' ? { ...model.destination, checkSource: false } : model.destination;
  return {
    global: { ...configuration.global, startupDelay: zero },
    scripts: [],
    files: [],
    processes: [],
    syncGroups: [],
    instances: [
      {
        ...model,
        interface: interfaceOf(model),
        priority: 100,
        initialState: 'backup',
        preemptDelay: zero,
        source: undefined,
        trackSource: false,
        destination,
        trackInterfaces: [],
        dependsOnInterfaces: [],
        trackScripts: [],
        trackBfd: [],
        trackFiles: [],
        trackProcesses: [],
        advertisementInterval: seconds(1),
        addresses: model.addresses.slice(0, 1),
        excludedAddresses: [],
        routes: [],
        rules: [],
      },
    ],
  };
}

function interfaceOf(model: VirtualRouterConfiguration): string {
  return model.interface ?? 'rehearsal';
}

function linkOf(model: VirtualRouterConfiguration): Link {
  return {
    index: linkIndex,
    name: interfaceOf(model),
    adminUp: true,
    running: true,
    loopback: false,
    mtu: 1_500,
    mac: parseMacAddress('02:00:00:00:00:01'),
    multicast: true,
    noArp: false,
  };
}

function addressesOf(number: number): readonly InterfaceAddress[] {
  const flags = { deprecated: false, tentative: false, dadFailed: false, secondary: false };
  const found = [`192.0.2.${number}`, `fe80::${number}`].map(text => parseIpAddress(text) as IpAddress);
  return found.map((address, place) => ({
    linkIndex,
    address,
    prefixLength: place === 0 ? 24 : 64,
    scope: place === 0 ? 0 : 253,
    flags,
  }));
}
