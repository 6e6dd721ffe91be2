import { existsSync, writeFileSync } from 'node:fs';
import type { InitialFile } from '../engine/configuration.ts';
import type { DaemonLog } from './log.ts';

/** `init_file`: makes the tracked files that are not there, and writes those anew that are to be. */
export function writeInitialFiles(files: readonly InitialFile[], log: Pick<DaemonLog, 'write'>): void {
  for (const { path, value, overwrite } of files) {
    if (!overwrite && existsSync(path)) continue;
    try {
      writeFileSync(path, `${value}\n`);
    } catch (error) {
      // Read-only, no such folder: then it counts as 0, as any file that is not there.
      log.write('warning', `Cannot write the tracked file ${path}: ${(error as Error).message}`);
    }
  }
}
