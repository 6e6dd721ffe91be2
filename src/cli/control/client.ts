import { existsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import type { ControlReply, ControlRequest } from '../../daemon/control-messages.ts';
import { LineSplitter } from '../../daemon/message.ts';
import { controlSocketPath } from '../../daemon/names.ts';

/** An answer about tens of thousands of servers has some ten megabytes. */
const longestReply = 256 * 1024 * 1024;
const patienceMilliseconds = 5_000;

export interface ClientOptions {
  readonly instance?: string;
  readonly socket?: string;
}

/** Why there is no answer; for the operator. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** The daemon as a command sees it: it is asked and answers. */
export class ControlClient {
  readonly #file: string;
  readonly #socket: Socket;
  readonly #splitter = new LineSplitter(longestReply);
  #pending: { readonly resolve: (reply: ControlReply) => void; readonly reject: (error: Error) => void } | undefined;

  constructor(options: ClientOptions) {
    this.#file = socketFile(options);
    this.#socket = connect(this.#file);
    this.#socket.on('data', bytes => {
      for (const line of this.#splitter.push(bytes)) {
        this.#pending?.resolve(JSON.parse(line) as ControlReply);
        this.#pending = undefined;
      }
    });
    this.#socket.on('error', (error: NodeJS.ErrnoException) => this.#fail(explain(this.#file, error)));
    this.#socket.on('close', () => this.#fail('the daemon ended the connection'));
  }

  /** Throws NoAnswer. One at a time. */
  async ask(request: ControlRequest): Promise<ControlReply> {
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<ControlReply>((resolve, reject) => {
        this.#pending = { resolve, reject };
        timer = setTimeout(() => this.#fail('the daemon does not answer'), patienceMilliseconds);
        this.#socket.write(`${JSON.stringify(request)}\n`);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  #fail(text: string): void {
    this.#pending?.reject(new NoAnswer(text));
    this.#pending = undefined;
  }
}

/** As given, else of the daemon under whichever name it runs. */
function socketFile({ instance, socket }: ClientOptions): string {
  if (socket !== undefined) return socket;
  const own = controlSocketPath('holdfast', instance);
  const keepalived = controlSocketPath('keepalived', instance);
  return !existsSync(own) && existsSync(keepalived) ? keepalived : own;
}

function explain(file: string, { code }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOENT':
    case 'ECONNREFUSED':
      return `no daemon listens at ${file}: is it running? --instance and --socket choose another one`;
    case 'EACCES':
      return `${file} is for the daemon's own user: try as root`;
    default:
      return `cannot ask at ${file}: ${code}`;
  }
}
