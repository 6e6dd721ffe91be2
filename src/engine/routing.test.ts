import { describe, expect, it } from 'vitest';
import { milliseconds, seconds } from '../base/duration.ts';
import { after, instantFromMicroseconds } from '../base/instant.ts';
import { routeKey } from '../netlink/route-route.ts';
import { ruleKey } from '../netlink/route-rule.ts';
import { interfaceAddress, link } from '../ports/network.testkit.ts';
import type { RouteRequest } from '../ports/route.ts';
import { plainRoute, plainRule, prefix } from '../ports/routing.testkit.ts';
import type { RuleRequest } from '../ports/rule.ts';
import type { VrrpEffect } from '../ports/vrrp-world.ts';
import type { VirtualRoute, VirtualRule, VrrpConfiguration } from '../vrrp/configuration.ts';
import { configuration, router, virtualAddress } from '../vrrp/router.testkit.ts';
import { type TestNode, TestSegment } from './vrrp-process.testkit.ts';
import { VrrpProcess } from './vrrp-process.ts';

function route(destination: string, rest: Partial<VirtualRoute> = {}): VirtualRoute {
  return {
    ...plainRoute('eth0', { destination: prefix(destination) }),
    noTrack: false,
    trackGroup: undefined,
    said: { protocol: true, scope: false },
    ...rest,
  };
}

const rule = (preference: number): VirtualRule => ({
  ...plainRule({ preference }),
  noTrack: false,
  trackGroup: undefined,
});

/** What the node holds: destinations of routes, preferences of rules. */
function held(node: TestNode): (string | number)[] {
  return [...node.routing].map(text => {
    const request = JSON.parse(text) as RouteRequest | RuleRequest;
    return 'destination' in request ? request.destination.address : request.preference;
  });
}

/** Somebody else removes the first route or rule that matches. */
function removeForeign(node: TestNode, match: string): void {
  const text = [...node.routing].find(each => each.includes(match))!;
  node.routing.delete(text);
  const request = JSON.parse(text) as RouteRequest | RuleRequest;
  const notice =
    'destination' in request
      ? ({ type: 'routing-removed', kind: 'route', key: routeKey(request) } as const)
      : ({ type: 'routing-removed', kind: 'rule', key: ruleKey(request) } as const);
  node.receive(notice);
}

/** Every change of the kernel, in order. */
function changes(node: TestNode): string[] {
  return node.effects.flatMap(({ effect }) =>
    effect.type.startsWith('change-') && 'operation' in effect ? [`${effect.operation} ${effect.type.slice(7)}`] : [],
  );
}

const both = [router({ routes: [route('10.1.0.0/24'), route('10.2.0.0/24')], rules: [rule(100), rule(101)] })];

function started(configured: VrrpConfiguration = configuration(both)): { segment: TestSegment; node: TestNode } {
  const segment = new TestSegment();
  const node = segment.node('a', configured, '192.0.2.1');
  return { segment, node };
}

