// One-to-one SCTP, which Node does not know:
//
//   sctp-peer serve ADDRESS PORT NAME    tells everybody who connects its name; says so when it listens
//   sctp-peer ask ADDRESS PORT TIMES     prints the names that it is told there, a line each
import { parseIpAddress } from '../../src/base/ip-address.ts';
import { check, closeDescriptor, libcFunction } from '../../src/linux/libc.ts';
import {
  bindSocket,
  family,
  ipv4SocketAddress,
  level,
  openSocket,
  setOption,
  socketOption,
} from '../../src/linux/socket.ts';

const listen = libcFunction<(fd: number, backlog: number) => number>('int listen(int fd, int backlog)');
const accept = libcFunction<(fd: number, address: null, length: null) => number>(
  'int accept(int fd, void *address, void *length)',
);
const connect = libcFunction<(fd: number, address: Uint8Array, length: number) => number>(
  'int connect(int fd, const void *address, uint32_t length)',
);
const send = libcFunction<(fd: number, bytes: Uint8Array, length: number, flags: number) => number>(
  'intptr_t send(int fd, const void *bytes, size_t length, int flags)',
);
const receive = libcFunction<(fd: number, bytes: Uint8Array, length: number, flags: number) => number>(
  'intptr_t recv(int fd, void *bytes, size_t length, int flags)',
);

const stream = 1;
const sctp = 132;
const sendTimeout = 21;
const patience = 10n;

function placeOf(address: string, port: string): Uint8Array {
  const place = ipv4SocketAddress(parseIpAddress(address)!);
  new DataView(place.buffer).setUint16(2, Number(port));
  return place;
}

function serve(place: Uint8Array, name: string): never {
  const descriptor = openSocket(family.ipv4, stream, sctp, 'SCTP', 'blocking');
  bindSocket(descriptor, place, 'SCTP');
  check(listen(descriptor, 8), 'listen', 'SCTP');
  process.stdout.write('listening\n');
  const bytes = Buffer.from(name);
  for (;;) {
    const peer = check(accept(descriptor, null, null), 'accept', 'SCTP');
    send(peer, bytes, bytes.length, 0);
    closeDescriptor(peer);
  }
}

function ask(place: Uint8Array): string {
  const descriptor = openSocket(family.ipv4, stream, sctp, 'SCTP', 'blocking');
  // struct timeval
  const wait = new Uint8Array(16);
  new DataView(wait.buffer).setBigInt64(0, patience, true);
  setOption(descriptor, level.socket, socketOption.receiveTimeout, wait, 'SCTP');
  // It is the connection's, too.
  setOption(descriptor, level.socket, sendTimeout, wait, 'SCTP');
  check(connect(descriptor, place, place.length), 'connect', 'SCTP');
  const bytes = Buffer.alloc(100);
  const length = check(receive(descriptor, bytes, bytes.length, 0), 'receive', 'SCTP');
  closeDescriptor(descriptor);
  return bytes.toString('utf8', 0, length);
}

const [, , verb, address = '', port = '', last = ''] = process.argv;
if (verb === 'serve') serve(placeOf(address, port), last);
if (verb === 'ask') {
  for (let left = Number(last); left > 0; left--) process.stdout.write(`${ask(placeOf(address, port))}\n`);
}
