import { closeSync, openSync, unlinkSync } from 'node:fs';

/**
 * A file that is there, and empty, while a reload reads the configuration (`reload_file`): whoever changes it waits so long.
 * Returns errno's name where that is not possible, which hinders no reload.
 */
export function putReloadMarker(file: string): string | undefined {
  try {
    closeSync(openSync(file, 'w', 0o644));
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

export function removeReloadMarker(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // It may be gone, or never have been made: somebody else's file is none of ours to complain about.
  }
}
