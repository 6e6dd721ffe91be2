import type { RunnableScript } from './script.ts';

/** A named pipe that programs read what happens from, line by line. */
export interface Fifo {
  readonly path: string;
  /** Whose it becomes where it is made; undefined: ours. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  /** Started with the path as its last argument, ended with us. */
  readonly reader: RunnableScript | undefined;
}
