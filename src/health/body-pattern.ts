import { failed, ok, type Result } from '../base/result.ts';
import type { BodyPattern } from '../ports/probe.ts';
import { PatternMachine } from './pattern-machine.ts';
import { readPatternOptions } from './pattern-options.ts';
import { parsePattern } from './pattern-parser.ts';
import { compileProgram, type PatternProgram, ProgramTooBig } from './pattern-program.ts';

/** A pattern that can be searched for. */
export interface CompiledPattern {
  readonly program: PatternProgram;
}

/** Steps of the machine that a search may take before any data, and for each byte: a second or so for the biggest body. */
const stepsAtStart = 5_000_000;
const stepsPerByte = 8;
/** Bytes from the start of a match that are kept for its end; what has not matched by then does not. */
const longestMatch = 262_144;
/** Bytes that are waited for before the next look at all that is kept. */
const leastToLookAt = 16_384;

/** The reason says what is wrong or not supported, and where. */
export function compilePattern(pattern: string, options: readonly string[]): Result<CompiledPattern, string> {
  const read = readPatternOptions(options);
  if (!read.ok) return read;
  const parsed = parsePattern(pattern, read.value);
  if (!parsed.ok) return parsed;
  try {
    return ok({ program: compileProgram(parsed.value) });
  } catch (error) {
    if (error instanceof ProgramTooBig) return failed('the pattern is too big');
    throw error;
  }
}

/** Searches a body that comes in pieces, in bounded memory and time. */
export class BodySearch {
  readonly #program: PatternProgram;
  readonly #machine: PatternMachine;
  readonly #negate: boolean;
  readonly #lastStart: number;
  #kept: Uint8Array = new Uint8Array();
  /** Of the first kept byte, and of the next place to try, from the start of the body. */
  #base = 0;
  readonly #firstStart: number;
  #next: number;
  /** A place was given up only because a match from there would be too long. */
  #tooLong = false;
  #pending: Uint8Array[] = [];
  #pendingLength = 0;
  #state: 'searching' | 'found' | 'not-found' | 'gave-up' = 'searching';

  constructor({ program }: CompiledPattern, pattern: BodyPattern) {
    this.#program = program;
    this.#machine = new PatternMachine(program);
    this.#machine.steps = stepsAtStart;
    this.#negate = pattern.negate;
    this.#firstStart = pattern.minimumOffset;
    this.#next = pattern.minimumOffset;
    this.#lastStart = pattern.maximumOffset ?? Number.POSITIVE_INFINITY;
  }

  /** Keeps a copy of what it needs. */
  feed(bytes: Uint8Array): void {
    if (this.#state !== 'searching') return;
    this.#machine.steps += bytes.length * stepsPerByte;
    this.#pending.push(bytes.slice());
    this.#pendingLength += bytes.length;
    if (this.#pendingLength >= Math.max(leastToLookAt, this.#kept.length)) this.#search(false);
  }

  /** The body is complete: whether it passes. A search that gave up does not, whatever was to be found or not. */
  end(): boolean {
    if (this.#state === 'searching') this.#search(true);
    if (this.#state === 'gave-up') return false;
    return (this.#state === 'found') !== this.#negate;
  }

  /** The search took more steps than it may. */
  get gaveUp(): boolean {
    return this.#state === 'gave-up';
  }

  #search(final: boolean): void {
    this.#takePending();
    this.#machine.look(this.#kept, this.#base, final);
    this.#state = this.#tryPlaces(final) ?? (final ? 'not-found' : 'searching');
    if (this.#state === 'searching') this.#drop();
    else this.#kept = new Uint8Array();
  }

  #takePending(): void {
    const all = new Uint8Array(this.#kept.length + this.#pendingLength);
    all.set(this.#kept);
    let place = this.#kept.length;
    for (const piece of this.#pending) {
      all.set(piece, place);
      place += piece.length;
    }
    this.#kept = all;
    this.#pending = [];
    this.#pendingLength = 0;
  }

  /** Undefined while nothing is decided; then #next is where to go on. */
  #tryPlaces(final: boolean): 'found' | 'not-found' | 'gave-up' | undefined {
    const { anchor, options } = this.#program;
    const bytes = this.#kept;
    for (;;) {
      const place = this.#next - this.#base;
      const isFirst = this.#next === this.#firstStart;
      if (this.#next > this.#lastStart || (anchor === 'start' && this.#next > 0)) return 'not-found';
      if (anchor === 'first' && !isFirst && !this.#tooLong) return 'not-found';
      if (place > bytes.length || (place === bytes.length && !final)) return final ? 'not-found' : undefined;
      const beginsLine = this.#next === 0 || bytes[place - 1] === 0x0a;
      if (options.firstLine && beginsLine && !isFirst) return 'not-found';
      if ((anchor !== 'line' || beginsLine || isFirst || this.#tooLong) && this.#isPossible(place)) {
        const attempt = this.#machine.attempt(place);
        if (attempt === 'match') return 'found';
        if (attempt === 'gave-up') return 'gave-up';
        if (attempt === 'undecided') {
          if (bytes.length - place < longestMatch) return undefined;
          this.#tooLong = true;
          // What begins with "anything" has been tried from everywhere at once; only its rest may be incomplete.
          if (anchor === 'first') this.#next = this.#base + bytes.length - longestMatch / 2;
        }
      }
      this.#next += 1;
    }
  }

  #isPossible(place: number): boolean {
    const { first, options } = this.#program;
    const byte = this.#kept[place];
    if (byte === undefined) return first === undefined;
    if (options.utf && (byte & 0xc0) === 0x80) return false;
    return first === undefined || first[byte] === 1;
  }

  /** What lies before the next place is needed only as far as patterns look behind. */
  #drop(): void {
    const behind = this.#program.behind * (this.#program.options.utf ? 4 : 1);
    const needless = Math.min(this.#next - behind - this.#base, this.#kept.length);
    if (needless <= 0) return;
    this.#kept = this.#kept.slice(needless);
    this.#base += needless;
  }
}

const cacheLimit = 1_024;
const compiled = new Map<string, Result<CompiledPattern, string>>();

/** Patterns are compiled once, however often they are searched for. */
export function startBodySearch(pattern: BodyPattern): Result<BodySearch, string> {
  const key = `${pattern.options.join(' ')} ${pattern.pattern}`;
  let result = compiled.get(key);
  if (!result) {
    if (compiled.size >= cacheLimit) compiled.clear();
    result = compilePattern(pattern.pattern, pattern.options);
    compiled.set(key, result);
  }
  return result.ok ? ok(new BodySearch(result.value, pattern)) : result;
}
