import { close, constants, open } from 'node:fs';
import { connect } from 'node:net';
import type { ScriptOutcome } from '../ports/script.ts';

/** Something that stands for a script without being a process. */
export interface Probe {
  /** Nothing is reported afterwards. */
  cancel(): void;
}

const success: ScriptOutcome = { type: 'exited', status: 0 };
/** What a shell gives for a redirection that failed. */
const failure: ScriptOutcome = { type: 'exited', status: 1 };

/** `</dev/tcp/HOST/PORT` of bash: succeeds when the connection stands, and ends it at once. */
export function connectByTcp(host: string, port: number, report: (outcome: ScriptOutcome) => void): Probe {
  const socket = connect({ host, port });
  const end = (outcome: ScriptOutcome): void => {
    socket.removeAllListeners();
    // An error while closing must not become an exception nobody catches.
    socket.on('error', () => {});
    socket.destroy();
    report(outcome);
  };
  socket.once('connect', () => end(success));
  socket.once('error', () => end(failure));
  return {
    cancel: () => {
      socket.removeAllListeners();
      socket.on('error', () => {});
      socket.destroy();
    },
  };
}

/** `</path`: succeeds if the file can be opened. Off the event loop, because a network file system may take its time. */
export function openForReading(path: string, report: (outcome: ScriptOutcome) => void): Probe {
  let cancelled = false;
  // Non-blocking, or a FIFO without a writer would hold a thread for ever.
  open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY, (error, descriptor) => {
    if (!error) close(descriptor, () => {});
    if (!cancelled) report(error ? failure : success);
  });
  return {
    cancel: () => {
      cancelled = true;
    },
  };
}
