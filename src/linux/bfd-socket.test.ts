import { afterEach, describe, expect, it } from 'vitest';
import { parseIpAddress } from '../base/ip-address.ts';
import { seededPrng } from '../base/prng.ts';
import { BfdListeningSocket, BfdSendingSocket, type ControlDatagram } from './bfd-socket.ts';
import { KernelError } from './libc.ts';
import { Poller } from './poller.ts';

// Not the ports of BFD: they may be taken on the machine that runs this.
const port = 47_840;
const poller = new Poller();
const open: { close(): void }[] = [];
afterEach(() => {
  for (const socket of open.splice(0)) socket.close();
});

function listen(family: 4 | 6): { next(): Promise<ControlDatagram>; heard: ControlDatagram[] } {
  const heard: ControlDatagram[] = [];
  let wake = (): void => {};
  open.push(
    new BfdListeningSocket(poller, family, port, datagram => {
      heard.push(datagram);
      wake();
    }),
  );
  return {
    heard,
    next: async () => {
      while (heard.length === 0) {
        await new Promise<void>(resolve => {
          wake = resolve;
        });
      }
      return heard.shift()!;
    },
  };
}

function sender(address: string, ttl: number, prng = seededPrng(3)): BfdSendingSocket {
  const ip = parseIpAddress(address)!;
  const socket = new BfdSendingSocket({ source: ip, destination: ip, port, ttl }, prng);
  open.push(socket);
  return socket;
}

describe('BFD sockets on loopback', () => {
  it.each([
    ['127.0.0.1', 4],
    ['::1', 6],
  ] as const)(
    '5881-5-ttl-tx + packets to %s leave with the TTL asked for, which the receiver is told',
    async (address, family) => {
      const ears = listen(family);
      expect(sender(address, 255).send(Uint8Array.of(1, 2, 3))).toBeUndefined();
      const ip = parseIpAddress(address)!;
      expect(await ears.next()).toEqual({ source: ip, destination: ip, ttl: 255, payload: Uint8Array.of(1, 2, 3) });
    },
  );

  it('5881-5-ttl-tx - and not with that of the host', async () => {
    const ears = listen(4);
    sender('127.0.0.1', 7).send(Uint8Array.of(1));
    expect((await ears.next()).ttl).toBe(7);
  });

  it('5881-4-sport + sessions send from ports of their own in 49152 .. 65535; a port that is taken is not fatal', () => {
    // The same numbers again and again: the second socket draws the first one's port before its own.
    const numbers = [5, 5, 6];
    const prng = { below: () => numbers.shift()! };
    sender('127.0.0.1', 255, prng);
    sender('127.0.0.1', 255, prng);
    expect(numbers).toEqual([]);
  });

  it('5881-4-sport - nor is any other port drawn', () => {
    const bounds: number[] = [];
    sender('127.0.0.1', 255, {
      below: bound => {
        bounds.push(bound);
        return bound - 1;
      },
    });
    expect(bounds).toEqual([65_536 - 49_152]);
  });

  it('a source address that is not ours is the caller’s problem', () => {
    const destination = parseIpAddress('127.0.0.1')!;
    const source = parseIpAddress('192.0.2.99')!;
    expect(() => new BfdSendingSocket({ source, destination, port, ttl: 255 }, seededPrng(1))).toThrow(KernelError);
  });
});
