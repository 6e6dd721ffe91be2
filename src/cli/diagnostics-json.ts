import type { Diagnostic } from '../config/diagnostic.ts';

/** Of the documents below; a member that goes or changes its meaning makes it 2. docs/check.md describes them. */
export const reportVersion = 1;

/** One finding. Members that do not apply are left out. */
export function diagnosticJson(diagnostic: Diagnostic): object {
  const { code, severity, file, line, column, endColumn, excerpt, message, hint, refuses } = diagnostic;
  return {
    code,
    severity,
    file,
    ...(line > 0 && { line }),
    ...(column > 0 && { column, endColumn: endColumn ?? column + 1 }),
    message,
    ...(hint !== undefined && { hint }),
    ...(line > 0 && { excerpt }),
    refuses,
  };
}

/** The document of `-t --json`. */
export function testReport(
  file: string,
  diagnostics: readonly Diagnostic[],
  warnings: readonly string[],
  exitStatus: number,
): object {
  return {
    version: reportVersion,
    file,
    exitStatus,
    ...(warnings.length > 0 && { commandLine: warnings }),
    diagnostics: diagnostics.map(diagnosticJson),
  };
}
