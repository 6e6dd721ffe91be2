import { type Duration, microseconds, milliseconds, zero } from '../base/duration.ts';
import { after, earliest, type Instant, instantFromMicroseconds } from '../base/instant.ts';
import { ip } from '../base/ip-address.testkit.ts';
import { familyOf, type IpAddress, isMulticast } from '../base/ip-address.ts';
import { routeKey } from '../netlink/route-route.ts';
import { ruleKey } from '../netlink/route-rule.ts';
import { interfaceAddress, link } from '../ports/network.testkit.ts';
import type { AddressRequest, InterfaceAddress, Link } from '../ports/network.ts';
import type { ScriptOutcome } from '../ports/script.ts';
import type { VrrpEffect, VrrpInput } from '../ports/vrrp-world.ts';
import type { VrrpConfiguration } from '../vrrp/configuration.ts';
import { virtualAddress } from '../vrrp/router.testkit.ts';
import { VrrpProcess } from './vrrp-process.ts';

export const at = (time: Duration): Instant => after(instantFromMicroseconds(0), time);

interface Scheduled {
  readonly at: Instant;
  readonly order: number;
  readonly run: () => void;
}

/** Several engines on one link, with a clock that moves only when told to. */
export class TestSegment {
  now: Instant = at(zero);
  readonly nodes: TestNode[] = [];
  readonly latency: Duration = microseconds(100);
  #scheduled: Scheduled[] = [];
  #order = 0;

  node(
    name: string,
    configured: VrrpConfiguration,
    address: string,
    rest: { links?: readonly Link[]; leftOver?: readonly string[] } = {},
  ): TestNode {
    const node = new TestNode(this, name, configured, address, rest.links ?? [link(2, 'eth0')], rest.leftOver ?? []);
    this.nodes.push(node);
    return node;
  }

  schedule(delay: Duration, run: () => void): void {
    this.#scheduled.push({ at: after(this.now, delay), order: this.#order++, run });
  }

  /** Lets this much time pass, running everything that falls due, in order. */
  pass(span: Duration): void {
    const end = after(this.now, span);
    for (let turns = 0; ; turns++) {
      if (turns > 1_000_000) throw new Error('the engines never come to rest');
      let next: Instant | undefined;
      for (const event of this.#scheduled) next = earliest(next, event.at);
      for (const node of this.nodes) next = earliest(next, node.nextDeadline());
      if (next === undefined || next > end) break;
      if (next > this.now) this.now = next;
      const due = this.#scheduled
        .filter(event => event.at <= this.now)
        .sort((a, b) => a.at - b.at || a.order - b.order);
      this.#scheduled = this.#scheduled.filter(event => event.at > this.now);
      for (const event of due) event.run();
      for (const node of this.nodes) node.advance();
    }
    this.now = end;
  }

  deliver(from: TestNode, packet: VrrpEffect & { type: 'send-packet' }): void {
    for (const node of this.nodes) {
      if (node === from || !from.connected || !node.connected) continue;
      const family = familyOf(packet.destination);
      if (!isMulticast(packet.destination) && !node.owns(packet.destination)) continue;
      this.schedule(this.latency, () => {
        if (node.connected) {
          node.receive({
            type: 'packet-received',
            channel: `${family}:eth0`,
            linkIndex: 2,
            source: packet.source,
            destination: packet.destination,
            ttl: packet.ttl ?? 64,
            payload: packet.payload,
          });
        }
      });
    }
  }
}

/** One machine: an engine over a kernel that obeys. */
export class TestNode {
  readonly name: string;
  readonly engine: VrrpProcess;
  /** false: isolated with its carrier up. */
  connected = true;
  alive = true;
  readonly logs: string[] = [];
  /** Everything but log lines, with the instant. */
  readonly effects: { readonly at: Instant; readonly effect: VrrpEffect }[] = [];
  /** Commands of notification and track scripts as started. */
  readonly started: string[] = [];
  readonly held = new Map<string, AddressRequest>();
  /** Routes and rules as JSON. */
  readonly routing = new Set<string>();
  /** An errno name for routes and rules that the kernel refuses. */
  refuseRouting: (request: string) => string | undefined = () => undefined;
  /** What a script does; undefined lets it hang. */
  outcomeOf: (text: string) => ScriptOutcome | undefined = () => ({ type: 'exited', status: 0 });
  /** Whether the world looks at files, which say 0, and processes, of which one runs, when it is asked to. */
  looks = true;
  /** An errno name for requests that the kernel refuses. */
  refuse: (request: AddressRequest, operation: 'add' | 'remove') => string | undefined = () => undefined;
  readonly #segment: TestSegment;
  readonly #own: InterfaceAddress[];

