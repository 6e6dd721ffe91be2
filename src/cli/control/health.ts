import type { HealthStatus } from '../../status/health-status.ts';
import { isAllWell, renderHealth } from '../../status/health-text.ts';
import { mailText } from '../../status/mail-text.ts';
import { type Output, terminal } from '../config/output.ts';
import { askOnce, controlCommand, runCommand } from './command.ts';
import { askOrWatch, type WatchOptions } from './watch.ts';

/** `holdfast health ...`; yields the exit status. */
export async function runHealth(words: readonly string[], output: Output = terminal): Promise<number> {
  let status = 0;
  const program = controlCommand(
    'health',
    'Asks the running daemon about its real servers: who is up with which weight, what each check found last and\n' +
      'how long that took, how the reply began, and when it asks again.',
    output,
  )
    .usage('[options] [SERVICE]')
    .argument('[SERVICE]', 'one virtual server: ADDRESS:PORT, or as the log names it')
    .option('--json', 'as JSON; with --watch a line for each answer')
    .option('-w, --watch', 'again every second, until Ctrl-C')
    .addHelpText('after', examples)
    .action(async (service: string | undefined, options: WatchOptions) => {
      status = await askOrWatch(options, output, to => askHealth(service, options, to));
    });
  return runCommand(program, words, () => status);
}

const examples = `
Exit status: 0 all servers are up and every quorum is met, 1 something is down, 2 no answer.

Examples:
  holdfast health                             everything
  holdfast health 192.0.2.1:443 --watch       one service, every second
  holdfast health --json | jq '.virtualServers[].servers[] | select(.state == "down") | .name'
`;

function askHealth(service: string | undefined, options: WatchOptions, output: Output): Promise<number> {
  const request = { command: 'health', ...(service !== undefined && { service }) } as const;
  return askOnce(options, request, output, (result, mails) => {
    const health = result as HealthStatus;
    if (!options.json) output.say(renderHealth(health) + (service === undefined ? mailText(mails) : ''));
    else output.say(`${JSON.stringify({ ...health, mails }, undefined, options.watch ? undefined : 2)}\n`);
    return isAllWell(health) ? 0 : 1;
  });
}
