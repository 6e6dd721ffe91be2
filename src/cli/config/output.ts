import { writeSync } from 'node:fs';

/** Where a command's answers go. */
export interface Output {
  /** The answer itself. */
  say(text: string): void;
  /** A line about it for the operator. */
  tell(line: string): void;
}

/** Whole, before the process ends. */
export const terminal: Output = {
  say: text => writeAll(1, text),
  tell: line => writeAll(2, `${line}\n`),
};

function writeAll(descriptor: number, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Whoever reads has seen enough.
      if (code === 'EPIPE') return;
      if (code !== 'EAGAIN') throw error;
    }
  }
}
