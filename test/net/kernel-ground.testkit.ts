import { writeFileSync } from 'node:fs';
import type { Instant } from '../../src/base/instant.ts';
import { waitFor } from '../../src/lab/wait.ts';
import { DatagramBuffer } from '../../src/linux/datagram-buffer.ts';
import { closeDescriptor } from '../../src/linux/libc.ts';
import { order, Poller, type Watch } from '../../src/linux/poller.ts';
import { findSetpriv } from '../../src/linux/processes.ts';
import { bindSocket, family, openSocket, setReceiveBuffer, socketType } from '../../src/linux/socket.ts';
import { VrrpWorld, type VrrpWorldOptions } from '../../src/linux/vrrp-world.ts';
import type { VrrpEffect, VrrpInput } from '../../src/ports/vrrp-world.ts';
import { NetworkNamespace } from './network-namespace.testkit.ts';
import type { HeldAddress, WorldGround, WorldHost } from './vrrp-world-contract.testkit.ts';

const buffer = new DatagramBuffer(65_536);
const outgoing = 4;

/** Reads whole frames that come in on an interface. */
class FrameReader {
  readonly frames: Uint8Array[] = [];
  readonly #descriptor: number;
  readonly #watch: Watch;

  constructor(poller: Poller, linkIndex: number) {
    this.#descriptor = openSocket(family.packet, socketType.raw, 0, 'frame reader');
    setReceiveBuffer(this.#descriptor, 4 << 20);
    // struct sockaddr_ll with ETH_P_ALL in network byte order
    const address = new Uint8Array(20);
    const view = new DataView(address.buffer);
    view.setUint16(0, family.packet, true);
    view.setUint16(2, 3);
    view.setInt32(4, linkIndex, true);
    bindSocket(this.#descriptor, address, 'frame reader');
    this.#watch = poller.watch(this.#descriptor, 'readable', order.events, () => this.#read());
  }

  close(): void {
    this.#watch.stop();
    closeDescriptor(this.#descriptor);
  }

  #read(): void {
    for (;;) {
      const length = buffer.receive(this.#descriptor);
      if (length < 0) return;
      if (buffer.name[10] !== outgoing) this.frames.push(buffer.data(length).slice());
    }
  }
}

interface IpAddressEntry {
  readonly local?: string;
  readonly address?: string;
  readonly prefixlen: number;
  readonly scope: string;
  readonly label?: string;
  readonly broadcast?: string;
}

/** One end of the cable, with a world of its own in a network namespace of its own. */
export class KernelHost implements WorldHost {
  readonly inputs: VrrpInput[] = [];
  readonly logged: string[] = [];
  readonly namespace: NetworkNamespace;
  readonly linkIndex: number;
  linkName: string;
  readonly world: VrrpWorld;
  readonly #frames: FrameReader;
  /** What else is to happen with an input. */
  deliver: (input: VrrpInput, at?: Instant) => void = () => {};

  constructor(poller: Poller, namespace: NetworkNamespace, linkName: string, options: Partial<VrrpWorldOptions>) {
    this.namespace = namespace;
    this.linkName = linkName;
    const [link] = JSON.parse(namespace.ip('-j', 'link', 'show', linkName)) as { ifindex: number }[];
    this.linkIndex = link!.ifindex;
    this.#frames = namespace.run(() => new FrameReader(poller, this.linkIndex));
    this.world = namespace.run(
      () =>
        new VrrpWorld(poller, {
          log: { write: (_, text) => void this.logged.push(text) },
          processes: {
            setpriv: findSetpriv(),
            environment: process.env,
            ownUid: process.geteuid!(),
            ownGid: process.getegid!(),
          },
          deliver: (input, at) => {
            this.inputs.push(input);
            this.deliver(input, at);
          },
          sendMail: () => {},
          stopped: () => {},
          ...options,
        }),
    );
    namespace.run(() => this.world.start());
  }

  get frames(): readonly Uint8Array[] {
    return this.#frames.frames;
  }

  execute(effect: VrrpEffect): void {
    this.namespace.run(() => this.world.execute(effect));
  }

  setAdminUp(up: boolean): void {
    this.namespace.ip('link', 'set', this.linkName, up ? 'up' : 'down');
  }

  rename(name: string): void {
    this.namespace.ip('link', 'set', this.linkName, 'name', name);
    this.linkName = name;
  }

  removeLink(): void {
    this.namespace.ip('link', 'del', this.linkName);
  }

  touchLink(): void {
    this.namespace.ip('link', 'set', this.linkName, 'alias', `alias ${this.inputs.length}`);
  }

  setForwarding(forwarding: boolean): void {
    this.namespace.run(() =>
      writeFileSync(`/proc/sys/net/ipv6/conf/${this.linkName}/forwarding`, forwarding ? '1' : '0'),
    );
  }

  addAddress(text: string): void {
    this.namespace.ip('address', 'add', text, 'dev', this.linkName);
  }

  addresses(): readonly HeldAddress[] {
    const text = this.namespace.ip('-j', 'address', 'show', 'dev', this.linkName);
    const [link] = JSON.parse(text) as { addr_info: IpAddressEntry[] }[];
    return link!.addr_info.map(entry => ({
      address: entry.local!,
      prefixLength: entry.prefixlen,
      scope: entry.scope,
      label: entry.label,
      broadcast: entry.broadcast,
      // `ip` calls the far end "address" when there is one.
      peer: entry.address,
      flags: Object.entries(entry)
        .filter(([, value]) => value === true)
        .map(([name]) => name),
    }));
  }

  close(): void {
    this.#frames.close();
    this.world.close();
    this.namespace.close();
  }
}

export interface KernelGround extends WorldGround {
  readonly poller: Poller;
  readonly left: KernelHost;
  readonly right: KernelHost;
}

function furnish(namespace: NetworkNamespace, linkName: string, number: number): void {
  const run = (script: string): unknown => namespace.command('sh', '-ec', script);
  // Duplicate address detection would keep addresses tentative for seconds.
  run(`
    ip link set lo up
    echo 0 >/proc/sys/net/ipv6/conf/${linkName}/accept_dad
    echo 0 >/proc/sys/net/ipv6/conf/${linkName}/router_solicitations
    echo ${number === 1 ? 1 : 0} >/proc/sys/net/ipv6/conf/${linkName}/forwarding
    ip address add 10.0.0.${number}/24 brd + dev ${linkName}
    ip address add fd00::${number}/64 nodad dev ${linkName}
    ip link set ${linkName} up
  `);
}

/** Two hosts in network namespaces of this process, one cable between them. */
export async function openKernelGround(options: Partial<VrrpWorldOptions> = {}): Promise<KernelGround> {
  const namespaces = [new NetworkNamespace(), new NetworkNamespace()] as const;
  namespaces[0].ip('link', 'add', 'left0', 'type', 'veth', 'peer', 'name', 'right0');
  namespaces[0].ip('link', 'set', 'right0', 'netns', namespaces[1].path);
  furnish(namespaces[0], 'left0', 1);
  furnish(namespaces[1], 'right0', 2);
  // Operational state and link-local addresses come a moment after the second end is up.
  await waitFor(
    () =>
      namespaces.every((namespace, at) => {
        const text = namespace.ip('-j', 'address', 'show', 'dev', at === 0 ? 'left0' : 'right0');
        const [link] = JSON.parse(text) as { operstate: string; addr_info: { local: string; tentative?: boolean }[] }[];
        const local = link!.addr_info.find(entry => entry.local.startsWith('fe80'));
        return link!.operstate === 'UP' && local !== undefined && !local.tentative;
      }),
    { what: 'both ends of the cable' },
  );
  const poller = new Poller();
  const left = new KernelHost(poller, namespaces[0], 'left0', options);
  const right = new KernelHost(poller, namespaces[1], 'right0', options);
  return {
    poller,
    left,
    right,
    until: async (check, what) => {
      await waitFor(check, {
        what,
        everyMs: 2,
        evidence: () => JSON.stringify([left.inputs.slice(-20), right.inputs.slice(-20)]),
      });
    },
    close: () => {
      left.close();
      right.close();
      poller.close();
    },
  };
}
