import fc from 'fast-check';
import { milliseconds, seconds, zero } from '../base/duration.ts';
import type { Instant } from '../base/instant.ts';
import { ip } from '../base/ip-address.testkit.ts';
import { interfaceAddress, link } from '../ports/network.testkit.ts';
import type { VrrpEffect, VrrpInput } from '../ports/vrrp-world.ts';
import type {
  TrackProcessConfiguration,
  VirtualRouterConfiguration,
  VrrpConfiguration,
} from '../vrrp/configuration.ts';
import { configuration, router, script, syncGroup, trackScript, virtualAddress } from '../vrrp/router.testkit.ts';
import { mailSettings } from './mails.testkit.ts';
import type { VrrpStep } from './recording-step.ts';
import { type TestNode, TestSegment } from './vrrp-process.testkit.ts';
import type { VrrpProcess } from './vrrp-process.ts';

export const password = new TextEncoder().encode('geheim42');

const variants = 5;
export const variantOf = fc.nat(variants - 1);

/** Configurations of one machine between which it may be reloaded; they use everything that an instance can have. */
export function variant(number: number, priority: number): VrrpConfiguration {
  const many = Array.from({ length: number === 1 ? 130 : 3 }, (_, place) =>
    virtualAddress(`192.0.2.${100 + place}`, number === 2 ? { label: 'eth0:1' } : {}),
  );
  const notify = {
    ...router().notify,
    mail: true,
    generic: script('/notify'),
    masterReceivedLowerPriority: script('/lower'),
  };
  const v1: Partial<VirtualRouterConfiguration> = {
    name: number === 3 ? 'VI_RENAMED' : 'VI_1',
    vrid: 51,
    priority,
    authentication: { type: 'password', bytes: password },
    addresses: many,
    notify,
    preemptDelay: number === 0 ? seconds(2) : zero,
    trackScripts: [{ script: 'chk', weight: -30, reverse: false }],
    trackBfd: [{ session: 'peer', weight: 20, reverse: false }],
    trackFiles: [{ file: 'load', weight: -2, reverse: false }],
    garp: { ...router().garp, masterRefresh: seconds(number) },
  };
  const v2: Partial<VirtualRouterConfiguration> = {
    name: 'VI_2',
    vrid: 52,
    version: 3,
    priority,
    preempt: number !== 4,
    advertisementInterval: milliseconds(number === 4 ? 300 : 200),
    addresses: [virtualAddress('192.0.2.240'), virtualAddress('192.0.2.241', { interface: 'eth1' })],
    excludedAddresses: [virtualAddress('2001:db8::1')],
    trackInterfaces: [{ interface: 'eth1', weight: 0, reverse: false }],
    notify,
  };
  const v3: Partial<VirtualRouterConfiguration> = {
    name: 'VI_3',
    vrid: 53,
    priority: Math.max(1, priority - 20),
    addresses: [virtualAddress('192.0.2.250')],
    trackScripts: [{ script: 'vital', weight: 0, reverse: false }],
    trackProcesses: [{ process: 'nginx', weight: number === 1 ? 0 : -10, reverse: false }],
  };
  const nginx: TrackProcessConfiguration = {
    name: 'nginx',
    pattern: { command: 'nginx', wholeCommand: false, parameters: { match: 'any' } },
    quorum: number === 3 ? 2 : 1,
    maximum: number === 4 ? 3 : undefined,
    forkDelay: milliseconds(number === 0 ? 300 : 0),
    terminateDelay: milliseconds(number * 100),
  };
  const routers = number === 2 ? [v2, v1] : [v1, v2, v3];
  const members = number === 2 ? ['VI_2'] : ['VI_2', 'VI_3'];
  const made = configuration(routers.map(router), {
    syncGroups: [syncGroup('G', members, notify)],
    scripts: [
      trackScript('chk', { rise: 2, fall: 2, interval: milliseconds(700) }),
      trackScript('vital', { timeout: milliseconds(number === 3 ? 200 : 900) }),
    ],
    files: [{ name: 'load', path: number === 3 ? '/run/other' : '/run/load' }],
    processes: number === 2 ? [] : [nginx],
  });
  const paced = { garpInterval: milliseconds(number === 1 ? 10 : 0), gnaInterval: milliseconds(5) };
  const global = { ...made.global, ...paced, startupDelay: seconds(number === 3 ? 1 : 0) };
  return { ...made, global, mails: { settings: mailSettings, faults: number !== 3 } };
}

/** What the world does to a machine besides letting time pass. */
type Deed =
  | { readonly type: 'pass'; readonly milliseconds: number }
  | { readonly type: 'input'; readonly input: VrrpInput }
  | { readonly type: 'connected'; readonly connected: boolean }
  | { readonly type: 'script'; readonly status: number | undefined }
  | { readonly type: 'refuse'; readonly refuse: boolean }
  | { readonly type: 'reload'; readonly variant: number }
  | { readonly type: 'clear' }
  | { readonly type: 'stop' };

