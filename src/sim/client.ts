import type { IpAddress } from '../base/ip-address.ts';
import type { MacAddress } from '../base/mac-address.ts';
import type { Ground } from './ground.ts';
import type { Frame, Port, Segment } from './segment.ts';

/**
 * A host of the segment that talks to virtual addresses. Its neighbour entries never time out, as those of routers that
 * keep them for hours: it depends on being told.
 */
export class Client implements Port {
  readonly name: string;
  readonly portId: number;
  readonly segment: Segment;
  readonly hasCarrier = true;
  readonly listensFor = 'ethernet';
  readonly neighbours = new Map<IpAddress, MacAddress>();
  readonly #ground: Ground;

  constructor(ground: Ground, name: string, segment: Segment) {
    this.#ground = ground;
    this.name = name;
    this.segment = segment;
    this.portId = ground.newPortId();
    segment.attach(this);
  }

  answersFor(): boolean {
    return false;
  }

  receive(frame: Frame): void {
    if (frame.type !== 'ethernet') return;
    const { news } = frame;
    if (!news) return;
    const known = this.neighbours.get(news.address);
    if (known === news.mac || (known !== undefined && !news.overrides)) return;
    this.neighbours.set(news.address, news.mac);
    this.#ground.observe({ type: 'neighbour', client: this.name, address: news.address, mac: news.mac });
  }
}
