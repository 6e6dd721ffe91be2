import { spawn } from 'node:child_process';
import { constants } from 'node:os';

export interface CommandResult {
  /** Exit status; 128 + n where signal n ended it. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A step of building or changing the network failed. */
export class LabError extends Error {
  override name = 'LabError';
}

/** Runs a command to its end. A non-zero status is a result; only failing to start it is an error. */
export function command(
  argv: readonly string[],
  options: { readonly input?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const [program, ...rest] = argv;
    if (program === undefined) throw new LabError('an empty command line');
    const child = spawn(program, rest, { stdio: 'pipe', ...(options.env ? { env: options.env } : {}) });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', text => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', text => {
      stderr += text;
    });
    child.stdin.on('error', () => {}); // the command may end without reading
    child.stdin.end(options.input ?? '');
    child.once('error', cause => reject(new LabError(`cannot start ${program}: ${cause.message}`, { cause })));
    child.once('close', (status, signal) =>
      resolve({ status: status ?? 128 + (signal ? constants.signals[signal] : 0), stdout, stderr }),
    );
  });
}

/** As `command`, but a non-zero status is an error that quotes what the command said. Returns its standard output. */
export async function must(
  argv: readonly string[],
  options: { readonly input?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const result = await command(argv, options);
  if (result.status !== 0) {
    throw new LabError(`${argv.join(' ')} ended with ${result.status}: ${(result.stderr || result.stdout).trim()}`);
  }
  return result.stdout;
}
