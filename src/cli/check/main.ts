import { Command, CommanderError } from 'commander';
import type { Diagnostic } from '../../config/diagnostic.ts';
import { checkCluster } from '../../vrrp/cluster/check-cluster.ts';
import { type Output, terminal } from '../config/output.ts';
import type { ReportFormat } from '../report-format.ts';
import { sarifLog } from '../sarif.ts';
import { clusterJson } from './cluster-json.ts';
import { clusterText, findingsText } from './cluster-text.ts';
import { loadNodes, namedFiles } from './nodes.ts';

/** Clean, something found, not even read. */
const status = { clean: 0, findings: 1, unreadable: 2 } as const;

interface Options {
  readonly id?: readonly string[];
  readonly json?: boolean;
  readonly sarif?: boolean;
  readonly strict?: boolean;
}

/** `holdfast check ...`; yields the exit status. */
export async function runCheck(words: readonly string[], output: Output = terminal): Promise<number> {
  let result: number = status.clean;
  const program = new Command('holdfast check')
    .description(
      'Reads the configurations of all nodes of a cluster together: where they do not fit, who is master, and who takes ' +
        'over when any one host, interface or script fails, with the arithmetic. Needs no root, and none of the nodes.',
    )
    .usage('[options] [NAME=]FILE [NAME=]FILE ...')
    .argument('<FILE...>', 'a configuration for each node; NAME is the node, and the id of its @NAME lines')
    .option('--id <ID>', 'a node by its id: with one FILE for all nodes, or one --id for each FILE', collect)
    .option('--strict', 'advice counts as a finding, too')
    .option('--json', 'the whole report as JSON')
    .option('--sarif', 'the findings as SARIF 2.1.0, for code review tools')
    .configureHelp({ helpWidth: 110 })
    .addHelpText('after', examples)
    .configureOutput({ writeOut: text => output.say(text), writeErr: text => output.tell(text.trimEnd()) })
    .exitOverride()
    .action((files: string[], options: Options) => {
      result = check(files, options, output);
    });
  try {
    await program.parseAsync([...words], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? status.clean : status.unreadable;
  }
  return result;
}

const examples = `
Exit status: 0 clean, 1 findings (errors and warnings; with --strict advice, too), 2 a file cannot be read.

Examples:
  holdfast check lb1.conf lb2.conf                    nodes are called lb1 and lb2
  holdfast check lb1=a/keepalived.conf lb2=b/keepalived.conf
                                                 the same with names
  holdfast check --id alpha --id beta keepalived.conf
                                                 one file with lines for @alpha and @beta
  holdfast check --sarif *.conf > check.sarif         for a code review tool

How to read the table: one line for each thing that can go wrong; one column for each node with its effective
priority then; who has the addresses; and where they are once it is over. docs/check.md has more.
`;

function collect(id: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, id];
}

function check(words: readonly string[], options: Options, output: Output): number {
  if (options.json && options.sarif) {
    output.tell('holdfast check: --json and --sarif exclude each other');
    return status.unreadable;
  }
  const format: ReportFormat = options.json ? 'json' : options.sarif ? 'sarif' : 'text';
  const named = namedFiles(words, options.id ?? []);
  if (!named.ok) {
    output.tell(`holdfast check: ${named.reason}`);
    return status.unreadable;
  }
  const { nodes, diagnostics: ofFiles, unreadable } = loadNodes(named.value);
  const report = checkCluster(nodes);
  const all = withoutRepetition(ofFiles, report.diagnostics);
  const counted = all.filter(({ severity }) => options.strict === true || severity !== 'advice');
  const exitStatus = unreadable ? status.unreadable : counted.length > 0 ? status.findings : status.clean;
  switch (format) {
    case 'json':
      output.say(`${JSON.stringify(clusterJson(named.value, report, all, exitStatus), undefined, 2)}\n`);
      break;
    case 'sarif':
      output.say(`${JSON.stringify(sarifLog(all, process.cwd()), undefined, 2)}\n`);
      break;
    case 'text':
      if (!unreadable) output.say(clusterText(report));
      output.say(findingsText(all));
  }
  return exitStatus;
}

/** A weight that cannot work by itself is told once: with the arithmetic, if there is any. */
function withoutRepetition(ofFiles: readonly Diagnostic[], ofCluster: readonly Diagnostic[]): readonly Diagnostic[] {
  const place = ({ file, line }: Diagnostic): string => `${line} ${file}`;
  const told = new Set(ofCluster.filter(({ code }) => code === 'no-failover').map(place));
  const rest = ofFiles.filter(each => each.code !== 'weight-without-effect' || !told.has(place(each)));
  return [...rest, ...ofCluster];
}
