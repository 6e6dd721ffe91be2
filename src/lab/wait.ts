import { LabError } from './command.ts';

export interface WaitOptions {
  /** What is awaited, for the message when it does not come. */
  readonly what: string;
  /** Default 20,000. */
  readonly timeoutMs?: number;
  /** Pause between two looks; default 10. */
  readonly everyMs?: number;
  /** Appended to the message of a failure: logs, tables. */
  readonly evidence?: () => string;
}

export function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}

/** Looks until the check gives something other than undefined or false, and returns that. */
export async function waitFor<T>(
  check: () => T | undefined | false | Promise<T | undefined | false>,
  options: WaitOptions,
): Promise<T> {
  const timeoutMs = options.timeoutMs ?? 20_000;
  const end = process.hrtime.bigint() + BigInt(timeoutMs) * 1_000_000n;
  for (;;) {
    const value = await check();
    if (value !== undefined && value !== false) return value;
    if (process.hrtime.bigint() > end) {
      const evidence = options.evidence?.() ?? '';
      throw new LabError(`waited ${timeoutMs} ms in vain for ${options.what}${evidence && `\n${evidence}`}`);
    }
    await pause(options.everyMs ?? 10);
  }
}
