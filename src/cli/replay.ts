import { Command, CommanderError } from 'commander';
import { version } from '../daemon/version.ts';
import { RecordedClock } from '../engine/recording-clock.ts';
import type { Recording } from '../engine/recording-file.ts';
import { isDecision, stepText } from '../status/explain-replay.ts';
import type { Story, ToldStep } from '../status/explain-story.ts';
import { type Output, terminal } from './config/output.ts';
import { dateAndTime, instantMeant, loadRecording, openStory, timeForms, timesAround } from './recording-times.ts';

/** The same, something else, not even read. */
const status = { same: 0, different: 1, unreadable: 2 } as const;

interface Options {
  readonly all?: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const help = `
Exit status: 0 the replay did what the recorded process did, 1 it did something else somewhere, 2 the file cannot be read.

A recording comes from a running daemon, which always remembers its last hours:
  holdfast record lb1.recording        or kill -USR1 $(cat /run/holdfast.pid): /tmp/holdfast_vrrp.recording
  holdfast replay lb1.recording
After a crash there is /tmp/holdfast_vrrp_crash.recording: its last step is the one that broke it.

How to read it: a line for what happened, below it what the daemon logged, what changed ("=>") and why, and what it asked
of the kernel ("->"). Passwords are not in the file; it can be mailed. docs/recording.md has more.
`;

/** `holdfast replay FILE`; yields the exit status. */
export async function runReplay(words: readonly string[], output: Output = terminal): Promise<number> {
  let result: number = status.same;
  const program = new Command('holdfast replay')
    .description(
      'Runs the engine once more on a recording of what happened to it, and shows each decision with its cause. It says\n' +
        'whether the engine of this version decides the same. Needs no root, and touches nothing.',
    )
    .argument('<FILE>', 'a recording')
    .option('--from <T>', `nothing before it: ${timeForms}`)
    .option('--to <T>', 'nothing after it')
    .option('--all', 'every step, adverts and timers too')
    .option('--quiet', 'only whether it is the same')
    .option('--json', 'a line of JSON for each step, then one with the result')
    .addHelpText('after', help)
    .configureOutput({ writeOut: text => output.say(text), writeErr: text => output.tell(text.trimEnd()) })
    .exitOverride()
    .action((file: string, options: Options) => {
      result = replay(file, options, output);
    });
  try {
    await program.parseAsync([...words], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? status.same : status.unreadable;
  }
  return result;
}

function replay(file: string, options: Options, output: Output): number {
  const loaded = loadRecording(file);
  if (!loaded.ok) {
    output.tell(`holdfast replay: ${loaded.reason}`);
    return status.unreadable;
  }
  const recording = loaded.value;
  const clock = new RecordedClock(recording.clock);
  const bounds = [options.from, options.to].map(word =>
    word === undefined ? undefined : instantMeant(word, recording, clock),
  );
  for (const bound of bounds) {
    if (!bound || bound.ok) continue;
    output.tell(`holdfast replay: ${bound.reason}`);
    return status.unreadable;
  }
  const [from, to] = bounds.map(bound => (bound?.ok ? bound.value : undefined));
  const opened = openStory(recording);
  if (!opened.ok) {
    output.tell(`holdfast replay: ${file}: ${opened.reason}`);
    return status.unreadable;
  }
  const story = opened.value;
  const timeOf = timesAround(recording.origin.written.epochMicroseconds);
  const own = (instant: number): string => timeOf(clock.epochOf(instant));
  if (!options.json && !options.quiet) output.say(`${headText(recording)}\n`);
  for (const told of story.tell()) {
    const { at } = told.replayed;
    if (options.quiet || (from !== undefined && at < from) || (to !== undefined && at > to)) continue;
    if (!options.all && !isDecision(told)) continue;
    output.say(options.json ? `${JSON.stringify(stepJson(told, clock))}\n` : stepText(told, own));
  }
  const same = story.different === 0 && !story.failure;
  output.say(options.json ? `${JSON.stringify(resultJson(story))}\n` : resultText(story));
  return same ? status.same : status.different;
}

function headText({ origin, clock, steps, forgotten, isComplete }: Recording): string {
  const begin = dateAndTime(new RecordedClock(clock).epochOf(steps[0]?.at ?? origin.written.instant));
  const end = dateAndTime(origin.written.epochMicroseconds);
  const lines = [
    `Recorded by Holdfast ${origin.product}${origin.commit === undefined ? '' : ` (${origin.commit})`} on ${origin.host}, process ${origin.process}`,
    `${begin} to ${end}: ${steps.length} steps; ${forgotten} earlier ones had to make room`,
    `Written because of: ${origin.reason.split('\n')[0]}`,
  ];
  if (!isComplete) lines.push('The end of the file is missing: this is as far as it goes');
  return `${lines.join('\n')}\n`;
}

function resultText({ recording, different, failure }: Story): string {
  const { product } = recording.origin;
  if (failure)
    return `\nThe engine broke at step ${failure.place + 1} of ${recording.steps.length}: ${String(failure.error)}\n`;
  if (different === 0) return `\nThe same in all ${recording.steps.length} steps.\n`;
  const versions =
    product === version
      ? 'The same version recorded it: this is a mistake in Holdfast, please report it.'
      : `Holdfast ${product} recorded it and this is ${version}: versions may decide differently.`;
  return `\nSomething else in ${different} of ${recording.steps.length} steps. ${versions}\n`;
}

function stepJson({ replayed, transitions }: ToldStep, clock: RecordedClock): unknown {
  const { place, at, step, effects, verdict } = replayed;
  const hexadecimal = (_key: string, value: unknown): unknown =>
    value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
  return JSON.parse(
    JSON.stringify(
      { place, time: clock.epochOf(at) / 1_000_000, at, step, effects, transitions, verdict },
      hexadecimal,
    ),
  );
}

function resultJson({ recording, different, failure }: Story): unknown {
  const { origin, steps, forgotten, isComplete } = recording;
  return {
    result: failure ? 'failed' : different > 0 ? 'different' : 'same',
    different,
    steps: steps.length,
    forgotten,
    isComplete,
    origin,
  };
}
