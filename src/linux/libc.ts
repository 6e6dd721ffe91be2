import koffi from 'koffi';
import { assert } from '../base/assert.ts';

// The layouts and numbers in this folder are those that x86-64, arm64, riscv64 and loong64 share.
assert(
  koffi.sizeof('void *') === 8 && new Uint8Array(new Uint16Array([1]).buffer)[0] === 1,
  `64-bit little-endian Linux is needed, not ${process.arch}`,
);

/** The symbols of the running process: the C library and libuv. */
const library = koffi.load(null);

/** Declares a C function. Anything passed as a pointer is a typed array, a bigint address or null. */
export function libcFunction<Signature extends (...args: never[]) => unknown>(prototype: string): Signature {
  return library.func(prototype) as unknown as Signature;
}

/** As libcFunction, but undefined where the C library is too old or another one. */
export function optionalLibcFunction<Signature extends (...args: never[]) => unknown>(
  prototype: string,
): Signature | undefined {
  try {
    return libcFunction<Signature>(prototype);
  } catch {
    return undefined;
  }
}

const namesByNumber = new Map<number, string>();
for (const [name, number] of Object.entries(koffi.os.errno)) {
  // EWOULDBLOCK and EDEADLOCK are second names; the first is the one that people know.
  if (!namesByNumber.has(number) && name !== 'EWOULDBLOCK' && name !== 'EDEADLOCK') namesByNumber.set(number, name);
}
// Linux' own, which the list of POSIX names lacks.
namesByNumber.set(95, 'EOPNOTSUPP');

export const errno = {
  EPERM: 1,
  ENOENT: 2,
  ESRCH: 3,
  EINTR: 4,
  EAGAIN: 11,
  EEXIST: 17,
  ENOSYS: 38,
  ENOMEM: 12,
  ENETDOWN: 100,
  EMSGSIZE: 90,
  ENOBUFS: 105,
  ENOPROTOOPT: 92,
} as const;

/** `ENOENT` for 2; `errno 999` for numbers nobody named. */
export function errnoName(number: number): string {
  return namesByNumber.get(number) ?? `errno ${number}`;
}

const strerror = libcFunction<(number: number) => string>('const char *strerror(int number)');

/** `Permission denied` for EACCES. */
export function errorWords(number: number): string {
  return strerror(number);
}

/** errno as the last call left it; to be read before anything else is called. */
export function lastErrno(): number {
  return koffi.errno();
}

/** The kernel refused. */
export class KernelError extends Error {
  override readonly name = 'KernelError';
  /** errno's name, `EPERM`. */
  readonly code: string;
  /** What was attempted, `bind`. */
  readonly operation: string;
  /** On what, `raw socket eth0`. */
  readonly object: string;

  constructor(operation: string, object: string, code: string, options?: ErrorOptions) {
    super(`cannot ${operation} ${object}: ${code}`, options);
    this.code = code;
    this.operation = operation;
    this.object = object;
  }
}

/** The result of a call that says failure with -1; throws with errno then. */
export function check(result: number, operation: string, object: string): number {
  if (result < 0) throw new KernelError(operation, object, errnoName(lastErrno()));
  return result;
}

/** As check, for the functions that return an errno instead of setting it. */
export function checkReturned(result: number, operation: string, object: string): void {
  if (result !== 0) throw new KernelError(operation, object, errnoName(result));
}

/** Memory that C may keep a pointer to while JavaScript holds on to it. */
export interface Memory {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView;
  readonly address: bigint;
}

/** Zeroed memory outside the moving heap; it lives as long as the object returned. */
export function allocate(size: number): Memory {
  const bytes = new Uint8Array(new ArrayBuffer(size));
  return { bytes, view: new DataView(bytes.buffer), address: koffi.address(bytes) };
}

/** A NUL-terminated string at an address; undefined for NULL. */
export function textAt(address: bigint): string | undefined {
  return address === 0n ? undefined : koffi.decode.string(address);
}

/** A copy of memory that C owns. */
export function memoryAt(address: bigint, size: number): DataView {
  const bytes = koffi.decode(address, 'uint8_t', size) as Uint8Array;
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const closeFunction = libcFunction<(descriptor: number) => number>('int close(int fd)');

/** Errors are of no use here: on Linux the descriptor is gone whatever close says. */
export function closeDescriptor(descriptor: number): void {
  closeFunction(descriptor);
}