const address = fc.constantFrom(
  interfaceAddress(2, '192.0.2.100/32'),
  interfaceAddress(2, '192.0.2.240/32'),
  interfaceAddress(2, '192.0.2.1/24'),
  interfaceAddress(2, '203.0.113.7/24'),
);
const input: fc.Arbitrary<VrrpInput> = fc.oneof(
  fc.record({ type: fc.constant('address-removed' as const), address }),
  fc.record({ type: fc.constant('address-added' as const), address }),
  fc.record({ type: fc.constant('bfd-state' as const), session: fc.constantFrom('peer', 'other'), up: fc.boolean() }),
  fc.record({
    type: fc.constant('file-value' as const),
    file: fc.constantFrom('/run/load', '/run/other'),
    value: fc.nat(9),
  }),
  fc.record({
    type: fc.constant('process-count' as const),
    process: fc.constantFrom('nginx', 'other'),
    count: fc.nat(4),
  }),
  fc
    .tuple(fc.constantFrom(2, 3), fc.boolean())
    .map(([index, running]) => ({ type: 'link-changed', link: link(index, `eth${index - 2}`, { running }) }) as const),
  fc.constant({ type: 'link-removed', index: 3 } as const),
  fc.constant({ type: 'link-changed', link: link(3, 'eth1') } as const),
  fc.constant({
    type: 'resynchronised',
    links: [link(2, 'eth0'), link(3, 'eth1')],
    addresses: [interfaceAddress(2, '192.0.2.1/24')],
    forwardingLinks: [2],
  } as const),
  fc.constantFrom(
    { type: 'send-failed', channel: '4:eth0', error: 'ENETDOWN' } as const,
    { type: 'channel-failed', channel: '4:eth0', error: 'ENODEV' } as const,
    { type: 'packet-malformed', channel: '4:eth0', reason: 'short' } as const,
    { type: 'addresses-changed', batch: 1, errors: [{ place: 0, error: 'EPERM' }] } as const,
    { type: 'script-ended', run: 1, outcome: { type: 'not-started', error: 'ENOENT' } } as const,
  ),
  fc.record({
    type: fc.constant('packet-received' as const),
    channel: fc.constant('4:eth0'),
    linkIndex: fc.constant(2),
    source: fc.constantFrom(ip('192.0.2.9'), ip('192.0.2.77')),
    destination: fc.constantFrom(ip('224.0.0.18'), ip('192.0.2.1')),
    ttl: fc.constantFrom(255, 64),
    payload: fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom(Uint8Array.of(0x31, 52, 250, 1, 0, 20, 0, 0, 192, 0, 2, 240), Uint8Array.of(0x21, 99, 100)),
    ),
  }),
);

export const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 8, arbitrary: fc.nat(2_500).map(span => ({ type: 'pass', milliseconds: span }) as const) },
  { weight: 6, arbitrary: input.map(each => ({ type: 'input', input: each }) as const) },
  { weight: 3, arbitrary: fc.boolean().map(connected => ({ type: 'connected', connected }) as const) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(0, 1, undefined).map(status => ({ type: 'script', status }) as const),
  },
  { weight: 1, arbitrary: fc.boolean().map(refuse => ({ type: 'refuse', refuse }) as const) },
  { weight: 2, arbitrary: variantOf.map(each => ({ type: 'reload', variant: each }) as const) },
  { weight: 1, arbitrary: fc.constant({ type: 'clear' } as const) },
);

/** Two machines on a link; what is done is done to the first. */
export class RandomRun {
  readonly segment = new TestSegment();
  readonly first: TestNode;
  readonly #priority: number;

  constructor(variantNumber: number, priority: number) {
    this.#priority = priority;
    const links = [link(2, 'eth0'), link(3, 'eth1')];
    this.first = this.segment.node('a', variant(variantNumber, priority), '192.0.2.1', { links });
    this.segment.node('b', variant(4, 110), '192.0.2.2', { links });
  }

  perform(next: Deed): void {
    const { first } = this;
    switch (next.type) {
      case 'pass':
        this.segment.pass(milliseconds(next.milliseconds));
        break;
      case 'input':
        first.receive(next.input);
        break;
      case 'connected':
        first.connected = next.connected;
        break;
      case 'script': {
        const { status } = next;
        first.outcomeOf = () => (status === undefined ? undefined : { type: 'exited', status });
        break;
      }
      case 'refuse':
        first.refuse = () => (next.refuse ? 'EPERM' : undefined);
        break;
      case 'reload':
        first.reload(variant(next.variant, this.#priority));
        break;
      case 'clear':
        first.engine.clearCounters();
        break;
      case 'stop':
        first.stop();
    }
  }
}

/** Tells of every step of an engine, before and after it. */
export function follow(
  engine: VrrpProcess,
  before: (now: Instant, step: VrrpStep) => void,
  after: (effects: readonly VrrpEffect[]) => void,
): void {
  let latest = 0 as Instant;
  const told = (now: Instant, step: VrrpStep, run: () => readonly VrrpEffect[]): readonly VrrpEffect[] => {
    latest = now;
    before(now, step);
    const effects = run();
    after(effects);
    return effects;
  };
  const handle = engine.handle.bind(engine);
  const advance = engine.advance.bind(engine);
  const reload = engine.reload.bind(engine);
  const stop = engine.stop.bind(engine);
  const clearCounters = engine.clearCounters.bind(engine);
  engine.handle = (now, each) => told(now, each, () => handle(now, each));
  engine.advance = now => told(now, { type: 'advance' }, () => advance(now));
  engine.reload = (now, next) => told(now, { type: 'reload', configuration: next }, () => reload(now, next));
  engine.stop = now => told(now, { type: 'stop' }, () => stop(now));
  engine.clearCounters = () => {
    told(latest, { type: 'clear-counters' }, () => {
      clearCounters();
      return [];
    });
  };
}