describe('routes and rules of an instance', () => {
  it('come after the addresses and go before them', () => {
    const { segment, node } = started();
    segment.pass(seconds(10));
    expect(held(node)).toEqual(['10.1.0.0', '10.2.0.0', 100, 101]);
    node.stop();
    segment.pass(seconds(2));
    expect(held(node)).toEqual([]);
    expect(changes(node)).toEqual([
      'remove rules',
      'remove routes',
      'add addresses',
      'add routes',
      'add rules',
      'remove rules',
      'remove routes',
      'remove addresses',
    ]);
    expect(node.engine.phase).toBe('stopped');
  });

  it('that are written twice are held once, and go with the interface', () => {
    const twice = router({ routes: [route('10.1.0.0/24'), route('10.1.0.0/24')], rules: [rule(100), rule(100)] });
    const { segment, node } = started(configuration([twice]));
    segment.pass(seconds(10));
    expect(held(node)).toEqual(['10.1.0.0', 100]);
    node.receive({ type: 'link-changed', link: link(2, 'eth0', { running: false }) });
    segment.pass(seconds(1));
    expect(node.state()).toBe('fault');
    expect(held(node)).toEqual([]);
  });

  it('are told of in keepalived’s words', () => {
    const { segment, node } = started();
    segment.pass(seconds(10));
    node.stop();
    const said = node.logs.filter(text => /setting|removing/.test(text));
    expect(said).toEqual([
      '(VI_1) removing Virtual Rules',
      '(VI_1) removing Virtual Routes',
      '(VI_1) removing VIPs.',
      '(VI_1) setting VIPs.',
      '(VI_1) setting Virtual Routes',
      '(VI_1) setting Virtual Rules',
      '(VI_1) removing Virtual Rules',
      '(VI_1) removing Virtual Routes',
      '(VI_1) removing VIPs.',
    ]);
  });

  it('that an earlier life left are removed at start', () => {
    const { segment, node } = started();
    segment.pass(milliseconds(10));
    const asked = node.effects.map(({ effect }) => effect);
    expect(asked).toContainEqual(expect.objectContaining({ type: 'change-rules', operation: 'remove' }));
    const routes = asked.find(effect => effect.type === 'change-routes');
    expect(routes?.operation).toBe('remove');
    expect(routes?.routes.map(({ destination }) => destination.address)).toEqual(['10.1.0.0', '10.2.0.0']);
    expect(node.engine.instances[0]?.possessions.busy).toBe(false);
  });

  it('are asked for by a process that is master before it could remove what an earlier life may have left', () => {
    const vrrp = new VrrpProcess(configuration(both), { detail: false, receiveBufferBytes: undefined });
    const asked: (VrrpEffect & { type: 'change-addresses' | 'change-routes' | 'change-rules' })[] = [];
    const keep = (effects: readonly VrrpEffect[]): void => {
      for (const effect of effects) {
        if (effect.type === 'change-addresses' || effect.type === 'change-routes' || effect.type === 'change-rules')
          asked.push(effect);
      }
    };
    const begin = instantFromMicroseconds(0);
    const { links, addresses } = { links: [link(2, 'eth0')], addresses: [interfaceAddress(2, '192.0.2.1/24')] };
    keep(vrrp.handle(begin, { type: 'resynchronised', links, addresses, forwardingLinks: [] }));
    expect(asked.map(({ type, operation }) => `${operation} ${type}`)).toEqual(['remove change-rules']);
    // The kernel's answers wait for a processor, and so does the process.
    const late = after(begin, seconds(10));
    keep(vrrp.advance(late));
    for (let place = 0; place < asked.length; place++) {
      const { batch, operation, type } = asked[place]!;
      const errors = operation === 'remove' ? [0, 1].map(each => ({ place: each, error: 'ENOENT' })) : [];
      keep(
        vrrp.handle(late, {
          type: type === 'change-addresses' ? 'addresses-changed' : 'routing-changed',
          batch,
          errors,
        }),
      );
    }
    expect(asked.map(({ type, operation }) => `${operation} ${type}`)).toEqual([
      'remove change-rules',
      'add change-addresses',
      'add change-routes',
      'add change-rules',
    ]);
  });

  it('that nobody knew of after lost news go with the mastership', () => {
    const { segment, node } = started();
    segment.pass(seconds(10));
    expect(held(node)).toHaveLength(4);
    const addresses = [interfaceAddress(2, '192.0.2.1/24'), interfaceAddress(2, '192.0.2.100/32')];
    node.receive({ type: 'resynchronised', links: [link(2, 'eth0')], addresses, forwardingLinks: [] });
    // Before the kernel has answered.
    node.receive({ type: 'link-changed', link: link(2, 'eth0', { running: false }) });
    segment.pass(seconds(1));
    expect([node.state(), held(node)]).toEqual(['fault', []]);
  });

  it('of an owner stay at start', () => {
    const owner = configuration([router({ priority: 255, initialState: 'master', routes: [route('10.1.0.0/24')] })]);
    const { segment, node } = started(owner);
    segment.pass(seconds(1));
    expect(changes(node)).toEqual(['add addresses', 'add routes']);
  });

  it('end the mastership when others remove them, but for no_track', () => {
    for (const match of ['10.1.0.0', '"preference":100']) {
      const { segment, node } = started();
      segment.pass(seconds(10));
      removeForeign(node, match);
      segment.pass(milliseconds(5));
      expect(node.state()).toBe('backup');
      expect(held(node)).toEqual([]);
      segment.pass(seconds(10));
      expect(node.state()).toBe('master');
      expect(held(node)).toHaveLength(4);
    }
    const { segment, node } = started(configuration([router({ routes: [route('10.1.0.0/24', { noTrack: true })] })]));
    segment.pass(seconds(10));
    removeForeign(node, '10.1.0.0');
    segment.pass(seconds(1));
    expect(node.state()).toBe('master');
  });

  it('are asked for again when they are refused', () => {
    const { segment, node } = started();
    node.refuseRouting = text => (text.includes('10.2.0.0') ? 'ENETUNREACH' : undefined);
    segment.pass(seconds(10));
    expect(held(node)).toEqual(['10.1.0.0', 100, 101]);
    const told = node.logs.filter(text => text.includes('cannot add'));
    expect(told).toEqual(['(VI_1) cannot add route prepend 10.2.0.0/24 dev eth0 proto 18: ENETUNREACH']);
    node.refuseRouting = () => undefined;
    segment.pass(seconds(2));
    expect(held(node)).toHaveLength(4);
  });

  it('are touched by a reload only where they differ', () => {
    const { segment, node } = started();
    segment.pass(seconds(10));
    node.effects.length = 0;
    node.reload(configuration(both));
    segment.pass(seconds(1));
    expect(changes(node)).toEqual([]);
    node.reload(configuration([router({ routes: [route('10.1.0.0/24'), route('10.3.0.0/24')], rules: [rule(101)] })]));
    segment.pass(seconds(1));
    expect(changes(node)).toEqual(['remove routes', 'add routes', 'remove rules']);
    expect(held(node)).toEqual(['10.1.0.0', 101, '10.3.0.0']);
  });

  it('that move to another instance stay', () => {
    const other = router({ name: 'VI_2', vrid: 52, addresses: [virtualAddress('192.0.2.200')] });
    const { segment, node } = started(configuration([router({ routes: [route('10.1.0.0/24')] }), other]));
    segment.pass(seconds(10));
    node.effects.length = 0;
    node.reload(configuration([router(), { ...other, routes: [route('10.1.0.0/24')] }]));
    segment.pass(seconds(1));
    expect(changes(node)).toEqual([]);
    node.stop();
    segment.pass(seconds(2));
    expect(held(node)).toEqual([]);
  });

  it('come back when their interface does', () => {
    const { segment, node } = started(configuration([router({ routes: [route('10.1.0.0/24', { noTrack: true })] })]));
    segment.pass(seconds(10));
    node.receive({ type: 'link-changed', link: link(2, 'eth0', { adminUp: false, running: false }) });
    node.receive({ type: 'link-changed', link: link(2, 'eth0') });
    node.routing.clear();
    segment.pass(seconds(10));
    expect(held(node)).toEqual(['10.1.0.0']);
  });

  it('come back with an interface that the instance does without, although the kernel told of their end', () => {
    const lan = route('10.1.0.0/24', { device: 'eth1', noTrack: true });
    const segment = new TestSegment();
    const node = segment.node('a', configuration([router({ routes: [lan] })]), '192.0.2.1');
    node.receive({ type: 'link-changed', link: link(3, 'eth1') });
    segment.pass(seconds(10));
    expect(held(node)).toEqual(['10.1.0.0']);
    // As of IPv6 routes.
    node.receive({ type: 'link-changed', link: link(3, 'eth1', { adminUp: false, running: false }) });
    removeForeign(node, '10.1.0.0');
    segment.pass(seconds(10));
    expect([node.state(), held(node)]).toEqual(['master', []]);
    node.receive({ type: 'link-changed', link: link(3, 'eth1') });
    segment.pass(milliseconds(10));
    expect([node.state(), held(node)]).toEqual(['master', ['10.1.0.0']]);
  });

  it('are part of a checkpoint', () => {
    const { segment, node } = started(
      configuration(both, { statics: { addresses: [], routes: [route('10.8.0.0/24')], rules: [] } }),
    );
    segment.pass(seconds(10));
    const saved = node.engine.checkpoint();
    const again = VrrpProcess.restore(saved, { detail: true, receiveBufferBytes: undefined });
    expect(again.checkpoint()).toEqual(saved);
  });
});

