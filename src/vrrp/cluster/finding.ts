import type { Severity } from '../../config/diagnostic.ts';
import type { DiagnosticCode } from '../../config/diagnostic-codes.ts';
import type { Located } from '../../config/source.ts';

/** Something that only several files together show. `error`: the addresses will have two masters or none. */
export interface ClusterFinding {
  readonly where: Located;
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  /** One sentence, without a full stop. */
  readonly message: string;
  readonly hint: string;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
