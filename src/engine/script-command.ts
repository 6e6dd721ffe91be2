import { commandWords } from '../config/script-words.ts';
import type { ScriptCommand } from '../ports/script.ts';

/**
 * Decides how a command line is carried out. As keepalived does, it is split into words and executed directly; but where
 * an operator of the shell stands outside quotes, which executed directly would be a senseless argument, the shell gets
 * the whole text. `</dev/tcp/HOST/PORT` is a habit from bash, `</path` one from keepalived.
 */
export function parseScriptCommand(command: string): ScriptCommand | undefined {
  const text = command.trim();
  const redirected = /^<\s*(\S+)$/.exec(text)?.[1];
  if (redirected !== undefined && !shellOperator(redirected)) {
    const tcp = /^\/dev\/tcp\/([^/]+)\/([0-9]{1,5})$/.exec(redirected);
    const port = Number(tcp?.[2]);
    if (tcp && port >= 1 && port <= 65_535) return { type: 'tcp-connect', host: tcp[1]!, port };
    return { type: 'open-file', path: redirected };
  }
  if (shellOperator(text) !== undefined) return { type: 'shell', text: shellText(text), extraArguments: [] };
  const argv = commandWords(text).map(word => word.text);
  return argv.length > 0 && argv[0] !== '' ? { type: 'program', argv } : undefined;
}

/** The first operator outside quotes that only a shell understands. */
export function shellOperator(text: string): string | undefined {
  let quote: string | undefined;
  for (let index = 0; index < text.length; index++) {
    const character = text[index]!;
    if (character === '\\') {
      // An escaped double quote groups like a plain one: the outer pair has been taken off.
      if (text[index + 1] === '"' && quote !== "'") quote = quote === undefined ? '"' : undefined;
      index++;
    } else if (quote !== undefined) {
      if (character === quote) quote = undefined;
    } else if (character === "'" || character === '"') quote = character;
    else if (text.startsWith('&&', index) || text.startsWith('||', index) || text.startsWith('$(', index)) {
      return text.slice(index, index + 2);
    } else if (character === ';' || character === '|' || character === '<' || character === '>') return character;
  }
  return undefined;
}

/** What stood between double quotes, with the quotes inside freed of their backslashes. */
function shellText(text: string): string {
  return text.replace(/\\"/g, '"');
}