describe('interfaces that an instance depends on', () => {
  it('mean FAULT while they are down', () => {
    const segment = new TestSegment();
    const configured = configuration([router({ dependsOnInterfaces: ['eth1'] })]);
    const node = segment.node('a', configured, '192.0.2.1');
    node.receive({ type: 'link-changed', link: link(3, 'eth1') });
    segment.pass(seconds(10));
    expect(node.state()).toBe('master');
    node.receive({ type: 'link-changed', link: link(3, 'eth1', { adminUp: false, running: false }) });
    expect(node.state()).toBe('fault');
  });
});

describe('static entries', () => {
  const statics = (routes: readonly VirtualRoute[], rules: readonly VirtualRule[] = []): VrrpConfiguration =>
    configuration([router()], {
      statics: {
        addresses: [{ ...virtualAddress('192.0.2.77', { interface: 'eth0' }), trackGroup: undefined }],
        routes,
        rules,
      },
    });

  it('come before the instances and go after them', () => {
    const { segment, node } = started(statics([route('10.8.0.0/24')], [rule(90)]));
    segment.pass(milliseconds(10));
    expect(node.state()).toBe('backup');
    expect(held(node)).toEqual(['10.8.0.0', 90]);
    expect(node.addresses).toEqual(['192.0.2.77']);
    segment.pass(seconds(10));
    node.effects.length = 0;
    node.stop();
    segment.pass(seconds(2));
    expect(changes(node)).toEqual(['remove addresses', 'remove rules', 'remove routes', 'remove addresses']);
    expect(node.engine.phase).toBe('stopped');
  });

  it('are put back when others remove them', () => {
    const { segment, node } = started(statics([route('10.8.0.0/24')], [rule(90)]));
    segment.pass(seconds(1));
    removeForeign(node, '10.8.0.0');
    removeForeign(node, '"preference":90');
    expect(node.logs).toContain('Restoring deleted static route prepend 10.8.0.0/24 dev eth0 proto 18');
    expect(node.logs).toContain(
      'Restoring deleted static rule from 10.9.0.0/24 priority 90 tos 0x0 protocol 18 lookup 200',
    );
    segment.pass(milliseconds(10));
    expect(held(node).sort()).toEqual(['10.8.0.0', 90].sort());
  });

  it('follow a reload', () => {
    const { segment, node } = started(statics([route('10.8.0.0/24')]));
    segment.pass(seconds(1));
    node.reload(configuration([router()]));
    segment.pass(seconds(1));
    expect(held(node)).toEqual([]);
    expect(node.addresses).toEqual([]);
  });
});
