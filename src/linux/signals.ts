import inspector from 'node:inspector';
import koffi from 'koffi';
import { allocate, check, libcFunction, type Memory } from './libc.ts';

const defaultLoop = libcFunction<() => bigint>('void *uv_default_loop()');
const handleSize = libcFunction<(type: number) => number>('size_t uv_handle_size(int type)');
const initialise = libcFunction<(loop: bigint, handle: Uint8Array) => number>(
  'int uv_signal_init(void *loop, void *handle)',
);
const start = libcFunction<(handle: Uint8Array, callback: bigint, signal: number) => number>(
  'int uv_signal_start(void *handle, void *callback, int signal)',
);
const unreference = libcFunction<(handle: Uint8Array) => void>('void uv_unref(void *handle)');

const signalHandleType = 16;

/** libuv keeps pointers to these; they are never given back. */
const handles: Memory[] = [];
const taken = new Set<number>();
const early: number[] = [];
let handler: ((signal: number) => void) | undefined;
let callback: bigint | undefined;

/**
 * Takes signals over from Node, by number, real-time ones included: until then HUP, USR2 and the real-time signals end the
 * process and USR1 opens its debugger. To be called before anything slow and before anybody can know our process id.
 * Signals that come before `onSignal` are kept for it.
 */
export function takeOverSignals(signals: Iterable<number>): void {
  callback ??= koffi.register(received, koffi.pointer(koffi.proto('void (void *handle, int signal)')));
  for (const signal of signals) {
    if (taken.has(signal)) continue;
    const memory = allocate(Number(handleSize(signalHandleType)));
    check(initialise(defaultLoop(), memory.bytes), 'prepare', `signal ${signal}`);
    check(start(memory.bytes, callback, signal), 'take over', `signal ${signal}`);
    unreference(memory.bytes);
    handles.push(memory);
    taken.add(signal);
  }
  // A USR1 that came first has opened it for whoever is on this machine.
  if (inspector.url() !== undefined && !process.execArgv.some(argument => argument.startsWith('--inspect')))
    inspector.close();
}

/** From now on this is told of every signal taken over, those that came early first. */
export function onSignal(tell: (signal: number) => void): void {
  handler = tell;
  for (const signal of early.splice(0)) tell(signal);
}

function received(_handle: bigint, signal: number): void {
  // An exception thrown into native code is lost: it leaves by another door.
  try {
    if (handler) handler(signal);
    else early.push(signal);
  } catch (error) {
    setImmediate(() => {
      throw error;
    });
  }
}
