import type { ServerVerb } from '../../daemon/control-messages.ts';
import { type Output, terminal } from '../config/output.ts';
import type { ClientOptions } from './client.ts';
import { askOnce, controlCommand, runCommand } from './command.ts';

const verbs: readonly { readonly verb: ServerVerb; readonly description: string; readonly said: string }[] = [
  {
    verb: 'drain',
    description: 'no new connections (weight 0); those that are there go on',
    said: 'gets no new connections',
  },
  { verb: 'down', description: 'count it as failed, whatever its checks say', said: 'counts as failed' },
  { verb: 'up', description: 'count it as well, whatever its checks say', said: 'counts as well' },
  { verb: 'auto', description: 'take an earlier word back: its checks decide again', said: 'is as its checks say' },
];

/** `holdfast server VERB VS RS`; yields the exit status. */
export async function runServer(words: readonly string[], output: Output = terminal): Promise<number> {
  let status = 0;
  const program = controlCommand(
    'server',
    'Takes a real server out of service and back, without editing the configuration. A word holds until `auto`, through\n' +
      'reloads, crashes and restarts, as long as the server is configured, or until the next boot.',
    output,
  ).addHelpText('after', examples);
  for (const { verb, description, said } of verbs) {
    program
      .command(verb)
      .description(description)
      .argument('<SERVICE>', 'virtual server: ADDRESS:PORT, or as the log names it')
      .argument('<SERVER>', 'real server: ADDRESS:PORT, or its address alone')
      .action(async (service: string, server: string) => {
        const request = { command: 'server', verb, service, server } as const;
        status = await askOnce(program.opts<ClientOptions>(), request, output, result => {
          const found = result as { readonly service: string; readonly server: string };
          output.say(`${found.server} of ${found.service} ${said}\n`);
          return 0;
        });
      });
  }
  for (const command of program.commands) command.copyInheritedSettings(program);
  return runCommand(program, words, () => status);
}

const examples = `
Exit status: 0 done, 2 there is no such server, or no answer.

Examples:
  holdfast server drain 192.0.2.1:80 10.0.0.7     before an update of 10.0.0.7
  holdfast health 192.0.2.1:80 --watch            see it leave, and come back
  holdfast server auto 192.0.2.1:80 10.0.0.7      when it is done
`;
