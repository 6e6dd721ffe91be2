import { Command, CommanderError } from 'commander';
import type { ControlRequest } from '../../daemon/control-messages.ts';
import type { MailCounts } from '../../notify/mail-queue.ts';
import type { Output } from '../config/output.ts';
import { type ClientOptions, ControlClient, NoAnswer } from './client.ts';

/** 1 is a verdict on what was asked about; this one says that there is none. */
export const noAnswerStatus = 2;

/** A command that asks the daemon: how it is called, and which daemon is meant. */
export function controlCommand(name: string, description: string, output: Output): Command {
  return new Command(`holdfast ${name}`)
    .description(description)
    .option('--instance <NAME>', 'the daemon whose configuration says `instance NAME`')
    .option('--socket <FILE>', 'the daemon that listens at FILE')
    .configureOutput({ writeOut: text => output.say(text), writeErr: text => output.tell(text.trimEnd()) })
    .exitOverride();
}

/** Runs a command line; a command line that makes no sense has no answer. */
export async function runCommand(program: Command, words: readonly string[], status: () => number): Promise<number> {
  try {
    await program.parseAsync([...words], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : noAnswerStatus;
  }
  return status();
}

/** Asks once and yields the exit status; what stands in the way is told. */
export async function askOnce(
  options: ClientOptions,
  request: ControlRequest,
  output: Output,
  show: (result: unknown, mails: MailCounts | undefined) => number,
): Promise<number> {
  const client = new ControlClient(options);
  try {
    const reply = await client.ask(request);
    if (reply.ok) return show(reply.result, reply.mails);
    output.tell(`holdfast: ${reply.error}`);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    output.tell(`holdfast: ${error.message}`);
  } finally {
    client.close();
  }
  return noAnswerStatus;
}
