import { libcFunction } from './libc.ts';

const setpriority = libcFunction<(which: number, who: number, niceness: number) => number>(
  'int setpriority(int which, unsigned int who, int niceness)',
);

/** setpriority's word for one thread. */
const oneThread = 0;

/** Of one thread, 0 for the calling one. False if it was refused; errno says why. */
export function setNiceness(thread: number, niceness: number): boolean {
  return setpriority(oneThread, thread, niceness) === 0;
}
