import { appendFileSync } from 'node:fs';
import { type Diagnostic, formatDiagnostic } from '../config/diagnostic.ts';
import { configurationFile, loadOptions } from '../daemon/configuration-file.ts';
import { loadConfiguration } from '../engine/configuration.ts';
import { configurationHost } from '../linux/configuration-host.ts';
import type { Invocation } from './command-line.ts';
import { type Output, terminal } from './config/output.ts';
import { testReport } from './diagnostics-json.ts';
import type { ReportFormat } from './report-format.ts';
import { sarifLog } from './sarif.ts';

/** --strict makes advice count like any complaint that keepalived has no status of its own for. */
const otherFindings = 5;

/** -t: prints what is to be said about the configuration and gives keepalived's exit status for it. */
export function testConfiguration(
  invocation: Extract<Invocation, { type: 'test' }>,
  output: Output = terminal,
): number {
  const { options, logFile, format, strict, warnings } = invocation;
  const host = configurationHost(process.env);
  const file = configurationFile(options);
  const { diagnostics, testExitStatus } = loadConfiguration(file, host, loadOptions(options, host.hostName));
  const status = strict && testExitStatus === 0 && diagnostics.length > 0 ? otherFindings : testExitStatus;
  const text = reportText(format, file, diagnostics, warnings, status);
  // Documents are for the next program in a pipe; text goes where keepalived's goes.
  if (logFile !== undefined) appendFileSync(logFile, text, { mode: 0o600 });
  else if (format !== 'text') output.say(text);
  else if (text !== '') output.tell(text.trimEnd());
  return status;
}

function reportText(
  format: ReportFormat,
  file: string,
  diagnostics: readonly Diagnostic[],
  warnings: readonly string[],
  status: number,
): string {
  switch (format) {
    case 'text':
      return [...warnings, ...diagnostics.map(formatDiagnostic)].map(text => `${text}\n`).join('');
    case 'json':
      return `${JSON.stringify(testReport(file, diagnostics, warnings, status), undefined, 2)}\n`;
    case 'sarif':
      return `${JSON.stringify(sarifLog(diagnostics, process.cwd()), undefined, 2)}\n`;
  }
}
