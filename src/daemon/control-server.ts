import { chmodSync, mkdirSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import {
  type ControlAnswer,
  type ControlRequest,
  encodeAnswer,
  longestRequest,
  parseRequest,
} from './control-messages.ts';
import type { DaemonLog } from './log.ts';
import { LineSplitter } from './message.ts';

/** Carries out one request; `reply` is called once. */
type Obey = (request: ControlRequest, reply: (answer: ControlAnswer) => void) => void;

/** Nobody needs more; a program that opens them in a loop gets no further. */
const mostClients = 16;

/** Where operators' commands come in: a socket that only the daemon's own user can open. */
export class ControlServer {
  readonly #file: string;
  readonly #log: DaemonLog;
  readonly #obey: Obey;
  #server: Server | undefined;

  constructor(file: string, log: DaemonLog, obey: Obey) {
    this.#file = file;
    this.#log = log;
    this.#obey = obey;
  }

  /** Without it the daemon works as well, so nothing here ends it. */
  open(): void {
    try {
      const directory = path.dirname(this.#file);
      if (mkdirSync(directory, { recursive: true }) !== undefined) chmodSync(directory, 0o755);
    } catch (error) {
      this.#complain(error as NodeJS.ErrnoException);
      return;
    }
    this.#listen(true);
  }

  /** The socket goes with it. */
  close(): void {
    this.#server?.close();
    this.#server = undefined;
  }

  #listen(mayReplace: boolean): void {
    const server = createServer(socket => this.#serve(socket));
    this.#server = server;
    server.maxConnections = mostClients;
    server.on('error', (error: NodeJS.ErrnoException) => {
      this.#server = undefined;
      if (error.code === 'EADDRINUSE' && mayReplace) this.#replaceDead();
      else this.#complain(error);
    });
    // The socket gets its permissions as it is made, so that nobody slips in before.
    const umask = process.umask(0o177);
    try {
      server.listen(this.#file);
    } finally {
      process.umask(umask);
    }
    // Commands alone do not keep the daemon alive.
    server.unref();
  }

  /** A socket that was left behind by a daemon that was killed is in nobody's way. */
  #replaceDead(): void {
    const probe = connect(this.#file);
    probe.once('connect', () => {
      probe.destroy();
      this.#log.write('warning', `Another daemon listens at ${this.#file}: no commands are taken here`);
    });
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNREFUSED') {
        this.#complain(error);
        return;
      }
      try {
        unlinkSync(this.#file);
      } catch {
        // Whoever removed it first did the same.
      }
      this.#listen(false);
    });
  }

  #complain(error: NodeJS.ErrnoException): void {
    this.#log.write('warning', `Cannot listen at ${this.#file} (${error.code}): no commands are taken`);
  }

  /** One request at a time: the next one is read when the answer to this one has been taken. */
  #serve(socket: Socket): void {
    const splitter = new LineSplitter(longestRequest);
    const waiting: string[] = [];
    let busy = false;
    const next = (): void => {
      const line = busy ? undefined : waiting.shift();
      if (line === undefined) {
        if (!busy) socket.resume();
        return;
      }
      busy = true;
      socket.pause();
      this.#answer(line, answer => {
        socket.write(`${encodeAnswer(answer)}\n`, () => {
          busy = false;
          next();
        });
      });
    };
    socket.on('data', bytes => {
      try {
        waiting.push(...splitter.push(bytes));
      } catch {
        socket.destroy();
        return;
      }
      next();
    });
    socket.on('error', () => socket.destroy());
  }

  #answer(line: string, reply: (answer: ControlAnswer) => void): void {
    const request = parseRequest(line);
    if (request.ok) this.#obey(request.value, reply);
    else reply({ ok: false, error: request.reason });
  }
}
