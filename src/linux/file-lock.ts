import { allocate, errno, errnoName, KernelError, lastErrno, libcFunction } from './libc.ts';

const fcntl = libcFunction<(fd: number, command: number, lock: Uint8Array) => number>(
  'int fcntl(int fd, int command, void *lock)',
);

const setLock = 37;
const writeLock = 1;
/** EACCES, which some file systems give for EAGAIN. */
const accessDenied = 13;

/**
 * Locks a whole file for this open descriptor (F_OFD_SETLK); the lock ends with the last copy of the descriptor,
 * however the process dies. False if somebody else holds it.
 */
export function lockFile(descriptor: number, object: string): boolean {
  // struct flock: type and whence, then start and length, which are 0 for everything.
  const lock = allocate(32);
  lock.view.setInt16(0, writeLock, true);
  if (fcntl(descriptor, setLock, lock.bytes) === 0) return true;
  const error = lastErrno();
  if (error === errno.EAGAIN || error === accessDenied) return false;
  throw new KernelError('lock', object, errnoName(error));
}
