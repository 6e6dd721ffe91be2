import type { IpAddress } from '../base/ip-address.ts';
import type { MacAddress } from '../base/mac-address.ts';
import type { InterfaceAddress, Link } from '../ports/network.ts';
import type { Frame, Port, Segment } from './segment.ts';

/** A network interface of a simulated machine, plugged into a segment. */
export class KernelLink implements Port {
  readonly portId: number;
  readonly index: number;
  readonly segment: Segment;
  readonly mac: MacAddress;
  /** As in the machine's network configuration, whatever it is called now. */
  readonly configuredName: string;
  readonly listensFor = 'vrrp';
  readonly addresses: InterfaceAddress[] = [];
  name: string;
  adminUp = true;
  carrier = true;
  /** The machine has power. */
  powered = true;
  readonly #receive: (frame: Frame) => void;

  constructor(
    portId: number,
    spec: { readonly name: string; readonly segment: Segment; readonly mac: string },
    index: number,
    receive: (frame: Frame) => void,
  ) {
    this.portId = portId;
    this.name = spec.name;
    this.configuredName = spec.name;
    this.segment = spec.segment;
    this.mac = spec.mac as MacAddress;
    this.index = index;
    this.#receive = receive;
    this.segment.attach(this);
  }

  /** Frames come and go. */
  get hasCarrier(): boolean {
    return this.carrier && this.adminUp && this.powered;
  }

  view(): Link {
    const { index, name, adminUp, mac } = this;
    return {
      index,
      name,
      adminUp,
      running: adminUp && this.carrier,
      loopback: false,
      mtu: 1500,
      mac,
      multicast: true,
      noArp: false,
    };
  }

  receive(frame: Frame): void {
    this.#receive(frame);
  }

  answersFor(address: IpAddress): boolean {
    for (const held of this.addresses) if (held.address === address) return true;
    return false;
  }

  unplug(): void {
    this.segment.detach(this);
  }
}
