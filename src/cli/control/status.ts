import { mailText } from '../../status/mail-text.ts';
import type { VrrpStatus } from '../../status/vrrp-status.ts';
import { renderVrrpStatus } from '../../status/vrrp-status-text.ts';
import { type Output, terminal } from '../config/output.ts';
import { askOnce, controlCommand, runCommand } from './command.ts';
import { askOrWatch, type WatchOptions } from './watch.ts';

/** `holdfast status ...`; yields the exit status. */
export async function runStatus(words: readonly string[], output: Output = terminal): Promise<number> {
  let status = 0;
  const program = controlCommand(
    'status',
    'Asks the running daemon about its virtual routers: who is master and since when, with which priority, which\n' +
      'addresses it holds, whom it follows, why it is in FAULT, and what became of mails.',
    output,
  )
    .option('--json', 'as JSON; with --watch a line for each answer')
    .option('-w, --watch', 'again every second, until Ctrl-C')
    .addHelpText('after', examples)
    .action(async (options: WatchOptions) => {
      status = await askOrWatch(options, output, to => askStatus(options, to));
    });
  return runCommand(program, words, () => status);
}

const examples = `
Exit status: 0 no virtual router is in FAULT, 1 one is, 2 no answer.

Examples:
  holdfast status
  holdfast status --json | jq -r '.instances[] | "\\(.name) \\(.state)"'
`;

function askStatus(options: WatchOptions, output: Output): Promise<number> {
  return askOnce(options, { command: 'status' }, output, (result, mails) => {
    const status = result as VrrpStatus;
    if (!options.json) output.say(renderVrrpStatus(status, Date.now()) + mailText(mails));
    else output.say(`${JSON.stringify({ ...status, mails }, undefined, options.watch ? undefined : 2)}\n`);
    return status.instances.some(({ state }) => state === 'FAULT') ? 1 : 0;
  });
}
