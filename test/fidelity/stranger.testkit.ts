// Somebody else's machine on a segment, which sends what the simulator's stranger sends.
import { fileURLToPath } from 'node:url';
import { inMilliseconds } from '../../src/base/duration.ts';
import { ipAddressBytes } from '../../src/base/ip-address.ts';
import type { Host } from '../../src/lab/host.ts';
import type { HostProcess } from '../../src/lab/host-process.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { encodeIpv4Header } from '../../src/packet/ipv4-header.ts';
import type { Action } from '../../src/sim/action.ts';
import { damagedFrame, foreignFrame } from '../../src/sim/foreign-frame.ts';
import type { Segment, VrrpFrame } from '../../src/sim/segment.ts';
import type { World } from '../../src/sim/world.ts';

type StrangeAction = Action & { readonly type: 'foreign' | 'garbage' };

const program = fileURLToPath(new URL('./stranger.mjs', import.meta.url));
const pipe = '/run/orders';
/** Damaged packets are drawn beforehand and sent by turns. */
const damagedCount = 50;

export class Stranger {
  readonly #host: Host;
  readonly #process: HostProcess;
  readonly #world: World;
  readonly #interfaces: ReadonlyMap<Segment, string>;

  private constructor(host: Host, process: HostProcess, world: World, interfaces: ReadonlyMap<Segment, string>) {
    this.#host = host;
    this.#process = process;
    this.#world = world;
    this.#interfaces = interfaces;
  }

  /** A host on every segment, ready to send. */
  static async arrive(lab: Lab, world: World): Promise<Stranger> {
    const interfaces = new Map(world.segments.map((segment, place) => [segment, `eth${place}`]));
    let host: Host | undefined;
    for (const [segment, name] of interfaces) {
      const options = { interface: name, network: segment.name, linkLocalAddress: false, mac: strangerMac };
      if (host) await lab.connect(host, options);
      else host = await lab.addHost('stranger', options);
    }
    if (!host) throw new Error('a world without a segment');
    await host.must(['mkfifo', pipe]);
    const running = host.spawn([process.execPath, program, pipe]);
    await running.waitForLine('ready');
    return new Stranger(host, running, world, interfaces);
  }

  /** Begins to send; resolves with the instant of the first frame, by the clock of `performance.now()`. */
  async send(action: StrangeAction): Promise<number> {
    const after = this.#process.position;
    const shell = this.#host.openShell();
    for (const [segment, name] of this.#interfaces) {
      if (action.segment !== undefined && action.segment !== segment.name) continue;
      const order = {
        interface: name,
        frames: this.#frames(action, segment).map(frame => Buffer.from(ethernet(frame)).toString('hex')),
        everyMs: inMilliseconds(action.every),
        forMs: inMilliseconds(action.span),
      };
      await shell.run(`echo '${JSON.stringify(order)}' >${pipe}`);
    }
    shell.close();
    return (await this.#process.waitForLine('begun', { after, everyMs: 1 })).monotonicMs;
  }

  #frames(action: StrangeAction, segment: Segment): VrrpFrame[] {
    if (action.type === 'foreign') return [foreignFrame(this.#world, segment, action)];
    return Array.from({ length: damagedCount }, () => damagedFrame(this.#world, segment)).filter(
      frame => frame !== undefined,
    );
  }
}

const strangerMac = '02:00:00:00:ff:02';

/** The frame as the bytes on the wire. */
function ethernet({ sourceMac, family, source, destination, ttl, payload }: VrrpFrame): Uint8Array {
  const group = ipAddressBytes(destination);
  // RFC 1112 6.4, RFC 2464 7.
  const mac =
    family === 4 ? [0x01, 0x00, 0x5e, group[1]! & 0x7f, group[2]!, group[3]!] : [0x33, 0x33, ...group.subarray(12)];
  const type = family === 4 ? [0x08, 0x00] : [0x86, 0xdd];
  const header =
    family === 4
      ? encodeIpv4Header(
          { typeOfService: 0xc0, identification: 1, ttl, protocol: 112, source, destination },
          payload.length,
        )
      : [0x6c, 0, 0, 0, 0, payload.length, 112, ttl, ...ipAddressBytes(source), ...group];
  const from = sourceMac.split(':').map(part => Number.parseInt(part, 16));
  return Uint8Array.from([...mac, ...from, ...type, ...header, ...payload]);
}
