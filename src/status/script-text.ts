import type { RunnableScript } from '../ports/script.ts';

/** The command as keepalived shows it: each word in single quotes. */
export function scriptText(script: RunnableScript): string {
  const { command } = script;
  switch (command.type) {
    case 'program':
      return command.argv.map(quoted).join(' ');
    case 'shell':
      return ['/bin/sh', '-c', command.text, ...command.extraArguments].map(quoted).join(' ');
    case 'tcp-connect':
    case 'open-file':
      return quoted(script.text);
  }
}

function quoted(word: string): string {
  return `'${word}'`;
}
