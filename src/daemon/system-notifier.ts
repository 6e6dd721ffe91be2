import { now } from '../linux/clock.ts';
import { KernelError } from '../linux/libc.ts';
import { sendUnixDatagram } from '../linux/notify-socket.ts';

/** Tells systemd, where it started us with Type=notify or notify-reload, when we are ready, reload or stop. */
export class SystemNotifier {
  readonly #socket: string | undefined;

  constructor(environment: Record<string, string | undefined> = process.env) {
    this.#socket = environment['NOTIFY_SOCKET'];
    // Scripts and the child are not to speak in our name.
    delete environment['NOTIFY_SOCKET'];
  }

  tell(state: 'ready' | 'reloading' | 'stopping'): void {
    if (this.#socket === undefined || this.#socket === '') return;
    try {
      sendUnixDatagram(this.#socket, stateText(state));
    } catch (error) {
      // systemd that does not listen is no reason to take addresses down.
      if (!(error instanceof KernelError)) throw error;
    }
  }
}

function stateText(state: 'ready' | 'reloading' | 'stopping'): string {
  switch (state) {
    case 'ready':
      return `READY=1\nMAINPID=${process.pid}\n`;
    case 'reloading':
      return `RELOADING=1\nMONOTONIC_USEC=${Math.floor(now())}\n`;
    case 'stopping':
      return 'STOPPING=1\n';
  }
}
