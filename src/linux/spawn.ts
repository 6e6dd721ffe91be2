import {
  allocate,
  check,
  checkReturned,
  errno,
  errnoName,
  lastErrno,
  libcFunction,
  type Memory,
  optionalLibcFunction,
} from './libc.ts';
import { setNiceness } from './niceness.ts';

const initialiseActions = libcFunction<(actions: Uint8Array) => number>(
  'int posix_spawn_file_actions_init(void *actions)',
);
const addOpen = libcFunction<(actions: Uint8Array, fd: number, path: string, flags: number, mode: number) => number>(
  'int posix_spawn_file_actions_addopen(void *actions, int fd, const char *path, int flags, uint32_t mode)',
);
/** Since glibc 2.34. */
const addCloseFrom = optionalLibcFunction<(actions: Uint8Array, fd: number) => number>(
  'int posix_spawn_file_actions_addclosefrom_np(void *actions, int fd)',
);
const initialiseAttributes = libcFunction<(attributes: Uint8Array) => number>(
  'int posix_spawnattr_init(void *attributes)',
);
const setFlags = libcFunction<(attributes: Uint8Array, flags: number) => number>(
  'int posix_spawnattr_setflags(void *attributes, int16_t flags)',
);
const setProcessGroup = libcFunction<(attributes: Uint8Array, group: number) => number>(
  'int posix_spawnattr_setpgroup(void *attributes, int group)',
);
const setSignalMask = libcFunction<(attributes: Uint8Array, set: Uint8Array) => number>(
  'int posix_spawnattr_setsigmask(void *attributes, const void *set)',
);
const setSignalDefaults = libcFunction<(attributes: Uint8Array, set: Uint8Array) => number>(
  'int posix_spawnattr_setsigdefault(void *attributes, const void *set)',
);
const posixSpawn = libcFunction<
  (
    pid: Int32Array,
    path: string,
    actions: Uint8Array,
    attributes: Uint8Array,
    argv: Uint8Array,
    environment: Uint8Array,
  ) => number
>(
  'int posix_spawn(void *pid, const char *path, const void *actions, const void *attributes, void *argv, void *environment)',
);
const waitpid = libcFunction<(pid: number, status: Int32Array, options: number) => number>(
  'int waitpid(int pid, void *status, int options)',
);
const kill = libcFunction<(pid: number, signal: number) => number>('int kill(int pid, int signal)');
const systemCall = libcFunction<(number: number, first: number, second: number) => number>(
  'long syscall(long number, long first, long second)',
);

const pidfdOpen = 434;
const doNotHang = 1;
const spawnFlag = { processGroup: 0x02, signalDefaults: 0x04, signalMask: 0x08 } as const;
const readWrite = 2;

// glibc: 80 and 336 bytes; musl's are smaller.
const actions = allocate(256);
const attributes = allocate(512);
const pid = new Int32Array(1);
const status = new Int32Array(1);
let prepared = false;

/** Own process group, nothing blocked, nothing ignored, and /dev/null for input and output. */
function prepare(): void {
  if (prepared) return;
  checkReturned(initialiseActions(actions.bytes), 'prepare', 'spawn');
  for (const descriptor of [0, 1, 2])
    checkReturned(addOpen(actions.bytes, descriptor, '/dev/null', readWrite, 0), 'prepare', 'spawn');
  // Our own descriptors close by themselves; this is about what whoever started us left open.
  if (addCloseFrom) checkReturned(addCloseFrom(actions.bytes, 3), 'prepare', 'spawn');
  checkReturned(initialiseAttributes(attributes.bytes), 'prepare', 'spawn');
  const flags = spawnFlag.processGroup | spawnFlag.signalDefaults | spawnFlag.signalMask;
  checkReturned(setFlags(attributes.bytes, flags), 'prepare', 'spawn');
  checkReturned(setProcessGroup(attributes.bytes, 0), 'prepare', 'spawn');
  const none = new Uint8Array(128);
  checkReturned(setSignalMask(attributes.bytes, none), 'prepare', 'spawn');
  // Every signal but those nobody may touch: KILL (9), STOP (19) and the two that the C library keeps (32, 33).
  const all = new Uint8Array(128);
  for (let signal = 1; signal <= 64; signal++)
    if (![9, 19, 32, 33].includes(signal)) all[(signal - 1) >> 3]! |= 1 << ((signal - 1) & 7);
  checkReturned(setSignalDefaults(attributes.bytes, all), 'prepare', 'spawn');
  prepared = true;
}

/** A NULL-terminated array of pointers to strings, in one piece of memory. */
export function stringVector(strings: readonly string[]): Memory {
  const encoded = strings.map(text => Buffer.from(`${text}\0`, 'utf8'));
  const pointers = (strings.length + 1) * 8;
  const memory = allocate(encoded.reduce((sum, bytes) => sum + bytes.length, pointers));
  let offset = pointers;
  encoded.forEach((bytes, index) => {
    memory.view.setBigUint64(index * 8, memory.address + BigInt(offset), true);
    memory.bytes.set(bytes, offset);
    offset += bytes.length;
  });
  return memory;
}

/** This thread's niceness, and what programs are to have instead. */
interface Niceness {
  readonly own: number;
  readonly theirs: number;
}

let nicenessOfPrograms: Niceness | undefined;

/** Programs have their niceness from the thread that starts them; undefined leaves it so. */
export function setNicenessOfPrograms(niceness: Niceness | undefined): void {
  nicenessOfPrograms = niceness;
}

/** Starts a program; errno's name if that is not possible. The caller's cost does not grow with the caller's memory. */
export function spawn(
  argv: readonly string[],
  environment: Memory,
): { readonly pid: number } | { readonly error: string } {
  prepare();
  const words = stringVector(argv);
  const niceness = nicenessOfPrograms;
  // Where that is denied, the program has ours.
  if (niceness) setNiceness(0, niceness.theirs);
  const result = posixSpawn(pid, argv[0]!, actions.bytes, attributes.bytes, words.bytes, environment.bytes);
  if (niceness) setNiceness(0, niceness.own);
  return result === 0 ? { pid: pid[0]! } : { error: errnoName(result) };
}

/**
 * A descriptor that becomes readable when the process ends; undefined on kernels before 5.3, which have none. Throws
 * KernelError.
 */
export function openProcessDescriptor(process: number): number | undefined {
  const descriptor = systemCall(pidfdOpen, process, 0);
  if (descriptor < 0 && lastErrno() === errno.ENOSYS) return undefined;
  return check(descriptor, 'watch', `process ${process}`);
}

/** The wait status of a process that has ended, undefined if it still runs; takes it off the kernel's books. */
export function reap(process: number): number | undefined {
  const result = check(waitpid(process, status, doNotHang), 'wait for', `process ${process}`);
  return result === 0 ? undefined : status[0]!;
}

/** Signals every process of a group; false if there is none left. */
export function signalGroup(group: number, signal: number): boolean {
  if (kill(-group, signal) === 0) return true;
  lastErrno();
  return false;
}
