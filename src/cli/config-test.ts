import { appendFileSync } from 'node:fs';
import { formatDiagnostic } from '../config/diagnostic.ts';
import { configurationFile, loadOptions } from '../daemon/configuration-file.ts';
import type { DaemonOptions } from '../daemon/options.ts';
import { loadConfiguration } from '../engine/configuration.ts';
import { configurationHost } from '../linux/configuration-host.ts';

/** -t: prints what is to be said about the configuration and gives keepalived's exit status for it. */
export function testConfiguration(
  options: DaemonOptions,
  logFile: string | undefined,
  warnings: readonly string[],
): number {
  const host = configurationHost(process.env);
  const loaded = loadConfiguration(configurationFile(options), host, loadOptions(options, host.hostName));
  const texts = [...warnings, ...loaded.diagnostics.map(formatDiagnostic)];
  const output = texts.map(text => `${text}\n`).join('');
  if (logFile === undefined) process.stderr.write(output);
  else appendFileSync(logFile, output, { mode: 0o600 });
  return loaded.testExitStatus;
}
