import { unreachable } from '../base/assert.ts';
import type { Prng } from '../base/prng.ts';
import type { BfdEffect, BfdInput, BfdListener } from '../ports/bfd-world.ts';
import type { Log } from '../ports/log.ts';
import { BfdListeningSocket, type BfdPath, BfdSendingSocket } from './bfd-socket.ts';
import { KernelError } from './libc.ts';
import type { Poller } from './poller.ts';

export interface BfdWorldOptions {
  readonly log: Log;
  /** Whether lines of detail are logged, as -D asks. */
  readonly detail: boolean;
  /** For source ports. */
  readonly prng: Prng;
  /** Where inputs go; called from the event loop and from within execute. */
  readonly deliver: (input: BfdInput) => void;
  readonly sessionState: (state: BfdEffect & { readonly type: 'session-state' }) => void;
  /** The engine has nothing left to do. */
  readonly stopped: () => void;
}

/** The kernel as the BFD engine sees it. */
export class BfdWorld {
  readonly #poller: Poller;
  readonly #options: BfdWorldOptions;
  readonly #listening = new Map<string, BfdListeningSocket>();
  readonly #sending = new Map<string, BfdSendingSocket>();

  constructor(poller: Poller, options: BfdWorldOptions) {
    this.#poller = poller;
    this.#options = options;
  }

  execute(effect: BfdEffect): void {
    switch (effect.type) {
      case 'listen':
        this.#listen(effect.listeners);
        break;
      case 'open-socket':
        this.#open(effect.session, effect);
        break;
      case 'close-socket':
        this.#sending.get(effect.session)?.close();
        this.#sending.delete(effect.session);
        break;
      case 'send': {
        const error = this.#sending.get(effect.session)?.send(effect.payload);
        if (error !== undefined) this.#options.deliver({ type: 'send-failed', session: effect.session, error });
        break;
      }
      case 'session-state':
        this.#options.sessionState(effect);
        break;
      case 'log':
        if (this.#options.detail || !effect.detail) this.#options.log.write(effect.level, effect.text);
        break;
      case 'stopped':
        this.#options.stopped();
        break;
      default:
        unreachable(effect);
    }
  }

  close(): void {
    for (const socket of [...this.#listening.values(), ...this.#sending.values()]) socket.close();
    this.#listening.clear();
    this.#sending.clear();
  }

  #listen(listeners: readonly BfdListener[]): void {
    const wanted = new Map(listeners.map(listener => [`${listener.family} ${listener.port}`, listener]));
    for (const [key, socket] of this.#listening) {
      if (wanted.has(key)) continue;
      socket.close();
      this.#listening.delete(key);
    }
    for (const [key, listener] of wanted) if (!this.#listening.has(key)) this.#listenTo(key, listener);
  }

  #listenTo(key: string, listener: BfdListener): void {
    const { family, port } = listener;
    try {
      const socket = new BfdListeningSocket(this.#poller, family, port, datagram =>
        this.#options.deliver({ type: 'packet-received', port, ...datagram }),
      );
      this.#listening.set(key, socket);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.#options.deliver({ type: 'listen-failed', listener, error: error.code });
    }
  }

  #open(session: string, path: BfdPath): void {
    this.#sending.get(session)?.close();
    this.#sending.delete(session);
    try {
      this.#sending.set(session, new BfdSendingSocket(path, this.#options.prng));
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.#options.deliver({ type: 'socket-failed', session, error: error.code });
    }
  }
}
