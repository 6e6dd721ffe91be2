import type { NetlinkMessage } from '../netlink/message.ts';
import { MessageWriter } from '../netlink/message-writer.ts';
import { errnoName, KernelError } from './libc.ts';
import { netlinkProtocol, RequestSocket } from './netlink-socket.ts';

/** A request that the kernel did not obey: its place among those of one call, and errno's name. */
export interface RefusedRequest {
  readonly place: number;
  readonly error: string;
}

/** What is asked of the kernel about links, addresses, routes and rules. */
export class RouteRequests {
  readonly #socket: RequestSocket;
  readonly #writer = new MessageWriter(65_536);

  /** `receiveBufferBytes` is SO_RCVBUF; undefined takes one that fits the largest batch's answers. Throws KernelError. */
  constructor(receiveBufferBytes?: number) {
    this.#socket = new RequestSocket(netlinkProtocol.route, 'route netlink', receiveBufferBytes);
  }

  dump(encode: (writer: MessageWriter, sequence: number) => void): readonly NetlinkMessage[] {
    return this.#socket.dump(sequence => {
      this.#writer.clear();
      encode(this.#writer, sequence);
      return this.#writer.bytes();
    });
  }

  change<Request>(
    encode: (writer: MessageWriter, request: Request, sequence: number, acknowledge: boolean) => void,
    requests: readonly Request[],
  ): readonly RefusedRequest[] {
    const refused: RefusedRequest[] = [];
    const limit = this.#socket.batchLimit;
    for (let start = 0; start < requests.length; start += limit) {
      const part = requests.slice(start, start + limit);
      const first = this.#socket.sequences(part.length);
      this.#writer.clear();
      part.forEach((request, place) => {
        encode(this.#writer, request, first + place, place === part.length - 1);
      });
      for (const [place, error] of this.#execute(first, part.length)) refused.push({ place: start + place, error });
    }
    return refused;
  }

  close(): void {
    this.#socket.close();
  }

  /** Errors by place. When the kernel takes none of it, short of memory for instance, each has failed. */
  #execute(first: number, count: number): readonly (readonly [place: number, error: string])[] {
    try {
      const numbers = this.#socket.execute(this.#writer.bytes(), first, count);
      return [...numbers].map(([place, number]) => [place, errnoName(number)]);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      return Array.from({ length: count }, (_, place) => [place, error.code]);
    }
  }
}
