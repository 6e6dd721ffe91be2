// A small network for tests and demonstrations: hosts, and switches that they are plugged into. Everything is made in
// namespaces of our own (see enter.ts), so it needs no privilege, meets nothing of the machine's network, and is gone with
// the process.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { LabError } from './command.ts';
import { isInNamespaces } from './enter.ts';
import { Host } from './host.ts';

export interface LabOptions {
  /** Folders searched first for the programs that hosts run. */
  readonly searchPath?: readonly string[];
  /** Folders under /tmp that hosts shall see; this project and Node itself are always visible. */
  readonly visible?: readonly string[];
}

export interface InterfaceOptions {
  /** Default eth0. */
  readonly interface?: string;
  /** In the form 192.0.2.1/24 or fe80::1/64. */
  readonly addresses?: readonly string[];
  /** Name of the switch; made when first used. Default "lan". */
  readonly network?: string;
  /** Default 02:00:00:00:NN:MM, counted up, so that runs can be compared byte for byte. */
  readonly mac?: string;
  /** Duplicate address detection, which keeps IPv6 addresses tentative for a second or two. Default off. */
  readonly duplicateAddressDetection?: boolean;
  /** Whether the kernel makes a link-local IPv6 address from the MAC address. Default on. */
  readonly linkLocalAddress?: boolean;
}

/** Some of the frames from one host to another. */
export interface Loss {
  readonly from: Host;
  readonly to: Host;
  /** 0 .. 100; default 100: all. */
  readonly percent?: number;
  /** An nft match, for instance `ip protocol 112`; default everything. */
  readonly match?: string;
  readonly network?: string;
}

interface Cable {
  readonly host: Host;
  readonly interface: string;
  readonly network: string;
  /** Name of the switch's end. */
  readonly port: string;
}

/** Folders that hosts must see wherever they lie: this project and the running Node. */
function alwaysVisible(): string[] {
  const project = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
  return [project, path.dirname(process.execPath), process.cwd()];
}

export class Lab {
  readonly #options: LabOptions;
  readonly #hosts = new Map<string, Host>();
  readonly #switches = new Map<string, Host>();
  readonly #cables: Cable[] = [];
  #lastPort = 0;

  constructor(options: LabOptions) {
    this.#options = options;
  }

