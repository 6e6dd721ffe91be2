import { extentOf } from '../config/comment.ts';
import type { Statement } from '../config/tree.ts';
import { closingQuote, type Word } from '../config/words.ts';

/**
 * A statement, without its block, as a line that means the same wherever it is read: expansion has taken place, so what
 * it has put in must not be taken for a comment.
 */
export function lineOf(statement: Statement): string {
  const text = statement.line.text.slice(statement.start, statement.end);
  const line = protectedText(text);
  return survives(line) ? line : statement.words.map(quotedWord).join(' ');
}

/** A word that means the given text: in quotes if it needs them. */
export function wordOf(text: string): string {
  return /^[^\s"'#!{}\\$~@/]+(?:\/[^\s"'#!{}\\$~@/]+)*$/.test(text) ? text : `"${text}"`;
}

/** Marks of comments outside quotes lose their meaning; after a backslash only the predefined names help. */
function protectedText(text: string): string {
  let result = '';
  for (let index = 0; index < text.length; index++) {
    const character = text[index]!;
    if (character === '"') {
      const closing = closingQuote(text, index);
      const end = closing < 0 ? text.length : closing + 1;
      result += text.slice(index, end);
      index = end - 1;
    } else if (character === '#' || character === '!') {
      const escaped = text[index - 1] === '\\';
      result += escaped ? (character === '#' ? `\${_HASH}` : `\${_BANG}`) : `\\${character}`;
    } else result += character;
  }
  return result;
}

function survives(line: string): boolean {
  const { start, end } = extentOf(line);
  return start === 0 && end === line.length && !/^(?:@|include[rmwba]?(?:\s|$)|\$\w+=)/.test(line);
}

function quotedWord(word: Word): string {
  return word.quoted || word.text.startsWith('//') || /^[@$]|^include/.test(word.text)
    ? `"${word.text}"`
    : protectedText(word.text);
}
