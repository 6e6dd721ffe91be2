import type { Observation } from './observation.ts';

/** What becomes of a connection to a real server. */
export type ServerBehaviour = 'answers' | 'refuses' | 'hangs';

/** `10.0.0.11:80`, `[2001:db8::11]:80`. */
export function serverText({ address, port }: { readonly address: string; readonly port: number }): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** The servers behind the cluster. They are on nobody's segment: each node reaches them, or does not, as it is told. */
export class RealServers {
  readonly #observe: (observation: Observation) => void;
  /** By `server` for all nodes, and by `server node`. */
  readonly #behaviours = new Map<string, ServerBehaviour>();

  constructor(observe: (observation: Observation) => void) {
    this.#observe = observe;
  }

  /** `node` undefined: as everybody sees it. */
  behave(server: string, node: string | undefined, behaviour: ServerBehaviour): void {
    this.#behaviours.set(node === undefined ? server : `${server} ${node}`, behaviour);
    this.#observe({ type: 'server-outcome', server, good: behaviour === 'answers' });
  }

  /** What a node sees: the worse of what all see and what it sees alone. */
  behaviour(server: string, node: string): ServerBehaviour {
    const [general, own] = [this.#behaviours.get(server), this.#behaviours.get(`${server} ${node}`)];
    return own !== undefined && own !== 'answers' ? own : (general ?? 'answers');
  }
}
