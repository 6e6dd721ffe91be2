/** The pieces of a script keyword's arguments. */
export interface ScriptArguments {
  /** The command as the shell or the argument splitter gets it, escapes resolved; empty if there is none. */
  readonly command: string;
  /** The words after the command: a user and a group for most keywords. */
  readonly rest: readonly string[];
  /** The command was in quotes, so that it may hold arguments. */
  readonly quoted: boolean;
}

/** One word of a command line. */
export interface CommandWord {
  readonly text: string;
  /** Some of it was quoted or escaped, so that it means nothing to a shell. */
  readonly literal: boolean;
}

/**
 * Splits what follows a script keyword: the command, in double quotes if it has arguments or whole in single quotes,
 * and further words. Escapes inside double quotes are resolved here, save those that a second reading needs.
 */
export function scriptArguments(text: string): ScriptArguments {
  let index = skipBlanks(text, 0);
  const first = text[index];
  let command = '';
  const quoted = first === '"' || first === "'";
  if (quoted) {
    const end = closing(text, index, first);
    command = text.slice(index + 1, end);
    index = end + 1;
  } else {
    const start = index;
    while (index < text.length && !blank(text[index]!)) index++;
    command = text.slice(start, index);
  }
  const rest: string[] = [];
  for (;;) {
    index = skipBlanks(text, index);
    if (index >= text.length) break;
    const character = text[index]!;
    if (character === '"' || character === "'") {
      const end = closing(text, index, character);
      rest.push(text.slice(index + 1, end));
      index = end + 1;
    } else {
      const start = index;
      while (index < text.length && !blank(text[index]!)) index++;
      rest.push(text.slice(start, index));
    }
  }
  return { command, rest, quoted };
}

/** Splits a command into its arguments: blanks separate, either quote groups, a backslash escapes. */
export function commandWords(command: string): readonly CommandWord[] {
  const words: CommandWord[] = [];
  let text = '';
  let literal = false;
  let inWord = false;
  const finish = (): void => {
    if (inWord) words.push({ text, literal });
    text = '';
    literal = false;
    inWord = false;
  };
  for (let index = 0; index < command.length; index++) {
    const character = command[index]!;
    if (character === "'" || (character === '\\' && command[index + 1] === '"') || character === '"') {
      const start = character === '\\' ? index + 1 : index;
      const mark = command[start]!;
      const end = grouped(command, start + 1, mark, character === '\\');
      inWord = true;
      literal = true;
      text += mark === "'" ? command.slice(start + 1, end.content) : unescaped(command.slice(start + 1, end.content));
      index = end.next - 1;
    } else if (character === '\\') {
      const resolved = escapeAt(command, index);
      text += resolved.text;
      // An escaped line break or tab separates like a blank: it is resolved before the words are told apart.
      if (/^[\n\t\r\v\f]$/.test(resolved.text)) {
        text = text.slice(0, -1);
        finish();
      } else {
        inWord = true;
        literal = true;
      }
      index = resolved.next - 1;
    } else if (blank(character)) {
      finish();
    } else {
      inWord = true;
      text += character;
    }
  }
  finish();
  return words;
}

function blank(character: string): boolean {
  return character === ' ' || (character >= '\t' && character <= '\r');
}

function skipBlanks(text: string, index: number): number {
  while (index < text.length && blank(text[index]!)) index++;
  return index;
}

/** Index of the quote that ends the string begun at `start`, or the end of the text. */
function closing(text: string, start: number, mark: string): number {
  for (let index = start + 1; index < text.length; index++) {
    if (text[index] === '\\' && mark === '"') index++;
    else if (text[index] === mark) return index;
  }
  return text.length;
}

function grouped(
  text: string,
  start: number,
  mark: string,
  escaped: boolean,
): { readonly content: number; readonly next: number } {
  for (let index = start; index < text.length; index++) {
    if (escaped && text[index] === '\\' && text[index + 1] === mark) return { content: index, next: index + 2 };
    if (text[index] === '\\' && mark === '"') index++;
    else if (text[index] === mark && !escaped) return { content: index, next: index + 1 };
  }
  return { content: text.length, next: text.length };
}

function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  let result = '';
  for (let index = 0; index < text.length; ) {
    if (text[index] === '\\') {
      const resolved = escapeAt(text, index);
      result += resolved.text;
      index = resolved.next;
    } else result += text[index++]!;
  }
  return result;
}

const named: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  E: '\u001b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** The character that the escape at `index` stands for: a name, \xHH, \ooo, \cX, or itself. */
function escapeAt(text: string, index: number): { readonly text: string; readonly next: number } {
  const next = text[index + 1];
  if (next === undefined) return { text: '\\', next: index + 1 };
  const name = Object.hasOwn(named, next) ? named[next] : undefined;
  if (name !== undefined) return { text: name, next: index + 2 };
  const coded = /^(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3})|c([@-_a-z]))/.exec(text.slice(index + 1, index + 5));
  if (!coded) return { text: next, next: index + 2 };
  const code = coded[1]
    ? Number.parseInt(coded[1], 16)
    : coded[2]
      ? Number.parseInt(coded[2], 8) & 0xff
      : coded[3]!.charCodeAt(0) & 0x1f;
  return { text: String.fromCharCode(code), next: index + 1 + coded[0].length };
}