  /** A new host with one interface. */
  async addHost(name: string, options: InterfaceOptions = {}): Promise<Host> {
    if (this.#hosts.has(name)) throw new LabError(`there is a host ${name} already`);
    const visible = [...alwaysVisible(), ...(this.#options.visible ?? [])];
    const host = await Host.start(name, this.#options.searchPath ?? [], visible);
    this.#hosts.set(name, host);
    await this.connect(host, options);
    return host;
  }

  host(name: string): Host {
    const host = this.#hosts.get(name);
    if (!host) throw new LabError(`there is no host ${name}`);
    return host;
  }

  /** Plugs a further interface of a host into a switch. */
  async connect(host: Host, options: InterfaceOptions = {}): Promise<void> {
    const network = options.network ?? 'lan';
    const hub = await this.#switch(network);
    const number = ++this.#lastPort;
    const port = `port${number}`;
    const name = options.interface ?? 'eth0';
    const mac = options.mac ?? `02:00:00:00:${hexByte(number >> 8)}:${hexByte(number & 0xff)}`;
    const detect = options.duplicateAddressDetection === true;
    const far = String(host.pid);
    await hub.onNetwork([
      'ip',
      'link',
      'add',
      port,
      // Never the number that the host gives its end: the kernel would take them for one and the same interface, and
      // tell of a lost carrier up to a second late, as it does for a network card.
      'index',
      String(1_000 + number),
      'type',
      'veth',
      'peer',
      'name',
      name,
      'address',
      mac,
      'netns',
      far,
    ]);
    await hub.onNetwork(['ip', 'link', 'set', port, 'master', 'switch', 'up']);
    if (!detect) {
      await host.run(['sh', '-c', `echo 0 >/proc/sys/net/ipv6/conf/${name}/accept_dad`]);
    }
    if (options.linkLocalAddress === false) {
      await host.must(['ip', 'link', 'set', name, 'addrgenmode', 'none']);
    }
    await host.must(['ip', 'link', 'set', name, 'up']);
    for (const address of options.addresses ?? []) await this.addAddress(host, name, address);
    this.#cables.push({ host, interface: name, network, port });
  }

  async addAddress(host: Host, interfaceName: string, address: string): Promise<void> {
    const noDetection = address.includes(':') ? ['nodad'] : ['broadcast', '+'];
    await host.must(['ip', 'address', 'add', address, ...noDetection, 'dev', interfaceName]);
  }

  async #switch(network: string): Promise<Host> {
    const existing = this.#switches.get(network);
    if (existing) return existing;
    const hub = await Host.start(`switch-${network}`, this.#options.searchPath ?? [], alwaysVisible());
    this.#switches.set(network, hub);
    // Without spanning tree, learning delay and multicast snooping it forwards from the first frame on.
    const plain = ['stp_state', '0', 'forward_delay', '0', 'mcast_snooping', '0'];
    await hub.must(['ip', 'link', 'add', 'switch', 'type', 'bridge', ...plain]);
    await hub.must(['sh', '-c', 'echo 1 >/proc/sys/net/ipv6/conf/switch/disable_ipv6']);
    await hub.must(['ip', 'link', 'set', 'switch', 'up']);
    return hub;
  }

  #cable(host: Host, interfaceName = 'eth0'): Cable {
    const cable = this.#cables.find(each => each.host === host && each.interface === interfaceName);
    if (!cable) throw new LabError(`host ${host.name} has no interface ${interfaceName}`);
    return cable;
  }

  #portCommand(host: Host, interfaceName: string | undefined, ...words: readonly string[]): Promise<string> {
    const cable = this.#cable(host, interfaceName);
    return this.switchOf(cable.network).must(['ip', 'link', 'set', cable.port, ...words]);
  }

  /** Name of the switch's end of a cable, by the host's interface. */
  portOf(host: Host, interfaceName?: string): string {
    return this.#cable(host, interfaceName).port;
  }

  /** Takes an interface away for good, with its cable; `connect` makes another. */
  async disconnect(host: Host, interfaceName?: string): Promise<void> {
    const cable = this.#cable(host, interfaceName);
    this.#cables.splice(this.#cables.indexOf(cable), 1);
    await this.switchOf(cable.network).must(['ip', 'link', 'delete', cable.port]);
  }

  /** The namespace in which a network's bridge, named `switch`, lives. */
  switchOf(network = 'lan'): Host {
    const hub = this.#switches.get(network);
    if (!hub) throw new LabError(`there is no network ${network}`);
    return hub;
  }

  /** Takes the host's port off the switch: its carrier stays, and it hears and reaches nobody. */
  async isolate(host: Host, interfaceName?: string): Promise<void> {
    await this.#portCommand(host, interfaceName, 'nomaster');
  }

  /** Undoes `isolate`. */
  async heal(host: Host, interfaceName?: string): Promise<void> {
    await this.#portCommand(host, interfaceName, 'master', 'switch');
  }

  /** Sets the switch's end down: the host's interface loses its carrier. */
  async pullCable(host: Host, interfaceName?: string): Promise<void> {
    await this.#portCommand(host, interfaceName, 'down');
  }

  /** Undoes `pullCable`. */
  async plugCable(host: Host, interfaceName?: string): Promise<void> {
    await this.#portCommand(host, interfaceName, 'up');
  }

  /** Drops frames on the switch, in one direction. Needs nft. */
  async lose(loss: Loss): Promise<void> {
    const network = loss.network ?? 'lan';
    const port = (host: Host): string => {
      const cable = this.#cables.find(each => each.host === host && each.network === network);
      if (!cable) throw new LabError(`host ${host.name} is not on network ${network}`);
      return cable.port;
    };
    const chance = loss.percent === undefined ? '' : `numgen random mod 100 < ${loss.percent}`;
    const rule = `iifname "${port(loss.from)}" oifname "${port(loss.to)}" ${loss.match ?? ''} ${chance} drop`;
    const script = `table bridge lab { chain forward { type filter hook forward priority 0; }; }\nadd rule bridge lab forward ${rule}\n`;
    await this.switchOf(network).must(['nft', '-f', '-'], { input: script });
  }

  /** Undoes every `lose` on a network. */
  async loseNothing(network = 'lan'): Promise<void> {
    await this.switchOf(network).must(['nft', 'delete', 'table', 'bridge', 'lab']);
  }

  /** Ends every host with all that runs there; the networks go with them. */
  async close(): Promise<void> {
    const all = [...this.#hosts.values(), ...this.#switches.values()];
    this.#hosts.clear();
    this.#switches.clear();
    this.#cables.length = 0;
    await Promise.all(all.map(host => host.end()));
  }
}

function hexByte(value: number): string {
  return value.toString(16).padStart(2, '0');
}

/** An empty network. The program must run in namespaces of its own: see enterNamespaces. */
export async function openLab(options: LabOptions = {}): Promise<Lab> {
  if (!isInNamespaces()) throw new LabError('a lab is opened inside namespaces of its own: call enterNamespaces first');
  return new Lab(options);
}
