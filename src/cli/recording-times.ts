import { readFileSync } from 'node:fs';
import type { Instant } from '../base/instant.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { RecordedClock } from '../engine/recording-clock.ts';
import { type Recording, readRecording } from '../engine/recording-file.ts';
import { Story } from '../status/explain-story.ts';

/** The recording in a file, or a line about why there is none. */
export function loadRecording(file: string): Result<Recording, string> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return failed(`cannot read ${file}: ${(error as NodeJS.ErrnoException).code}`);
  }
  const recording = readRecording(text);
  return recording.ok ? recording : failed(`${file}: ${recording.reason}`);
}

/** The engine where the recording begins. The state of another version may be one that this one cannot go on from. */
export function openStory(recording: Recording): Result<Story, string> {
  try {
    return ok(new Story(recording));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const { product } = recording.origin;
    return failed(
      `this Holdfast cannot go on from the state in it: replay it with Holdfast ${product}, which wrote it`,
    );
  }
}

/** `2026-11-20 06:12:03.612`, in the time zone of this machine. */
export function dateAndTime(epochMicroseconds: number): string {
  const date = new Date(epochMicroseconds / 1_000);
  const pad = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${timeOfDay(epochMicroseconds)}`;
}

/** `06:12:03.612` */
function timeOfDay(epochMicroseconds: number): string {
  const date = new Date(epochMicroseconds / 1_000);
  const pad = (value: number, digits = 2): string => String(value).padStart(digits, '0');
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(value => pad(value)).join(':');
  return `${clock}.${pad(date.getMilliseconds(), 3)}`;
}

/** Times of one day without the date, others with it. */
export function timesAround(epochMicroseconds: number): (epochMicroseconds: number) => string {
  const day = dateAndTime(epochMicroseconds).slice(0, 10);
  return each => (dateAndTime(each).startsWith(day) ? timeOfDay(each) : dateAndTime(each));
}

const units: Readonly<Record<string, number>> = { ms: 1_000, s: 1_000_000, m: 60_000_000, h: 3_600_000_000 };

/** What may be written for a time, for help texts. */
export const timeForms =
  '06:12:03.5, "2026-11-20 06:12:03", 2026-11-20T06:12:03Z, +90s after the beginning or -10s before the end';

/** The instant that an operator means by a word. */
export function instantMeant(
  word: string,
  { steps, origin }: Recording,
  clock: RecordedClock,
): Result<Instant, string> {
  const beginning = steps[0]?.at ?? origin.written.instant;
  const relative = /^([+-])(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(word);
  if (relative) {
    const [, sign, count, unit = 's'] = relative;
    const span = Number(count) * units[unit]!;
    return ok((sign === '+' ? beginning + span : origin.written.instant - span) as Instant);
  }
  const time = /^\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$/.test(word);
  const end = origin.written.epochMicroseconds;
  const text = time ? `${dateAndTime(end).slice(0, 10)}T${word.replace(/^(\d):/, '0$1:')}` : word;
  const fraction = /(\.\d{3})(\d{1,3})/.exec(text);
  const parsed = Date.parse(text.replace(' ', 'T'));
  if (Number.isNaN(parsed)) return failed(`"${word}" is no time: write ${timeForms}`);
  let epoch = parsed * 1_000 + (fraction ? Number(fraction[2]!.padEnd(3, '0')) : 0);
  // A time of day that would be in the future was yesterday's.
  if (time && epoch > end + 1_000_000) epoch -= 24 * units['h']!;
  return ok(clock.instantOf(epoch));
}
