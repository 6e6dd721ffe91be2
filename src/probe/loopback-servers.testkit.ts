import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions as ServerTlsOptions } from 'node:tls';
import { certificate, privateKey } from './certificate.testkit.ts';
import type { ServerPlan, ServerStep } from './contract.testkit.ts';

export interface RunningServer {
  readonly port: number;
  close(): void;
}

/** Servers on loopback that do what a plan says. */
export async function startServer(plan: ServerPlan): Promise<RunningServer> {
  switch (plan.type) {
    case 'refusing': {
      // Nobody is likely to take a port again that was free a moment ago.
      const server = await listen(createServer());
      server.close();
      return { port: server.port, close: () => {} };
    }
    case 'unanswering':
      return startUnanswering();
    case 'stream':
      return startStream(socket => void play(socket, plan.steps), plan.tls ? {} : undefined);
    case 'datagram':
      return startDatagram(plan.answers);
  }
}

/** With `tls`, over TLS, with a certificate for localhost. */
export function startStream(
  accept: (socket: Socket) => void,
  tls: ServerTlsOptions | undefined,
): Promise<RunningServer> {
  const server = tls ? createTlsServer({ cert: certificate, key: privateKey, ...tls }, accept) : createServer(accept);
  server.on('tlsClientError', () => {});
  return listen(server);
}

/** Below TLS, by the port of the client. */
const connections = new Map<number | undefined, Socket>();

async function listen(server: Server): Promise<RunningServer> {
  const sockets = new Set<Socket>();
  server.on('connection', socket => {
    socket.on('error', () => {});
    sockets.add(socket);
    const { remotePort } = socket;
    connections.set(remotePort, socket);
    socket.once('close', () => {
      sockets.delete(socket);
      connections.delete(remotePort);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    port,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function play(socket: Socket, steps: readonly ServerStep[]): Promise<void> {
  let heard = '';
  let changed = (): void => {};
  socket.on('error', () => {});
  socket.on('data', bytes => {
    heard += bytes.toString('latin1');
    changed();
  });
  for (const step of steps) {
    if (socket.destroyed) return;
    if ('say' in step) {
      await new Promise(resolve => socket.write(step.say, resolve));
    } else if ('hear' in step) {
      while (heard === '' || !heard.includes(step.hear)) {
        await new Promise<void>(resolve => {
          changed = resolve;
        });
      }
      heard = '';
    } else if ('hangUp' in step) {
      socket.end();
    } else if ('reset' in step) {
      (connections.get(socket.remotePort) ?? socket).resetAndDestroy();
    } else if ('endlessly' in step) {
      const text = Buffer.from(step.endlessly);
      const more = (): void => {
        while (!socket.destroyed && socket.write(text)) {}
      };
      socket.on('drain', more);
      more();
    } else {
      const timer = setInterval(() => socket.write(step.trickle), step.everyMs);
      socket.once('close', () => clearInterval(timer));
    }
  }
}

/** A process that listens and is stopped: once its queue is full, the kernel drops who else wants to connect. */
async function startUnanswering(): Promise<RunningServer> {
  const program = `
    const server = require('node:net').createServer();
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port));`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<number>(resolve => child.stdout.once('data', text => resolve(Number(text))));
  child.kill('SIGSTOP');
  const fillers: Socket[] = [];
  for (let full = false; !full; ) {
    const filler = connect(port, '127.0.0.1');
    filler.on('error', () => {});
    fillers.push(filler);
    full = await new Promise<boolean>(resolve => {
      const timer = setTimeout(() => resolve(true), 300);
      filler.once('connect', () => {
        clearTimeout(timer);
        resolve(false);
      });
    });
  }
  return {
    port,
    close: () => {
      for (const filler of fillers) filler.destroy();
      child.kill('SIGKILL');
    },
  };
}

async function startDatagram(answers: Extract<ServerPlan, { type: 'datagram' }>['answers']): Promise<RunningServer> {
  const socket = createSocket('udp4');
  socket.on('message', (question, from) => {
    for (const { id, bytes } of answers) {
      socket.send(id ? Buffer.concat([question.subarray(0, 2), bytes]) : bytes, from.port, from.address);
    }
  });
  await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve));
  return { port: socket.address().port, close: () => socket.close() };
}
