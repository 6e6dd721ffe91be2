import { type Duration, microseconds } from '../base/duration.ts';
import { libcFunction } from './libc.ts';

// Debian 12's C library has no function for these; the numbers are the kernel's. x86-64 has its own, the others share theirs.
const [setAttributes, getAttributes] = process.arch === 'x64' ? [314, 315] : [274, 275];

const systemCall = libcFunction<
  (number: number, task: number, attributes: Uint8Array, sizeOrFlags: number, flags: number) => number
>('long syscall(long number, long task, void *attributes, unsigned int size, unsigned int flags)');

/** struct sched_attr, its first version: size, policy, flags, nice, priority, runtime, deadline, period. */
const attributesSize = 48;
const policyAt = 4;
const runtimeAt = 24;
const ordinary = 0;
const nanosecondsPerMicrosecond = 1_000n;

/** What work that must be on time asks for: it never takes long. */
const shortSlice = microseconds(100);

function attributesOfThread(): DataView | undefined {
  const attributes = new DataView(new ArrayBuffer(attributesSize));
  const bytes = new Uint8Array(attributes.buffer);
  return systemCall(getAttributes, 0, bytes, attributesSize, 0) === 0 ? attributes : undefined;
}

/**
 * Asks the scheduler for short turns, which it gives sooner: whoever else keeps the processor busy, such as the checker
 * process, delays an advertisement less. It takes no privilege, and is of no effect before Linux 6.12. A thread that somebody gave
 * a policy of its own, such as a real-time one, keeps it. Concerns the calling thread and what it starts.
 */
export function askForShortTurns(): void {
  const attributes = attributesOfThread();
  if (!attributes || attributes.getUint32(policyAt, true) !== ordinary) return;
  attributes.setUint32(0, attributesSize, true);
  attributes.setBigUint64(runtimeAt, BigInt(shortSlice) * nanosecondsPerMicrosecond, true);
  // A kernel that refuses leaves all as it was.
  systemCall(setAttributes, 0, new Uint8Array(attributes.buffer), 0, 0);
}

/** How long the calling thread's turns are; 0 if the kernel does not say. */
export function turnLength(): Duration {
  const runtime = attributesOfThread()?.getBigUint64(runtimeAt, true) ?? 0n;
  return microseconds(Number(runtime / nanosecondsPerMicrosecond));
}
