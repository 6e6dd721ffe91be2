import type { Instant } from '../base/instant.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { VrrpCheckpoint } from './checkpoint.ts';
import { noEffects } from './recording-hash.ts';
import { decodeLine } from './recording-json.ts';
import { Redaction } from './recording-redaction.ts';
import type { ClockReading, RingContents } from './recording-ring.ts';
import type { VrrpStep } from './recording-step.ts';
import type { VrrpProcessOptions } from './vrrp-process.ts';

/** What the first line says it is. */
const format = 'holdfast-recording';
/** Grows when an older reader could not read what is written. */
const formatVersion = 2;
/** Steps per portion of text: some tenths of a millisecond of work. */
const stepsPerPortion = 500;

/** Where a recording comes from. */
export interface RecordingOrigin {
  /** Version of the program. */
  readonly product: string;
  readonly commit: string | undefined;
  readonly host: string;
  readonly process: number;
  /** `signal`, `request` or `crash: AssertionError: ...`. */
  readonly reason: string;
  readonly written: ClockReading;
  readonly options: VrrpProcessOptions;
}

export interface RecordedStep {
  readonly at: Instant;
  readonly step: VrrpStep;
  /** hashEffects of what the engine answered; undefined if it never did. */
  readonly hash: number | undefined;
}

export interface Recording {
  readonly origin: RecordingOrigin;
  /** Readings of the wall clock, at least one, in order. */
  readonly clock: readonly ClockReading[];
  /** The state before the first step. */
  readonly checkpoint: VrrpCheckpoint;
  readonly steps: readonly RecordedStep[];
  /** Earlier steps that had to make room. */
  readonly forgotten: number;
  /** False if the end of the file is missing. */
  readonly isComplete: boolean;
}

/**
 * The text of a recording in portions, its secrets replaced. A line of JSON each: the header, the checkpoint, then a list
 * for each step: instant, input, hash of the effects. The input is an object the first time, then the number of its
 * first appearance; the hash is left out when there was no effect, and null when there was no answer.
 */
export function* recordingText(origin: RecordingOrigin, contents: RingContents): Generator<string> {
  const redaction = new Redaction();
  const { segments, forgotten } = contents;
  const steps = segments.reduce((sum, segment) => sum + segment.steps.length, 0);
  const clock = [...segments.map(({ start }) => start), origin.written];
  const { options, ...rest } = origin;
  const header = { format, version: formatVersion, ...rest, options, clock, steps, forgotten };
  yield `${JSON.stringify(header)}\n`;
  yield `${JSON.stringify({ checkpoint: redaction.checkpoint(segments[0]!.checkpoint) })}\n`;
  const numbers = new Map<VrrpStep, number>();
  // Every advance is the same, however it came to be written.
  numbers.set(advance, 0);
  for (const segment of segments) {
    for (let start = 0; start < segment.steps.length; start += stepsPerPortion) {
      let text = '';
      const end = Math.min(segment.steps.length, start + stepsPerPortion);
      for (let place = start; place < end; place++) {
        const step = segment.steps[place]!;
        const number = step.type === 'advance' ? 0 : numbers.get(step);
        if (number === undefined) numbers.set(step, numbers.size);
        const input = number ?? JSON.stringify(redaction.step(step));
        const hash = segment.hashes[place];
        const answer = hash === undefined ? ',null' : hash === noEffects ? '' : `,${hash}`;
        text += `[${segment.at[place]},${input}${answer}]\n`;
      }
      yield text;
    }
  }
  yield `${JSON.stringify({ end: steps })}\n`;
}

const advance: VrrpStep = { type: 'advance' };

/** The recording in a file's text, or why it cannot be read. */
export function readRecording(text: string): Result<Recording, string> {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const header = readHeader(lines[0] ?? '');
  if (!header.ok) return header;
  const { version: _, format: __, clock, forgotten, steps: ___, ...origin } = header.value;
  const start = decodeLine(lines[1] ?? '');
  const checkpoint = start.ok ? (start.value as { checkpoint?: VrrpCheckpoint }).checkpoint : undefined;
  if (!checkpoint) return failed('the state that it begins with is missing: the file was cut off');
  const steps: RecordedStep[] = [];
  const inputs: VrrpStep[] = [advance];
  let isComplete = false;
  for (let place = 2; place < lines.length; place++) {
    const line = decodeLine(lines[place]!);
    if (!line.ok) {
      // The last line of a file that was cut off; anything else is damage.
      if (place === lines.length - 1) break;
      return failed(`line ${place + 1} is damaged: ${line.reason}`);
    }
    if (!Array.isArray(line.value)) {
      isComplete = (line.value as { end?: number }).end === steps.length;
      break;
    }
    const step = stepOf(line.value, inputs);
    if (!step) return failed(`line ${place + 1} is not a step`);
    steps.push(step);
  }
  return ok({ origin, clock, checkpoint, steps, forgotten, isComplete });
}

function stepOf(line: readonly unknown[], inputs: VrrpStep[]): RecordedStep | undefined {
  const [at, input, hash = noEffects] = line;
  let step: VrrpStep | undefined;
  if (typeof input === 'number') step = inputs[input];
  else if (typeof input === 'object' && input !== null && 'type' in input) {
    step = input as VrrpStep;
    inputs.push(step);
  }
  if (typeof at !== 'number' || !step || (hash !== null && typeof hash !== 'number')) return undefined;
  return { at: at as Instant, step, hash: hash ?? undefined };
}

interface Header extends RecordingOrigin {
  readonly format: string;
  readonly version: number;
  readonly clock: readonly ClockReading[];
  readonly forgotten: number;
  readonly steps: number;
}

function readHeader(line: string): Result<Header, string> {
  const decoded = decodeLine(line);
  const header = decoded.ok && typeof decoded.value === 'object' ? (decoded.value as Partial<Header> | null) : null;
  if (header?.format !== format) return failed('this is not a recording of Holdfast');
  if (header.version !== formatVersion) {
    const by = `Holdfast ${header.product}`;
    return failed(
      `${by} wrote it in format ${header.version}, and this Holdfast reads format ${formatVersion}: ` +
        `replay it with ${by}, or a later one`,
    );
  }
  return ok(header as Header);
}
