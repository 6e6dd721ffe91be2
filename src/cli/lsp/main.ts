import { createConnection } from 'vscode-languageserver/node';
import { configurationHost } from '../../linux/configuration-host.ts';
import { type Output, terminal } from '../config/output.ts';
import { serve } from './server.ts';

const usage = `Usage: holdfast lsp [options]

A language server for keepalived.conf and holdfast.conf, on standard input and output.
Editors start it; nobody types to it.

Options:
  --stdio     as editors say it; there is no other way to talk to it
  -h, --help  display help for command
`;

/** `holdfast lsp`. The library ends the process when the editor says so or goes away. */
export async function runLsp(words: readonly string[], output: Output = terminal): Promise<number> {
  // What editors pass to any server.
  const unknown = words.filter(word => word !== '--stdio' && !word.startsWith('--clientProcessId'));
  if (unknown.length > 0) {
    const isHelp = unknown.every(word => word === '--help' || word === '-h');
    if (isHelp) output.say(usage);
    else output.tell(usage.trimEnd());
    return isHelp ? 0 : 2;
  }
  const { version } = await import('../../daemon/version.ts');
  serve(createConnection(process.stdin, process.stdout), configurationHost(process.env), version);
  return new Promise(() => {});
}
