import { Command, CommanderError } from 'commander';
import { RecordedClock } from '../engine/recording-clock.ts';
import { explainInstance, explanationText } from '../status/explain-instance.ts';
import { dualMasters, Witness } from '../status/explain-pair.ts';
import { pairText } from '../status/explain-pair-text.ts';
import { type Output, terminal } from './config/output.ts';
import { instantMeant, loadRecording, openStory, timeForms, timesAround } from './recording-times.ts';

/** Explained, two masters found, not possible. */
const status = { explained: 0, dualMaster: 1, impossible: 2 } as const;

interface Options {
  readonly instance?: string;
  readonly at?: string;
  readonly json?: boolean;
}

const help = `
Exit status: 0 explained (with two recordings: never two masters, but for hand-overs), 1 there were two masters at a time,
2 a file cannot be read, or has no such instance.

Examples:
  holdfast explain lb1.recording                          every instance at the end of the recording
  holdfast explain lb1.recording --instance VI_1 --at 06:12:03.5
                                                          why VI_1 was what it was at that time
  holdfast explain lb1.recording lb2.recording            why both were master: cut off both ways or one way,
                                                          adverts refused, VRID clash, starvation
A time T is ${timeForms}.

A recording comes from a running daemon: holdfast record.
docs/recording.md has more.
`;

/** `holdfast explain FILE [FILE]`; yields the exit status. */
export async function runExplain(words: readonly string[], output: Output = terminal): Promise<number> {
  let result: number = status.explained;
  const program = new Command('holdfast explain')
    .description(
      'Says why an instance was what it was: whom it heard, what it refused, whether it could send and got to run, its\n' +
        'priority and its timers with the arithmetic. With the recordings of two nodes: why both were master.',
    )
    .usage('[options] FILE [FILE]')
    .argument('<FILE...>', 'a recording, or those of two nodes')
    .option('--instance <NAME>', 'only this one')
    .option('--at <T>', 'at this time; without it at the end')
    .option('--json', 'the same as JSON')
    .addHelpText('after', help)
    .configureOutput({ writeOut: text => output.say(text), writeErr: text => output.tell(text.trimEnd()) })
    .exitOverride()
    .action((files: string[], options: Options) => {
      const found = files.length > 2 ? 'one recording, or two' : explain(files, options, output);
      if (typeof found === 'number') result = found;
      else {
        output.tell(`holdfast explain: ${found}`);
        result = status.impossible;
      }
    });
  try {
    await program.parseAsync([...words], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? status.explained : status.impossible;
  }
  return result;
}

/** The exit status, or what is wrong. */
function explain(files: readonly string[], options: Options, output: Output): number | string {
  const [one, other] = files;
  return other === undefined ? explainOne(one!, options, output) : explainPair(one!, other, options, output);
}

function explainOne(file: string, { instance, at: word = '-0s', json }: Options, output: Output): number | string {
  const loaded = loadRecording(file);
  if (!loaded.ok) return loaded.reason;
  const recording = loaded.value;
  const clock = new RecordedClock(recording.clock);
  const at = instantMeant(word, recording, clock);
  if (!at.ok) return at.reason;
  const beginning = recording.steps[0]?.at;
  if (beginning !== undefined && at.value < beginning)
    return `${file} begins later: at ${timeText(clock.epochOf(beginning))}`;
  const opened = openStory(recording);
  if (!opened.ok) return `${file}: ${opened.reason}`;
  const story = opened.value;
  story.runTo(at.value);
  const names = story.vrrp.instances.map(({ name }) => name);
  if (instance !== undefined && !names.includes(instance)) {
    return `${file} has no instance ${instance} at that time; it has ${names.join(', ') || 'none'}`;
  }
  const own = timesAround(clock.epochOf(at.value));
  const timeOf = (instant: number): string => own(clock.epochOf(instant));
  const explained = names
    .filter(name => instance === undefined || name === instance)
    .flatMap(name => explainInstance(story, name, at.value) ?? []);
  if (json) {
    const time = clock.epochOf(at.value) / 1_000_000;
    output.say(`${JSON.stringify({ host: recording.origin.host, time, instances: explained }, undefined, 2)}\n`);
  } else output.say(explained.map(each => explanationText(each, recording.origin.host, timeOf)).join('\n'));
  if (story.different > 0) output.tell(`holdfast explain: ${file} replays differently here: see holdfast replay`);
  return status.explained;
}

function explainPair(one: string, other: string, { instance, at, json }: Options, output: Output): number | string {
  const witnesses: Witness[] = [];
  for (const file of [one, other]) {
    const loaded = loadRecording(file);
    if (!loaded.ok) return loaded.reason;
    const { host } = loaded.value.origin;
    // Two machines may go by one name.
    const name = witnesses.some(each => each.host === host) ? file : host;
    const opened = openStory(loaded.value);
    if (!opened.ok) return `${file}: ${opened.reason}`;
    witnesses.push(new Witness(opened.value, name));
  }
  const [left, right] = witnesses as [Witness, Witness];
  let moments = dualMasters(left, right, instance);
  if (at !== undefined) {
    const meant = instantMeant(at, left.story.recording, left.clock);
    if (!meant.ok) return meant.reason;
    const epoch = left.clock.epochOf(meant.value);
    moments = moments.filter(({ from, to }) => from <= epoch && (to === undefined || epoch <= to));
  }
  const timeOf = timesAround(left.to);
  output.say(json ? `${JSON.stringify(moments, undefined, 2)}\n` : pairText(left, right, moments, timeOf));
  return moments.some(({ kind }) => kind !== 'hand-over') ? status.dualMaster : status.explained;
}

function timeText(epochMicroseconds: number): string {
  return timesAround(0)(epochMicroseconds);
}
