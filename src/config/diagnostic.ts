import type { DiagnosticCode } from './diagnostic-codes.ts';
import { oddityOf } from './odd-text.ts';
import type { Placeholder } from './placeholder.ts';
import type { Located, SourceLine } from './source.ts';
import { ToldLine } from './told-line.ts';

/** `advice` is ours alone: keepalived would say nothing, and the exit code of a test never depends on it. */
export type Severity = 'error' | 'warning' | 'advice';

/**
 * How keepalived ranks the same trouble, which decides the exit code of `-t`: it `ignores` it; it remembers a missing
 * `file` or interface (4), `other` trouble (5) or scripts without script `security` (6); or it `aborts` at once for
 * want of a parameter (2), or because a file it insists on is `unreadable` (6).
 */
export type KeepalivedClass = 'ignores' | 'file' | 'other' | 'security' | 'aborts' | 'unreadable';

/** Something that the operator should know about a configuration. */
export interface Diagnostic {
  /** Stable kebab-case name, explained in docs/diagnostics.md. */
  readonly code: string;
  readonly severity: Severity;
  readonly file: string;
  /** From 1; 0 when the whole file is meant. */
  readonly line: number;
  /** From 1, in characters; 0 when the whole line is meant. */
  readonly column: number;
  /** The column after the last character that is meant. */
  readonly endColumn?: number;
  /** The line as written. */
  readonly excerpt: string;
  /** What is wrong. One sentence, without a full stop. */
  readonly message: string;
  /** What to write instead, or what follows from it. */
  readonly hint?: string;
  readonly keepalivedClass: KeepalivedClass;
  /** The configuration must not be run: start and reload refuse. */
  readonly refuses: boolean;
}

/** Everything about a diagnostic but its place. */
export interface Finding {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly keepalivedClass: KeepalivedClass;
  readonly refuses?: boolean;
}

/** A file may be wrong in every line; nobody reads more than this. */
const limit = 1_000;

/** Collects the diagnostics of one load. */
export class Diagnostics {
  readonly #found: Diagnostic[] = [];
  #suppressed = 0;
  #refused = false;
  #lost: SourceLine | undefined;
  readonly #classes = new Set<KeepalivedClass>();
  readonly #violators = new Set<'vrrp' | 'other'>();
  #lacksInterface = false;
  /** Where placeholders were left that explain all that is wrong on their lines, with the place of what said so. */
  readonly #placeholders = new Map<string, number>();
  /** Where blocks begin of which it was said that they are never closed. */
  readonly #unclosed = new Set<string>();
  #latest: ToldLine | undefined;

  report(where: Located, finding: Finding): void {
    this.#classes.add(finding.keepalivedClass === 'security' ? 'ignores' : finding.keepalivedClass);
    this.#lacksInterface ||= finding.code === 'no-such-interface' && finding.keepalivedClass === 'other';
    this.#refused ||= finding.refuses === true;
    if (finding.code === 'unclosed-block') this.#unclosed.add(keyOf(where.line));
    const placeholder = finding.severity === 'advice' ? undefined : this.#placeholderBehind(where, finding.code);
    if (!placeholder) {
      this.#keep(where, finding);
      return;
    }
    const line = keyOf(where.line);
    const place = this.#placeholders.get(line);
    const said = place === undefined ? undefined : this.#found[place];
    if (said) {
      if (finding.refuses === true) this.#found[place!] = { ...said, severity: 'error', refuses: true };
      return;
    }
    const { start, end, message, hint } = placeholder;
    this.#placeholders.set(line, this.#found.length);
    this.#keep({ line: where.line, start, end }, { ...finding, code: 'unfilled-placeholder', message, hint });
  }

