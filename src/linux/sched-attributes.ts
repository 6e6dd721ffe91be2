import { libcFunction } from './libc.ts';

// Debian 12's C library has no function for these; the numbers are the kernel's. x86-64 has its own, the others share theirs.
const [setAttributes, getAttributes] = process.arch === 'x64' ? [314, 315] : [274, 275];

const systemCall = libcFunction<
  (number: number, task: number, attributes: Uint8Array, sizeOrFlags: number, flags: number) => number
>('long syscall(long number, long task, void *attributes, unsigned int size, unsigned int flags)');

/** struct sched_attr, its first version: size, policy, flags, nice, priority, runtime, deadline, period. */
const attributesSize = 48;
const at = { policy: 4, flags: 8, nice: 16, priority: 20, runtime: 24 } as const;

export const policy = { ordinary: 0, roundRobin: 2 } as const;
/** What the thread starts is ordinary again. */
export const resetOnFork = 1;

/** How the kernel schedules a thread. */
export interface SchedAttributes {
  policy: number;
  flags: number;
  niceness: number;
  /** 1 .. 99, of real-time policies. */
  priority: number;
  /** Of an ordinary thread: the length of its turns in nanoseconds; 0 leaves it to the kernel, and says that it does not tell. */
  runtime: bigint;
}

/** Of a thread by its number, 0 for the calling one; undefined if it cannot be read. */
export function schedAttributesOf(thread: number): SchedAttributes | undefined {
  const view = new DataView(new ArrayBuffer(attributesSize));
  if (systemCall(getAttributes, thread, new Uint8Array(view.buffer), attributesSize, 0) !== 0) return undefined;
  return {
    policy: view.getUint32(at.policy, true),
    flags: Number(view.getBigUint64(at.flags, true)),
    niceness: view.getInt32(at.nice, true),
    priority: view.getUint32(at.priority, true),
    runtime: view.getBigUint64(at.runtime, true),
  };
}

/** False if the kernel refused; errno says why. */
export function setSchedAttributes(thread: number, attributes: SchedAttributes): boolean {
  const view = new DataView(new ArrayBuffer(attributesSize));
  view.setUint32(0, attributesSize, true);
  view.setUint32(at.policy, attributes.policy, true);
  view.setBigUint64(at.flags, BigInt(attributes.flags), true);
  view.setInt32(at.nice, attributes.niceness, true);
  view.setUint32(at.priority, attributes.priority, true);
  view.setBigUint64(at.runtime, attributes.runtime, true);
  return systemCall(setAttributes, thread, new Uint8Array(view.buffer), 0, 0) === 0;
}
