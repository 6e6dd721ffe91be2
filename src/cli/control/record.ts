import { constants, copyFileSync } from 'node:fs';
import type { WrittenRecording } from '../../daemon/child-messages.ts';
import { type Output, terminal } from '../config/output.ts';
import type { ClientOptions } from './client.ts';
import { askOnce, controlCommand, noAnswerStatus, runCommand } from './command.ts';

/** `holdfast record [FILE]`; yields the exit status. */
export async function runRecord(words: readonly string[], output: Output = terminal): Promise<number> {
  let status = 0;
  const program = controlCommand(
    'record',
    'Has the running daemon write its flight recording: what happened to its VRRP process in the last hours. It has no\n' +
      'passwords in it and can be mailed. Says where it is.',
    output,
  )
    .argument('[FILE]', 'a copy goes there; it must not exist')
    .addHelpText('after', examples)
    .action(async (file: string | undefined, options: ClientOptions) => {
      status = await record(file, options, output);
    });
  return runCommand(program, words, () => status);
}

const examples = `
Exit status: 0 written, 2 not.

Examples:
  holdfast record                                    writes /tmp/holdfast_vrrp.recording and says so
  holdfast record lb1.recording                      and copies it here
  holdfast replay lb1.recording                      each decision with its cause
  holdfast explain lb1.recording lb2.recording       why both nodes were master
docs/recording.md has more.
`;

function record(copy: string | undefined, options: ClientOptions, output: Output): Promise<number> {
  return askOnce(options, { command: 'record' }, output, result => {
    const { file } = result as WrittenRecording;
    if (file === undefined) {
      output.tell('holdfast: nothing was written: flight_recorder is off, or the log says why not');
      return noAnswerStatus;
    }
    if (copy !== undefined) {
      try {
        // Nobody else's file is written over, and the permissions come along.
        copyFileSync(file, copy, constants.COPYFILE_EXCL);
      } catch (error) {
        output.tell(`holdfast: cannot copy ${file} to ${copy}: ${(error as NodeJS.ErrnoException).code}`);
        return noAnswerStatus;
      }
    }
    output.say(`${copy ?? file}\n`);
    return 0;
  });
}
