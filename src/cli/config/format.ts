import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { formatDiagnostic } from '../../config/diagnostic.ts';
import { formatConfiguration } from '../../editor/format.ts';
import { rootGrammar } from '../../engine/keywords.ts';
import { configurationHost } from '../../linux/configuration-host.ts';
import type { Output } from './output.ts';

export interface FormatSettings {
  readonly check: boolean;
  readonly write: boolean;
}

const standardInput = '-';

/** Yields 1 if a file is not formatted and only looked at, or its braces do not balance; 2 if it cannot be read. */
export function runFormat(files: readonly string[], { check, write }: FormatSettings, output: Output): number {
  const host = configurationHost(process.env);
  let status = 0;
  for (const file of files.length === 0 ? [standardInput] : files) {
    const isInput = file === standardInput;
    const name = isInput ? 'standard input' : file;
    let text: string;
    try {
      text = readFileSync(isInput ? 0 : name, 'utf8');
    } catch (error) {
      output.tell(`holdfast config fmt: ${file}: ${(error as Error).message}`);
      status = 2;
      continue;
    }
    const result = formatConfiguration(name, text, host, rootGrammar);
    if (!result.ok) {
      for (const diagnostic of result.diagnostics) output.tell(formatDiagnostic(diagnostic));
      output.tell(
        `${name} is left as it is: its braces make no sense${result.host === undefined ? '' : ` as ${result.host} reads it`}`,
      );
      status = Math.max(status, 1);
    } else if (check) {
      if (result.text === text) continue;
      output.say(`${name}\n`);
      status = Math.max(status, 1);
    } else if (write && !isInput) {
      if (result.text !== text) replaceFile(name, result.text);
    } else {
      output.say(result.text);
    }
  }
  return status;
}

/** In one step, so that whoever reads the file meanwhile gets either the old or the new one, whole. */
function replaceFile(name: string, text: string): void {
  const target = realpathSync(name);
  const { mode, uid, gid } = statSync(target);
  const temporary = path.join(path.dirname(target), `.${path.basename(target)}.${process.pid}`);
  const file = openSync(temporary, 'wx', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
    closeSync(file);
    if (process.geteuid?.() === 0) chownSync(temporary, uid, gid);
    chmodSync(temporary, mode & 0o7777);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