  constructor(
    segment: TestSegment,
    name: string,
    configured: VrrpConfiguration,
    address: string,
    links: readonly Link[],
    leftOver: readonly string[],
  ) {
    this.name = name;
    this.#segment = segment;
    this.engine = new VrrpProcess(configured, { detail: true, receiveBufferBytes: undefined });
    const family = familyOf(ip(address));
    this.#own = links.map(({ index }) => interfaceAddress(index, `${address}/${family === 4 ? 24 : 64}`));
    for (const text of leftOver) {
      const request = { linkIndex: 2, ...virtualAddress(text) };
      this.held.set(`2 ${request.address}/${request.prefixLength}`, request);
    }
    const found = [...this.held.values()].map(request =>
      interfaceAddress(2, `${request.address}/${request.prefixLength}`),
    );
    this.receive({ type: 'resynchronised', links, addresses: [...this.#own, ...found], forwardingLinks: [] });
  }

  owns(address: IpAddress): boolean {
    return this.#own.some(own => own.address === address);
  }

  get states(): Record<string, string> {
    return Object.fromEntries(this.engine.instances.map(({ name, machine }) => [name, machine.state.type]));
  }

  state(name = 'VI_1'): string | undefined {
    return this.states[name];
  }

  get addresses(): readonly string[] {
    return [...this.held.values()].map(({ address }) => address);
  }

  /** Adverts sent so far: [instant, priority]. */
  get adverts(): readonly { readonly at: Instant; readonly priority: number; readonly payload: Uint8Array }[] {
    return this.effects.flatMap(({ at, effect }) =>
      effect.type === 'send-packet' ? [{ at, priority: effect.payload[2]!, payload: effect.payload }] : [],
    );
  }

  nextDeadline(): Instant | undefined {
    return this.alive ? this.engine.nextDeadline() : undefined;
  }

  receive(input: VrrpInput): void {
    if (this.alive) this.perform(this.engine.handle(this.#segment.now, input));
  }

  advance(): void {
    const deadline = this.nextDeadline();
    if (deadline !== undefined && deadline <= this.#segment.now) this.perform(this.engine.advance(this.#segment.now));
  }

  stop(): void {
    this.perform(this.engine.stop(this.#segment.now));
  }

  reload(next: VrrpConfiguration): void {
    this.perform(this.engine.reload(this.#segment.now, next));
  }

  perform(effects: readonly VrrpEffect[]): void {
    for (const effect of effects) {
      if (effect.type === 'log') {
        this.logs.push(effect.text);
        continue;
      }
      this.effects.push({ at: this.#segment.now, effect });
      if (effect.type === 'send-packet') this.#segment.deliver(this, effect);
      else if (effect.type === 'change-addresses') this.#change(effect);
      else if (effect.type === 'change-routes' || effect.type === 'change-rules') this.#route(effect);
      else if (effect.type === 'run-script') this.#start(effect);
      else if (effect.type === 'watch-files' || effect.type === 'watch-processes') this.#look(effect);
    }
  }

  #change({ batch, operation, addresses }: VrrpEffect & { type: 'change-addresses' }): void {
    const errors: { place: number; error: string }[] = [];
    const notices: VrrpInput[] = [];
    addresses.forEach((request, place) => {
      const key = `${request.linkIndex} ${request.address}/${request.prefixLength}`;
      const present = this.held.has(key);
      const error =
        this.refuse(request, operation) ??
        (operation === 'add' && present ? 'EEXIST' : operation === 'remove' && !present ? 'EADDRNOTAVAIL' : undefined);
      if (error) {
        errors.push({ place, error });
        return;
      }
      if (operation === 'add') this.held.set(key, request);
      else this.held.delete(key);
      const address = interfaceAddress(request.linkIndex, `${request.address}/${request.prefixLength}`);
      notices.push({ type: operation === 'add' ? 'address-added' : 'address-removed', address });
    });
    this.#segment.schedule(microseconds(50), () => this.receive({ type: 'addresses-changed', batch, errors }));
    for (const notice of notices) this.#segment.schedule(microseconds(60), () => this.receive(notice));
  }

  #route(effect: VrrpEffect & { type: 'change-routes' | 'change-rules' }): void {
    const { batch, operation } = effect;
    const errors: { place: number; error: string }[] = [];
    const notices: VrrpInput[] = [];
    const isRoute = effect.type === 'change-routes';
    const change = (place: number, request: string, key: string): void => {
      const present = this.routing.has(request);
      const error =
        operation === 'add'
          ? (this.refuseRouting(request) ?? (present ? 'EEXIST' : undefined))
          : present
            ? undefined
            : 'ESRCH';
      if (error !== undefined) errors.push({ place, error });
      else if (operation === 'add') this.routing.add(request);
      else {
        this.routing.delete(request);
        notices.push({ type: 'routing-removed', kind: isRoute ? 'route' : 'rule', key });
      }
    };
    const keyed = isRoute
      ? effect.routes.map(route => [JSON.stringify(route), routeKey(route)] as const)
      : effect.rules.map(rule => [JSON.stringify(rule), ruleKey(rule)] as const);
    for (const [place, [request, key]] of keyed.entries()) change(place, request, key);
    this.#segment.schedule(microseconds(50), () => this.receive({ type: 'routing-changed', batch, errors }));
    for (const notice of notices) this.#segment.schedule(microseconds(60), () => this.receive(notice));
  }

  #look(effect: VrrpEffect & { type: 'watch-files' | 'watch-processes' }): void {
    const answers: VrrpInput[] =
      effect.type === 'watch-files'
        ? effect.files.map(file => ({ type: 'file-value', file, value: 0 }))
        : effect.processes.map(({ name }) => ({ type: 'process-count', process: name, count: 1 }));
    this.#segment.schedule(microseconds(10), () => {
      if (this.looks) for (const answer of answers) this.receive(answer);
    });
  }

  #start({ run, script: { text }, extraArguments }: VrrpEffect & { type: 'run-script' }): void {
    this.started.push([text, ...extraArguments].join(' '));
    const outcome = this.outcomeOf(text);
    if (outcome) this.#segment.schedule(milliseconds(1), () => this.receive({ type: 'script-ended', run, outcome }));
  }
}
