import type { Chance } from './chance.ts';

/** Virtual routes and rules made by chance, lines of the configuration each. */
export interface RoutingPlan {
  readonly routes: readonly string[];
  readonly rules: readonly string[];
}

/** Which interfaces routes may lead out by, and what makes their destinations different from other instances'. */
export function randomRouting(chance: Chance, place: number, family: 4 | 6, link: string): RoutingPlan {
  const count = chance.between(1, 3);
  const routes = [...Array(count).keys()].map(index => {
    const destination = family === 4 ? `10.${100 + place}.${index}.0/24` : `2001:db8:${100 + place}:${index}::/64`;
    const device = chance.weighted([
      [1, link],
      [1, 'eth1'],
    ]);
    const gateway = family === 4 ? '192.0.2.200' : 'fe80::200';
    const way = chance.weighted([
      [4, `${destination} dev ${device}`],
      [3, `${destination} via ${gateway} dev ${device} onlink`],
      [2, `blackhole ${destination}`],
    ]);
    // One that does without its interface, and comes back with it, is by another one than the instance's.
    const more = chance.weighted([
      [6, ''],
      [device === link ? 2 : 10, ' no_track'],
      [1, ' metric 50'],
    ]);
    return `${way}${more}`;
  });
  const rules = [...Array(chance.below(3)).keys()].map(index => {
    const source = family === 4 ? `10.9.${place * 8 + index}.0/24` : `2001:db8:9:${place * 8 + index}::/64`;
    return `from ${source} table 200 preference ${1_000 + place * 10 + index}${chance.percent(20) ? ' no_track' : ''}`;
  });
  return { routes, rules };
}

/** What an operator changes: a route less, or one more. */
export function changeRouting(chance: Chance, plan: RoutingPlan, vrid: number, family: 4 | 6): RoutingPlan {
  if (chance.percent(50)) return { ...plan, routes: plan.routes.slice(1) };
  const more = family === 4 ? `blackhole 10.199.${vrid}.0/24` : `blackhole 2001:db8:199:${vrid}::/64`;
  return { ...plan, routes: [...plan.routes, more] };
}

/** `route 10.100.0.0/24`, `rule 1000`: what `remove` of the scenario language takes. */
export function routingTexts({ routes, rules }: RoutingPlan): readonly string[] {
  return [
    ...routes.map(line => `route ${/[0-9a-f.:]+\/[0-9]+/.exec(line)![0]}`),
    ...rules.map(line => `rule ${/preference ([0-9]+)/.exec(line)![1]}`),
  ];
}

export function renderRouting({ routes, rules }: RoutingPlan): string[] {
  const lines = ['virtual_routes {', ...routes, '}'];
  return rules.length === 0 ? lines : [...lines, 'virtual_rules {', ...rules, '}'];
}
