import type { Range } from './places.ts';

/** What an editor shows of a diagnostic. */
export interface ShownProblem {
  readonly code: string;
  /** Message and hint. */
  readonly message: string;
  readonly range: Range;
}

/** A change that takes a problem away. */
export interface Fix {
  readonly title: string;
  readonly range: Range;
  readonly newText: string;
}

/** The fixes that need no thought: another spelling, another mark. */
export function fixesFor({ code, message, range }: ShownProblem): readonly Fix[] {
  const replacement = replacementFor(code, message);
  return replacement === undefined ? [] : [{ title: `Write ${replacement}`, range, newText: replacement }];
}

function replacementFor(code: string, message: string): string | undefined {
  switch (code) {
    case 'unknown-keyword':
      return /did you mean "([^"]+)"\?/.exec(message)?.[1];
    case 'slash-comment':
      return '#';
    case 'deprecated-keyword':
      return /^write "([a-z_0-9]+)"$/m.exec(message)?.[1];
    default:
      return undefined;
  }
}
