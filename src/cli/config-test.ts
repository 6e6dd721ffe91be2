import { openSync, writeSync } from 'node:fs';
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
  const output = logFile === undefined ? 2 : openSync(logFile, 'a', 0o600);
  const host = configurationHost(process.env);
  const loaded = loadConfiguration(configurationFile(options), host, loadOptions(options, host.hostName));
  const texts = [...warnings, ...loaded.diagnostics.map(formatDiagnostic)];
  if (texts.length > 0) writeSync(output, `${texts.join('\n')}\n`);
  return loaded.testExitStatus;
}
