import { Command, CommanderError } from 'commander';
import { runFormat } from './format.ts';
import { runImportReport } from './import-report.ts';
import { type Output, terminal } from './output.ts';
import { runShow } from './show.ts';

/** `holdfast config ...`; yields the exit status. */
export async function runConfig(words: readonly string[], output: Output = terminal): Promise<number> {
  let status = 0;
  const program = new Command('holdfast config')
    .description('Works on configuration files; changes nothing but what it is told to.')
    .configureOutput({ writeOut: text => output.say(text), writeErr: text => output.tell(text.trimEnd()) })
    .exitOverride();
  program
    .command('fmt')
    .description('print the files formatted: indentation, blanks and braces; nothing that is said changes')
    .argument('[FILE...]', 'configuration files; - or none is standard input')
    .option('--check', 'print nothing but the names of files that are not formatted, and exit with 1 if there is one')
    .option('--write', 'write the files back')
    .action((files: string[], options: { check?: boolean; write?: boolean }) => {
      status = runFormat(files, { check: options.check === true, write: options.write === true }, output);
    });
  program
    .command('show')
    .description('print the effective configuration: every value, and where it comes from')
    .argument('FILE', 'configuration file')
    .option('--json', 'as JSON')
    .option('--brief', 'without the defaults that stand in comments')
    .option('-i, --config-id <ID>', 'what lines starting with @ID compare with (default: the host name)')
    .action((file: string, options: { json?: boolean; brief?: boolean; configId?: string }) => {
      const settings = { json: options.json === true, brief: options.brief === true, configId: options.configId };
      status = runShow(file, settings, output);
    });
  program
    .command('import-report')
    .description('list the keywords of a keepalived.conf: honoured, different or not yet')
    .argument('FILE', 'configuration file')
    .option('--json', 'as JSON')
    .action((file: string, options: { json?: boolean }) => {
      status = runImportReport(file, { json: options.json === true }, output);
    });
  for (const command of program.commands) command.copyInheritedSettings(program);
  try {
    await program.parseAsync([...words], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // 1 is a verdict on the files; a command line that makes no sense is something else.
    return error.exitCode === 0 ? 0 : 2;
  }
  return status;
}