  #placeholderBehind(where: Located, code: DiagnosticCode): Placeholder | undefined {
    return this.#told(where.line).placeholders.behind(where, code);
  }

  #told(line: SourceLine): ToldLine {
    if (!this.#latest?.is(line)) this.#latest = new ToldLine(line);
    return this.#latest;
  }

  #keep(where: Located, finding: Finding): void {
    // What refuses a start must be seen, however much else there is.
    const room = finding.refuses === true ? 2 * limit : limit;
    if (this.#found.length >= room) {
      this.#suppressed++;
      return;
    }
    const { line, start, end } = where;
    const oddity = start < 0 ? undefined : oddityOf(line.text.slice(start, end), finding.code);
    const hint = [oddity, finding.hint].filter(each => each !== undefined).join('; ');
    const told = this.#told(line);
    const column = start < 0 ? 0 : told.charactersBefore(start) + 1;
    this.#found.push({
      code: finding.code,
      severity: finding.severity,
      file: line.file,
      line: line.number,
      column,
      ...(start >= 0 && end > start && { endColumn: told.charactersBefore(end) + 1 }),
      excerpt: line.text,
      message: printable(finding.message),
      ...(hint !== '' && { hint: printable(hint) }),
      keepalivedClass: finding.keepalivedClass,
      refuses: finding.refuses === true,
    });
  }

  /** From here on keepalived takes keywords for unknown ones, because a block before is not closed. */
  loseTrack(where: Located): void {
    this.#lost ??= where.line;
  }

  /**
   * A script runs without script security, in the VRRP process or elsewhere; said once, counted for each. keepalived's VRRP
   * process does not come to look at its scripts where an interface is missing.
   */
  countViolation(where: Located, process: 'vrrp' | 'other'): void {
    if (this.#isLost(where)) this.#classes.add('other');
    else this.#violators.add(process);
  }

  #isLost(where: Located): boolean {
    return this.#lost?.file === where.line.file && this.#lost.number <= where.line.number;
  }

  /** Whether it was said that the block which begins on this line is never closed. */
  isUnclosed(line: SourceLine): boolean {
    return this.#unclosed.has(keyOf(line));
  }

  /** In the order of files and lines in which they were found. */
  get all(): readonly Diagnostic[] {
    if (this.#suppressed === 0) return this.#found;
    const last = this.#found[this.#found.length - 1];
    if (!last) return this.#found;
    return [
      ...this.#found,
      {
        code: 'too-many-diagnostics',
        severity: 'warning',
        file: last.file,
        line: 0,
        column: 0,
        excerpt: '',
        message: `${this.#suppressed} more diagnostics are not shown`,
        keepalivedClass: 'ignores',
        refuses: false,
      },
    ];
  }

  /** Further diagnostics are only counted: what goes into them need not be sought. */
  get full(): boolean {
    return this.#found.length >= limit;
  }

  get refused(): boolean {
    return this.#refused;
  }

  /** Exit status of a start that is refused. */
  get startExitStatus(): number | undefined {
    if (!this.#refused) return undefined;
    return this.#classes.has('unreadable') ? 6 : 2;
  }

  /** The exit status of keepalived's -t for the same file. */
  get testExitStatus(): number {
    if (this.#classes.has('unreadable')) return 6;
    if (this.#classes.has('aborts')) return 2;
    if (this.#violators.has('other') || (this.#violators.has('vrrp') && !this.#lacksInterface)) return 6;
    if (this.#classes.has('other')) return 5;
    if (this.#classes.has('file')) return 4;
    return 0;
  }
}

function keyOf({ file, number }: SourceLine): string {
  return `${file}:${number}`;
}

/** As compilers write it: place, severity, message and code, then the line with a caret, then the hint. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const place =
    diagnostic.line === 0
      ? diagnostic.file
      : `${diagnostic.file}:${diagnostic.line}${diagnostic.column > 0 ? `:${diagnostic.column}` : ''}`;
  const lines = [`${place}: ${diagnostic.severity}: ${diagnostic.message} [${diagnostic.code}]`];
  if (diagnostic.line > 0 && diagnostic.excerpt !== '') {
    const gutter = `${diagnostic.line} | `;
    const { characters, left } = around([...diagnostic.excerpt], diagnostic.column);
    lines.push(`  ${gutter}${printable(characters.join(''))}`);
    if (diagnostic.column > 0) {
      const start = diagnostic.column - 1 - left;
      const end = Math.max(start + 1, (diagnostic.endColumn ?? diagnostic.column + 1) - 1 - left);
      const before = blank(characters.slice(0, start));
      const under = Math.max(1, width(characters.slice(start, end)));
      lines.push(`  ${' '.repeat(gutter.length - 2)}| ${before}${'^'.repeat(under)}`);
    }
  }
  if (diagnostic.hint !== undefined) lines.push(`  = ${diagnostic.hint}`);
  return lines.join('\n');
}

/** A line longer than this is shown in part: as much before the place, three times as much from there on. */
const mostShown = 400;
const dots = [...'...'];

/** What is shown of a line, and how many of its characters are not, on the left. */
function around(characters: readonly string[], column: number): { characters: readonly string[]; left: number } {
  if (characters.length <= mostShown) return { characters, left: 0 };
  const first = Math.max(0, Math.min(column - mostShown / 4, characters.length - mostShown));
  const last = first + mostShown < characters.length ? dots : [];
  const part = [...characters.slice(first, first + mostShown), ...last];
  return first === 0 ? { characters: part, left: 0 } : { characters: [...dots, ...part], left: first - dots.length };
}

/** Control characters must not reach the operator's terminal. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g, '\ufffd');
}

/** Spaces as wide as the text on a terminal; tabs stay tabs. */
function blank(characters: readonly string[]): string {
  return characters.map(character => (character === '\t' ? '\t' : ' '.repeat(width([character])))).join('');
}

/** Columns on a terminal: East Asian wide characters take two. */
function width(characters: readonly string[]): number {
  let columns = 0;
  for (const character of characters) {
    columns += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(
      character,
    )
      ? 2
      : 1;
  }
  return columns;
}
