import type { Instant } from '../base/instant.ts';
import type { Interval } from './outage.ts';
import type { SimulationResult } from './simulation.ts';

/** A run as plain data: what --json prints and the page draws. Times are seconds since the world began. */
export interface SimulationData {
  readonly seconds: number;
  readonly hash: string;
  readonly lanes: readonly {
    readonly node: string;
    readonly instance: string;
    readonly states: readonly (readonly [at: number, state: string])[];
    readonly adverts: readonly (readonly [at: number, priority: number])[];
  }[];
  readonly addresses: readonly {
    readonly address: string;
    readonly holdings: readonly (readonly [at: number, nodes: readonly string[]])[];
    readonly gaps: readonly { readonly client: string; readonly intervals: readonly (readonly [number, number])[] }[];
    readonly dual: readonly (readonly [number, number])[];
  }[];
  /** Which servers have a weight in whose IPVS table. */
  readonly services: readonly {
    readonly node: string;
    readonly service: string;
    /** All that the configuration has for it; the sorry server is not one of them. */
    readonly servers: readonly string[];
    readonly sorryServer: string | undefined;
    readonly serving: readonly (readonly [at: number, servers: readonly string[]])[];
  }[];
  readonly events: readonly {
    readonly at: number;
    readonly node: string | undefined;
    readonly kind: string;
    readonly text: string;
  }[];
  readonly violations: readonly { readonly at: number; readonly invariant: string; readonly text: string }[];
  readonly failedExpectations: readonly { readonly line: number; readonly text: string; readonly instead: string }[];
}

export function simulationData(result: SimulationResult): SimulationData {
  const { end, timeline, addresses, services, violations, failed, hash } = result;
  const intervals = (list: readonly Interval[]): [number, number][] =>
    list.map(({ from, to }) => [inSeconds(from), inSeconds(to ?? end)]);
  return {
    seconds: inSeconds(end),
    hash,
    lanes: timeline.lanes.map(({ node, instance, states, adverts }) => ({
      node,
      instance,
      states: states.map(({ at, state }) => [inSeconds(at), state] as const),
      adverts: adverts.map(({ at, priority }) => [inSeconds(at), priority] as const),
    })),
    addresses: addresses.map(({ address, holdings, gaps, duals }) => ({
      address,
      holdings: holdings.map(({ at, nodes }) => [inSeconds(at), nodes] as const),
      gaps: [...gaps].map(([client, list]) => ({ client, intervals: intervals(list) })),
      dual: intervals(duals),
    })),
    services: services.map(({ node, service, servers, sorryServer, serving }) => ({
      node,
      service,
      servers,
      sorryServer,
      serving: serving.map(({ at, servers }) => [inSeconds(at), servers] as const),
    })),
    events: timeline.events.map(({ at, node, kind, text }) => ({ at: inSeconds(at), node, kind, text })),
    violations: violations.map(({ at, invariant, text }) => ({ at: inSeconds(at), invariant, text })),
    failedExpectations: failed.map(({ expectation: { line, text }, instead }) => ({ line, text, instead })),
  };
}

/** To the microsecond. */
function inSeconds(at: Instant): number {
  return Math.round(at) / 1_000_000;
}
