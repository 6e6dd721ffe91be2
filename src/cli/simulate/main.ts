import { readFileSync, writeFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { everyPairOfFaults, everySingleFault, type FaultOutcome } from '../../sim/fault-table.ts';
import { parseScenario } from '../../sim/parse-scenario.ts';
import type { Scenario } from '../../sim/scenario.ts';
import { complaints, type SimulationInput, simulate } from '../../sim/simulation.ts';
import { simulationData } from '../../sim/simulation-data.ts';
import { timelinePage } from '../../sim/timeline-page.ts';
import { type NamedFile, namedFiles } from '../check/nodes.ts';
import { type Output, terminal } from '../config/output.ts';
import { loadConfigurations } from './configurations.ts';
import { writeRecordings } from './recordings.ts';
import { faultJson, faultTableText, simulationText } from './report.ts';

/** Everything held, something broke, not even run. */
const status = { holds: 0, broken: 1, unusable: 2 } as const;

interface Options {
  readonly scenario?: string;
  readonly do: readonly string[];
  readonly expect: readonly string[];
  readonly everySingleFault?: boolean;
  readonly everyPairOfFaults?: boolean;
  readonly id: readonly string[];
  readonly seed?: string;
  readonly json?: boolean;
  readonly html?: string;
  readonly record?: string;
  readonly events?: boolean;
}

/** `holdfast simulate ...`; yields the exit status. */
export async function runSimulate(words: readonly string[], output: Output = terminal): Promise<number> {
  let result: number = status.holds;
  const program = new Command('holdfast simulate')
    .description(
      'Runs the engine of production with your configurations in virtual time, and shows what becomes of every virtual\n' +
        'address when something goes wrong. Needs no root, sends nothing, takes milliseconds.',
    )
    .usage('[options] [NAME=]FILE [NAME=]FILE ...')
    .argument('<FILE...>', 'a configuration for each node; NAME is the node, and the id of its @NAME lines')
    .option('-s, --scenario <FILE>', 'what happens when, a statement a line; - reads standard input')
    .option('--do <STATEMENT>', 'one statement of a scenario, such as "at 10s cut a"', collect, [])
    .option('--every-single-fault', 'each fault by itself, the worst outcome first')
    .option('--every-pair-of-faults', 'each two faults at once, the worst outcome first')
    .option('--expect <WHAT>', 'what must hold, such as "gap < 4s"; sets the exit status', collect, [])
    .option('--id <ID>', 'a node by its id: with one FILE for all nodes, or one --id for each FILE', collect, [])
    .option('--seed <N>', 'another roll of the dice for latencies and timers')
    .option('--events', 'tell what happened, line by line')
    .option('--html <FILE>', 'write the timeline as one self-contained page')
    .option('--record <DIR>', "write what happened to each node's VRRP process there, for holdfast replay and explain")
    .option('--json', 'everything as JSON')
    .addHelpText('after', examples)
    .configureOutput({ writeOut: text => output.say(text), writeErr: text => output.tell(text.trimEnd()) })
    .exitOverride()
    .action((files: string[], options: Options) => {
      result = run(files, options, output);
    });
  try {
    await program.parseAsync([...words], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? status.holds : status.unusable;
  }
  return result;
}

const examples = `
Exit status: 0 everything held, 1 an invariant or an expectation broke, 2 a file or statement cannot be used.

Examples:
  holdfast simulate --every-single-fault lb1.conf lb2.conf
  holdfast simulate --every-single-fault --expect "gap < 4s" lb1.conf lb2.conf
  holdfast simulate lb1.conf lb2.conf --do "at 20s cut lb1 for 10s" --expect "dual < 1s" --events
  holdfast simulate lb1.conf lb2.conf -s outage.txt --html outage.html
  holdfast simulate lb1.conf lb2.conf -s outage.txt --record . && holdfast explain lb1.recording lb2.recording

Statements: at 10s cut a [b] [for 20s]          at 10s unplug a [eth0]           at 10s power-off a for 60s
            at 10s cut a -> b                   at 10s freeze a 3s               at 10s crash a
            at 10s script chk on a fails        at 10s lose 30% on a b for 10s   at 10s reload a with new.conf
            expect gap < 4s                     expect holder b at 15s           until 2m
docs/simulator.md has all of them, what is modelled, and what is not.
`;

function collect(word: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, word];
}

function run(words: readonly string[], options: Options, output: Output): number {
  const refuse = (reason: string): number => {
    output.tell(`holdfast simulate: ${reason}`);
    return status.unusable;
  };
  const named = namedFiles(words, options.id);
  if (!named.ok) return refuse(named.reason);
  const read = readScenario(options);
  if (typeof read === 'string') return refuse(read);
  const loaded = loadConfigurations(named.value, read, options.scenario);
  for (const text of loaded.diagnostics) output.tell(text);
  if (!loaded.input) return status.unusable;
  const wrong = complaints(loaded.input);
  if (wrong.length > 0) {
    for (const complaint of wrong) output.tell(`holdfast simulate: ${complaint}`);
    return status.unusable;
  }
  const isTable = options.everySingleFault || options.everyPairOfFaults;
  if (isTable && options.record !== undefined)
    return refuse('--record goes with a scenario, not with a table of faults');
  return isTable ? tabulate(loaded.input, options, output) : play(loaded.input, named.value, options, output);
}

/** The scenario, or what is wrong with it. */
function readScenario(options: Options): Scenario | string {
  const statements = [
    ...(options.seed === undefined ? [] : [`seed ${options.seed}`]),
    ...options.do,
    ...options.expect.map(text => `expect ${text}`),
  ];
  let text = '';
  if (options.scenario !== undefined) {
    try {
      text = readFileSync(options.scenario === '-' ? 0 : options.scenario, 'utf8');
    } catch (error) {
      return `${options.scenario}: ${(error as NodeJS.ErrnoException).code}`;
    }
  }
  const lines = text === '' ? 0 : text.split('\n').length;
  const { scenario, mistakes } = parseScenario([...(text === '' ? [] : [text]), ...statements].join('\n'));
  if (mistakes.length === 0) return scenario;
  return mistakes
    .map(({ line, message }) =>
      line <= lines ? `${options.scenario}:${line}: ${message}` : `"${statements[line - lines - 1]}": ${message}`,
    )
    .join('\n');
}

function play(input: SimulationInput, files: readonly NamedFile[], options: Options, output: Output): number {
  const result = simulate({ ...input, record: options.record !== undefined });
  const data = simulationData(result);
  if (options.html !== undefined) {
    const title = files.map(({ name }) => name).join(', ');
    writeFileSync(options.html, timelinePage(data, title));
  }
  if (options.record !== undefined) writeRecordings(options.record, result.world);
  if (options.json) output.say(`${JSON.stringify(data, undefined, 2)}\n`);
  else output.say(simulationText(result, { columns: columnsOfTerminal(), events: options.events === true }));
  return result.violations.length + result.failed.length > 0 ? status.broken : status.holds;
}

function tabulate(input: SimulationInput, options: Options, output: Output): number {
  const outcomes: readonly FaultOutcome[] = [
    ...(options.everySingleFault ? everySingleFault(input) : []),
    ...(options.everyPairOfFaults ? everyPairOfFaults(input) : []),
  ];
  output.say(options.json ? `${JSON.stringify(outcomes.map(faultJson), undefined, 2)}\n` : faultTableText(outcomes));
  return outcomes.some(({ violations, failed }) => violations.length + failed.length > 0)
    ? status.broken
    : status.holds;
}

function columnsOfTerminal(): number {
  return Math.min(process.stdout.columns ?? 110, 200);
}
