import type { DiagnosticCode } from './diagnostic-codes.ts';
import type { Located } from './source.ts';

/** A piece of text that was to be replaced before anybody reads the file, and was not. */
export interface Placeholder {
  /** In UTF-16 units of the line. */
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly hint: string;
}

/** What is said of a line because of a placeholder on it; other trouble is trouble of its own. */
const consequences: ReadonlySet<DiagnosticCode> = new Set<DiagnosticCode>([
  'bad-address',
  'bad-address-option',
  'bad-peer-option',
  'bad-tracker-option',
  'bad-value',
  'extra-brace',
  'extra-words',
  'missing-name',
  'missing-opening-brace',
  'missing-parameter',
  'no-such-interface',
  'unexpected-brace',
  'unknown-keyword',
  'unknown-script',
]);

/** Jinja, Go, Helm and Handlebars; ERB, and EPP of Puppet. */
const template = /\{\{[^{}]{0,200}\}\}|\{%[^%]{0,200}%\}|<%[^%]{0,200}%>/;
/** keepalived's own definitions look like those of shells and envsubst. */
const definition =
  /\$(?:\{[A-Za-z_][A-Za-z0-9_]{0,99}(?::?[-=?+][^{}]{0,99})?\}|[A-Za-z_][A-Za-z0-9_]{0,99}(?=[\s"]|$))/;
/** `<address>`, `[address]`, `%ADDRESS%`, `@ADDRESS@`, `__ADDRESS__` and `10.x.x.x` as words of their own. */
const blankToFill = new RegExp(
  [
    /<[- ]{0,4}[A-Za-z][^<>]{0,99}>/,
    /\[[A-Za-z][\w /|-]{0,99}\]/,
    /%[A-Za-z]\w{0,99}%/,
    /@[A-Za-z]\w{0,99}@/,
    /__[A-Z]\w{0,99}__/,
    /(?=[0-9.]{0,12}[Xx])(?:(?:[0-9]{1,3}|[Xx]{1,3})\.){1,3}(?:[0-9]{1,3}|[Xx]{1,3})/,
  ]
    .map(({ source }) => `(?<=^|\\s)${source}(?=[\\s/]|$)`)
    .join('|'),
);

/** People do not look further to the right. */
const visible = 1_000;

/** The placeholders of one line. */
export class Placeholders {
  readonly #template: Placeholder | undefined;
  readonly #definition: Placeholder | undefined;
  readonly #blank: Placeholder | undefined;

  constructor(text: string) {
    const seen = text.slice(0, visible);
    const unfilled = 'is a placeholder that nobody filled in';
    this.#template = placed(template.exec(seen), unfilled, () => 'this is a template: render it first');
    this.#definition = placed(definition.exec(seen), 'is not defined', written => {
      const name = /\w+/.exec(written)![0];
      if (/\W/.test(written.slice(2, -1))) return `there are no defaults here: define it further up, $${name}=VALUE`;
      if (/^\s*\$\w+\s+=/.test(seen)) return `write $${name}=VALUE, without blanks before the "="`;
      return `define it further up, $${name}=VALUE; a variable of the environment is \${_ENV ${name}}`;
    });
    this.#blank = placed(blankToFill.exec(seen), unfilled, () => 'write the value in its place');
  }

  /** The one that explains a finding of that code at that place, if there is one. */
  behind({ start }: Located, code: DiagnosticCode): Placeholder | undefined {
    if (!consequences.has(code)) return undefined;
    // Where something was expanded the place is lost, and the trouble is with what came of it.
    return this.#template ?? (start < 0 ? undefined : this.#definition) ?? this.#blank;
  }
}

function placed(
  match: RegExpExecArray | null,
  problem: string,
  hint: (written: string) => string,
): Placeholder | undefined {
  if (!match) return undefined;
  const [written] = match;
  return {
    start: match.index,
    end: match.index + written.length,
    message: `"${written}" ${problem}`,
    hint: hint(written),
  };
}
