// Web and datagram servers and a client of both in one program, told what to do by lines of JSON, which it answers line by line.
import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { createServer as createHttp, request as requestHttp } from 'node:http';
import { createServer as createHttps, request as requestHttps } from 'node:https';
import { connect, isIPv6, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { certificate, privateKey } from '../../src/probe/certificate.testkit.ts';

export interface Place {
  readonly address: string;
  readonly port: number;
}

export type PeerCommand =
  /** Answers each path of `pages` with its text, `/who` with `name`, others with 404. */
  | (Place & {
      readonly do: 'open';
      readonly name: string;
      readonly tls: boolean;
      /** Nobody without a certificate of ours gets anything. */
      readonly closed?: boolean;
      readonly pages: Readonly<Record<string, string>>;
    })
  /** Nobody listens any more, and connections end. */
  | (Place & { readonly do: 'close' })
  | (Place & { readonly do: 'get'; readonly from: string; readonly tls: boolean; readonly path: string })
  /** Opens a connection that stays; `again` asks once more on it. */
  | (Place & { readonly do: 'hold'; readonly from: string })
  | { readonly do: 'again' }
  /** Answers every datagram with `name`. */
  | (Place & { readonly do: 'answer'; readonly name: string })
  /** Nobody hears datagrams any more. */
  | (Place & { readonly do: 'fall silent' })
  /** A datagram from a port of its own; gives the answer. */
  | (Place & { readonly do: 'send'; readonly from: string })
  | { readonly do: 'let go' };

const servers = new Map<string, { readonly server: Server; readonly sockets: Set<Socket> }>();
const answering = new Map<string, DatagramSocket>();
let held: Socket | undefined;

const key = ({ address, port }: Place): string => `${address} ${port}`;

function open(command: PeerCommand & { do: 'open' }): Promise<string> {
  const handler: Parameters<typeof createHttp>[1] = (question, answer) => {
    const text = question.url === '/who' ? command.name : command.pages[question.url ?? ''];
    answer.statusCode = text === undefined ? 404 : 200;
    answer.end(text);
  };
  const server = command.tls
    ? createHttps(
        {
          cert: certificate,
          key: privateKey,
          ...(command.closed && { requestCert: true, rejectUnauthorized: true, ca: [certificate] }),
        },
        handler,
      )
    : createHttp(handler);
  // A connection that is held is ended by nobody but the tests.
  server.keepAliveTimeout = 0;
  const sockets = new Set<Socket>();
  server.on('connection', socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  servers.set(key(command), { server, sockets });
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(command.port, command.address, () => resolve('open'));
  });
}

function close(place: Place): string {
  const found = servers.get(key(place));
  servers.delete(key(place));
  found?.server.close();
  for (const socket of found?.sockets ?? []) socket.destroy();
  return 'closed';
}

function get({ address, port, from, tls, path }: PeerCommand & { do: 'get' }): Promise<string> {
  const options = { host: address, port, path, localAddress: from, agent: false, timeout: 5_000 };
  return new Promise(resolve => {
    const asked = (tls ? requestHttps : requestHttp)({ ...options, rejectUnauthorized: false }, answer => {
      let text = '';
      answer.on('data', bytes => {
        text += String(bytes);
      });
      answer.on('end', () => resolve(text));
    });
    asked.on('timeout', () => asked.destroy(new Error('silence')));
    asked.on('error', error => resolve(`error: ${(error as NodeJS.ErrnoException).code ?? error.message}`));
    asked.end();
  });
}

function hold({ address, port, from }: PeerCommand & { do: 'hold' }): Promise<string> {
  held?.destroy();
  held = connect({ host: address, port, localAddress: from });
  held.on('error', () => {});
  return again();
}

/** A request and its answer on the connection that is there. */
function again(): Promise<string> {
  const socket = held;
  if (!socket || socket.destroyed) return Promise.resolve('error: gone');
  socket.write('GET /who HTTP/1.1\r\nHost: held\r\n\r\n');
  return new Promise(resolve => {
    const end = (text: string): void => {
      socket.removeAllListeners('data');
      socket.removeAllListeners('close');
      clearTimeout(timer);
      resolve(text);
    };
    const timer = setTimeout(() => end('error: silence'), 5_000);
    let answer = '';
    socket.on('data', bytes => {
      answer += String(bytes);
      const body = /\r\n\r\n(.+)/s.exec(answer)?.[1];
      if (body !== undefined) end(body.replace(/^[0-9a-f]+\r\n|\r\n.*$/gs, ''));
    });
    socket.on('close', () => end('error: gone'));
  });
}

const datagramSocket = (address: string): DatagramSocket => createSocket(isIPv6(address) ? 'udp6' : 'udp4');

function answer(place: PeerCommand & { do: 'answer' }): Promise<string> {
  const socket = datagramSocket(place.address);
  socket.on('message', (_question, { port, address }) => socket.send(place.name, port, address));
  answering.set(key(place), socket);
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.bind(place.port, place.address, () => resolve('answering'));
  });
}

function fallSilent(place: Place): string {
  answering.get(key(place))?.close();
  answering.delete(key(place));
  return 'silent';
}

function send({ address, port, from }: PeerCommand & { do: 'send' }): Promise<string> {
  const socket = datagramSocket(address);
  return new Promise(resolve => {
    const end = (text: string): void => {
      clearTimeout(timer);
      socket.close();
      resolve(text);
    };
    const timer = setTimeout(() => end('error: silence'), 5_000);
    socket.on('message', bytes => end(String(bytes)));
    socket.on('error', error => end(`error: ${(error as NodeJS.ErrnoException).code ?? error.message}`));
    // Connected, so that it hears of it when nobody listens.
    socket.bind(0, from, () => socket.connect(port, address, () => socket.send('who?')));
  });
}

function obey(command: PeerCommand): string | Promise<string> {
  switch (command.do) {
    case 'open':
      return open(command);
    case 'close':
      return close(command);
    case 'get':
      return get(command);
    case 'hold':
      return hold(command);
    case 'again':
      return again();
    case 'answer':
      return answer(command);
    case 'fall silent':
      return fallSilent(command);
    case 'send':
      return send(command);
    case 'let go':
      held?.end();
      return 'let go';
  }
}

if (process.argv[2] === 'peer') {
  for await (const line of createInterface({ input: process.stdin })) {
    const answer = await obey(JSON.parse(line) as PeerCommand);
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
  process.exit(0);
}
