import { basename } from 'node:path';
import type { Output } from './config/output.ts';

/** Runs with the words after its name; yields the exit status. Without an output it is the terminal. */
type Run = (words: readonly string[], output?: Output) => Promise<number>;

interface CommandRow {
  readonly name: string;
  readonly description: string;
  /** Loads what the command needs, and nothing sooner: the daemon must not carry it. */
  load(): Promise<Run>;
}

/** What `holdfast WORD` does besides being a daemon. */
export const commands: readonly CommandRow[] = [
  {
    name: 'check',
    description: 'read the configurations of all nodes of a cluster together: who takes over when what fails',
    load: async () => (await import('./check/main.ts')).runCheck,
  },
  {
    name: 'config',
    description: 'format a configuration, show what it comes to, list what is honoured of it',
    load: async () => (await import('./config/main.ts')).runConfig,
  },
  {
    name: 'explain',
    description: 'why an instance was what it was, and why two nodes were master at a time, from recordings',
    load: async () => (await import('./explain.ts')).runExplain,
  },
  {
    name: 'genhash',
    description: 'print the digest of a web page, as HTTP_GET and SSL_GET expect it (keepalived -T)',
    load: async () => (await import('./genhash.ts')).runGenhash,
  },
  {
    name: 'health',
    description: 'ask the running daemon about its real servers and what their checks found',
    load: async () => (await import('./control/health.ts')).runHealth,
  },
  {
    name: 'server',
    description: 'take a real server out of service and back: drain, down, up, auto',
    load: async () => (await import('./control/server.ts')).runServer,
  },
  {
    name: 'status',
    description: 'ask the running daemon about its virtual routers: who is master, and why',
    load: async () => (await import('./control/status.ts')).runStatus,
  },
  {
    name: 'lsp',
    description: 'a language server for editors: diagnostics, completion, hover, rename, formatting',
    load: async () => (await import('./lsp/main.ts')).runLsp,
  },
  {
    name: 'record',
    description: 'have the running daemon write what happened to its VRRP process, for replay and explain',
    load: async () => (await import('./control/record.ts')).runRecord,
  },
  {
    name: 'replay',
    description: 'run the engine once more on a recording: each decision with its cause',
    load: async () => (await import('./replay.ts')).runReplay,
  },
  {
    name: 'simulate',
    description: 'what becomes of every virtual address when something goes wrong, in virtual time',
    load: async () => (await import('./simulate/main.ts')).runSimulate,
  },
];

/**
 * The command that a command line asks for; undefined for the daemon. keepalived has no commands but one, -T in front, so
 * a link of its name is the daemon otherwise.
 */
export function commandOf(argv: readonly string[]): CommandRow | undefined {
  const [, program = '', word] = argv;
  if (word === '-T' || word === '--genhash') return commands.find(({ name }) => name === 'genhash');
  return basename(program) === 'keepalived' ? undefined : commands.find(({ name }) => name === word);
}
