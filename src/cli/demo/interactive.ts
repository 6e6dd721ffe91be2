import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Screen } from './screen.ts';
import { downFile, type HostName, hostNames, type Stage } from './stage.ts';

const help = `  isolate HOST   off the switch, carrier up          heal HOST    back on it
  pull HOST      the cable out, carrier lost         plug HOST    and in again
  stop HOST      in good order                       start HOST
  kill HOST      kill -9 of every process            log HOST     its last log lines
  down HOST      touch ${downFile}        up HOST      remove it
  shell HOST     a shell there (exit comes back)     status       who holds the address
  quit           or Ctrl-D: cleans everything up`;

/** Lets the user do to the hosts what they like, until they have enough. */
export async function interact(stage: Stage, screen: Screen, status: () => void): Promise<void> {
  screen.line(help);
  while (await converse(stage, screen, status)) {
    // A shell had the terminal for itself; back to our own prompt.
  }
}

/** Reads commands until the end (false) or until a shell was opened and left, which needs a fresh reader (true). */
async function converse(stage: Stage, screen: Screen, status: () => void): Promise<boolean> {
  const reader = createInterface({ input: process.stdin, output: process.stdout, prompt: screen.bold('holdfast> ') });
  reader.on('SIGINT', () => process.emit('SIGINT'));
  try {
    reader.prompt();
    for await (const line of reader) {
      const [verb = '', name = ''] = line.trim().split(/\s+/);
      if (verb === 'quit' || verb === 'exit') return false;
      if (verb === 'shell' && isHost(name)) {
        reader.close();
        await shell(stage.machines[name].host.enter(['sh', '-i']));
        return true;
      }
      if (verb === 'status') status();
      else if (verb === 'help') screen.line(help);
      else if (verb !== '' && isHost(name)) await obey(stage, screen, verb, name);
      else if (verb !== '') screen.line(`  which host: ${hostNames.join(' or ')}? (help shows what there is)`);
      reader.prompt();
    }
    return false;
  } finally {
    reader.close();
  }
}

function isHost(name: string): name is HostName {
  return (hostNames as readonly string[]).includes(name);
}

async function obey(stage: Stage, screen: Screen, verb: string, name: HostName): Promise<void> {
  const { host, daemon } = stage.machines[name];
  const actions: Record<string, () => Promise<void> | void> = {
    isolate: () => stage.lab.isolate(host),
    heal: () => stage.lab.heal(host),
    pull: () => stage.lab.pullCable(host),
    plug: () => stage.lab.plugCable(host),
    stop: () => stage.stop(name),
    start: () => {
      if (daemon && daemon.end === undefined) screen.line(`  ${name} runs already`);
      else stage.start(name);
    },
    kill: async () => {
      for (const { pid, arguments: argv } of await host.processes()) {
        if (argv.includes('holdfast')) await host.run(['kill', '-9', String(pid)]);
      }
      stage.machines[name].daemon = undefined;
    },
    log: () => {
      for (const { text } of daemon?.lines.slice(-15) ?? []) screen.line(`  ${text}`);
    },
    down: () => host.write(downFile, ''),
    up: () => host.remove(downFile),
  };
  const action = actions[verb];
  if (action) await action();
  else screen.line(`  there is no "${verb}"; help shows what there is`);
}

function shell(argv: readonly string[]): Promise<void> {
  const child = spawn(argv[0] ?? '', argv.slice(1), { stdio: 'inherit' });
  return new Promise(resolve => child.once('exit', () => resolve()));
}
