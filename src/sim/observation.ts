import type { Instant } from '../base/instant.ts';
import type { Family, IpAddress } from '../base/ip-address.ts';
import type { MacAddress } from '../base/mac-address.ts';
import type { LogLevel } from '../ports/log.ts';
import type { InterfaceAddress } from '../ports/network.ts';

export type InstanceState = 'initialize' | 'backup' | 'master' | 'fault';

/** What became of a node as a machine and of the process on it. */
export type LifeEvent =
  | 'process-started'
  | 'process-crashed'
  | 'process-stopping'
  | 'process-stopped'
  | 'frozen'
  | 'thawed'
  | 'reloaded'
  /** It read the kernel's state anew after notices were lost. */
  | 'resynchronised'
  | 'powered-off'
  | 'powered-on';

/** What became of the process that balances and checks. */
export type CheckerEvent = 'started' | 'crashed' | 'stopping' | 'stopped' | 'reloaded' | 'powered-off';

/**
 * What takes place in the world, as somebody with a view of every machine and cable would write it down. Nodes, clients
 * and segments by their names.
 */
export type Observation =
  | {
      readonly type: 'advertisement-sent';
      readonly node: string;
      readonly segment: string;
      readonly family: Family;
      readonly vrid: number;
      readonly priority: number;
      readonly source: IpAddress;
      readonly destination: IpAddress;
    }
  /** A gratuitous ARP or an unsolicited neighbour advertisement, as read from the frame. */
  | {
      readonly type: 'announced';
      readonly node: string;
      readonly linkIndex: number;
      readonly address: IpAddress;
      readonly mac: MacAddress;
    }
  | {
      readonly type: 'address';
      readonly change: 'added' | 'removed';
      readonly node: string;
      readonly linkIndex: number;
      readonly address: IpAddress;
      readonly prefixLength: number;
      readonly by: 'engine' | 'kernel' | 'other';
    }
  /** A route or rule, as FakeRouting's entryText has it. */
  | {
      readonly type: 'routing';
      readonly change: 'added' | 'removed';
      readonly node: string;
      readonly text: string;
      readonly by: 'engine' | 'kernel' | 'other';
    }
  | { readonly type: 'state'; readonly node: string; readonly instance: string; readonly state: InstanceState }
  | {
      readonly type: 'neighbour';
      readonly client: string;
      readonly address: IpAddress;
      readonly mac: MacAddress;
    }
  | { readonly type: 'life'; readonly node: string; readonly event: LifeEvent }
  /** A tracked script was started, or a notification script with what it is told. */
  | { readonly type: 'script'; readonly node: string; readonly text: string; readonly arguments: readonly string[] }
  | { readonly type: 'script-outcome'; readonly node: string; readonly script: string; readonly good: boolean }
  | { readonly type: 'checker'; readonly node: string; readonly event: CheckerEvent }
  /** A process has read the result of a probe, `probe` being what was asked for. */
  | { readonly type: 'probe'; readonly node: string; readonly probe: string; readonly good: boolean }
  /** The checker process has read of addresses that came, went, or are all there are. */
  | {
      readonly type: 'told-addresses';
      readonly node: string;
      readonly change: 'added' | 'removed' | 'all';
      readonly addresses: readonly InterfaceAddress[];
    }
  /** A command that changed the kernel's IPVS table. */
  | { readonly type: 'ipvs'; readonly node: string; readonly text: string; readonly by: 'engine' | 'other' }
  /** notify_up, notify_down, quorum_up or quorum_down was started. */
  | { readonly type: 'balancing-script'; readonly node: string; readonly text: string }
  | { readonly type: 'server-outcome'; readonly server: string; readonly good: boolean }
  /** What readers of notification FIFOs are told. */
  | { readonly type: 'fifo'; readonly node: string; readonly line: string }
  /** A tracked file or process is not what it was. */
  | { readonly type: 'object-changed'; readonly node: string }
  | { readonly type: 'mail'; readonly node: string; readonly subject: string }
  | { readonly type: 'log'; readonly node: string; readonly level: LogLevel; readonly text: string }
  /** Somebody interferes, or stops interfering. `active`: how many faults go on that make packets or timers unreliable. */
  | { readonly type: 'disturbance'; readonly text: string; readonly active: number };

export interface Observer {
  observe(now: Instant, observation: Observation): void;
}
