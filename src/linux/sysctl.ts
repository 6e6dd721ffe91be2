import { writeFileSync } from 'node:fs';
import { errnoName, KernelError } from './libc.ts';

/**
 * Sets a value under /proc/sys. The path comes in parts because interface names contain dots (`eth0.100`).
 * Throws KernelError.
 */
export function writeSysctl(parts: readonly string[], value: string): void {
  const path = `/proc/sys/${parts.join('/')}`;
  try {
    // No creation: a name that is not there is an error, not a file.
    writeFileSync(path, value, { flag: 'r+' });
  } catch (cause) {
    throw new KernelError('write', path, (cause as NodeJS.ErrnoException).code ?? errnoName(0), { cause });
  }
}
