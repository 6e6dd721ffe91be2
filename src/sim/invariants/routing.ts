import type { Instant } from '../../base/instant.ts';
import type { VirtualRoute, VirtualRule } from '../../vrrp/configuration.ts';
import { entryText, type RoutingEntry, type RoutingSelector } from '../fake-routing.ts';
import type { Observation } from '../observation.ts';
import type { SimNode } from '../sim-node.ts';
import type { Member } from './cluster-view.ts';
import type { Invariant, Report } from './invariant.ts';
import type { Quiet } from './quiet.ts';

/** Virtual routes and rules are in the kernel exactly where adverts come from, and nothing touches them at rest. */
export class Routing implements Invariant {
  readonly #quiet: Quiet;
  readonly #report: Report;
  /** `node text`: what others took away for good. */
  readonly #takenAway = new Set<string>();
  /** `node text`: what a process had that died; the next one may have been started with another configuration. */
  readonly #inherited = new Set<string>();
  #isCalm = false;

  constructor(quiet: Quiet, report: Report) {
    this.#quiet = quiet;
    this.#report = report;
  }

  observe(_now: Instant, seen: Observation): void {
    if (seen.type === 'life' && seen.event === 'process-crashed') {
      for (const text of this.#configured(seen.node)) this.#inherited.add(`${seen.node} ${text}`);
    }
    if (seen.type !== 'routing') return;
    const key = `${seen.node} ${seen.text}`;
    if (seen.by === 'other') this.#takenAway.add(key);
    else if (seen.change === 'added') this.#takenAway.delete(key);
    if (seen.change === 'removed') this.#inherited.delete(key);
    if (this.#isCalm) {
      this.#report('no-flapping', `${seen.node}: ${seen.text} is ${seen.change} although nothing happens`);
    }
  }

  disturbed(): void {
    this.#isCalm = false;
  }

  calm(now: Instant): void {
    this.#isCalm = true;
    for (const member of this.#quiet.view.members) {
      const { routes = [], rules = [] } = member.configuration;
      if (member.node.responsive && routes.length + rules.length > 0) this.#lookAt(now, member, routes, rules);
    }
    for (const node of new Set(this.#quiet.view.members.map(member => member.node))) this.#lookForRest(node);
  }

  /** Nothing stays that the configuration does not have any more. */
  #lookForRest(node: SimNode): void {
    if (!node.responsive || node.kernel.routing.size === 0) return;
    const configured = this.#configured(node.name);
    for (const entry of node.kernel.routing.entries) {
      const text = entryText(entry);
      if (configured.has(text) || this.#inherited.has(`${node.name} ${text}`)) continue;
      this.#report('routing-where-mastered', `${node.name} has ${text}, which its configuration has not`);
    }
  }

  #configured(name: string): ReadonlySet<string> {
    const { view } = this.#quiet;
    const members = view.ofNode(name);
    const { statics } = members[0]?.node.configuration ?? {};
    const owners = [...members.map(({ configuration }) => configuration), ...(statics ? [statics] : [])];
    return new Set(owners.flatMap(({ routes = [], rules = [] }) => [...routes, ...rules].map(textOf)));
  }

  #lookAt(now: Instant, member: Member, routes: readonly VirtualRoute[], rules: readonly VirtualRule[]): void {
    const { node, configuration, router } = member;
    const who = `${router}: ${node.name}`;
    const entries = [...node.kernel.routing.entries];
    const { view } = this.#quiet;
    if (view.isSpeaking(member, now)) {
      const missing = [
        ...routes.filter(route => isDue(node, route) && !entries.some(entry => isRoute(node, entry, route))),
        ...rules.filter(rule => !entries.some(entry => isLike(entry, rule))),
      ].filter(each => !each.noTrack || !this.#takenAway.has(`${node.name} ${textOf(each)}`));
      for (const each of missing) {
        this.#report('routing-where-mastered', `${who} advertises and lacks ${entryText(selectorOf(each))}`);
      }
    } else if (configuration.priority !== 255) {
      // Another instance of this machine may be master of the same.
      const others = view.ofNode(node.name).filter(other => other !== member && view.isSpeaking(other, now));
      const wanted = others.flatMap(({ configuration: { routes = [], rules = [] } }) => [...routes, ...rules]);
      const left = [...routes, ...rules].filter(
        each => entries.some(entry => isLike(entry, each)) && !wanted.some(other => textOf(other) === textOf(each)),
      );
      for (const each of left) {
        this.#report('routing-where-mastered', `${who} has ${entryText(selectorOf(each))} and does not advertise`);
      }
    }
  }
}

/** One that the kernel can have, and that does not end by itself. */
function isDue(node: SimNode, { expiresSeconds, device, nextHops }: VirtualRoute): boolean {
  const devices = [device, ...nextHops.map(hop => hop.device)].filter(name => name !== undefined);
  return expiresSeconds === undefined && devices.every(name => node.kernel.linkNamed(name)?.adminUp);
}

/** On the interface that it names, too. */
function isRoute(node: SimNode, entry: RoutingEntry, route: VirtualRoute): boolean {
  if (entry.kind !== 'route' || !isLike(entry, route) || entry.request.table !== route.table) return false;
  const { device } = entry.request;
  return device === (route.device === undefined ? undefined : node.kernel.linkNamed(route.device)?.index);
}

function isLike(entry: RoutingEntry, each: VirtualRoute | VirtualRule): boolean {
  return entryText(entry) === textOf(each);
}

function textOf(each: VirtualRoute | VirtualRule): string {
  return entryText(selectorOf(each));
}

function selectorOf(each: VirtualRoute | VirtualRule): RoutingSelector {
  return 'destination' in each
    ? { kind: 'route', destination: each.destination }
    : { kind: 'rule', preference: each.preference };
}
