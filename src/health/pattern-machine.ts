// Long because the machine is one loop with one case an instruction.
import { otherCase } from './pattern-characters.ts';
import { operation, type PatternProgram, type Repetition } from './pattern-program.ts';

/** What a try at one place came to. */
export type Attempt =
  | 'match'
  | 'no-match'
  /** More data could make the difference. */
  | 'undecided'
  /** The steps are used up. */
  | 'gave-up';

/** Kinds of entries on the stack: how to go on after a failure. */
const entry = { resume: 0, restore: 1, fewer: 2, more: 3 } as const;
const entrySize = 4;
/** Entries; an attempt that needs more gives up. */
const stackLimit = 1_000_000;
/** Codes for bytes that are no UTF-8: no character, but something. */
const notUtf = 0x11_0000;

/**
 * Backtracking as PCRE2 does it, so that every pattern means here what it means there, but in steps that are counted and
 * on a stack of its own: no pattern and no data can make it run for ever or overflow.
 */
export class PatternMachine {
  readonly #program: PatternProgram;
  readonly #registers: Int32Array;
  #stack = new Int32Array(256 * entrySize);
  #height = 0;
  #bytes: Uint8Array = new Uint8Array();
  /** Bytes of the data that come before these. */
  #base = 0;
  #final = false;
  #atEnd = false;
  #assertedEnd = false;
  #width = 1;
  /** Steps that may still be made. */
  steps = 0;

  constructor(program: PatternProgram) {
    this.#program = program;
    this.#registers = new Int32Array(program.registers);
  }

  /** `base`: how much of the data lies before these bytes; `final`: nothing comes after them. */
  look(bytes: Uint8Array, base: number, final: boolean): void {
    this.#bytes = bytes;
    this.#base = base;
    this.#final = final;
  }

  /** Tries to match at this place of the bytes. */
  attempt(start: number): Attempt {
    this.#registers.fill(-1);
    this.#height = 0;
    this.#atEnd = false;
    this.#assertedEnd = false;
    const result = this.#run(start);
    if (result === undefined) return 'gave-up';
    if (this.#final) return result ? 'match' : 'no-match';
    // A match that only could have been longer stands, unless something was decided by what was not there.
    const uncertain = result ? this.#assertedEnd || (this.#atEnd && this.#program.revocable) : this.#atEnd;
    if (uncertain) return 'undecided';
    return result ? 'match' : 'no-match';
  }

  /** Undefined when the steps or the stack are used up. */
  #run(start: number): boolean | undefined {
    const { code, sets, repetitions, loops, lists, options } = this.#program;
    const registers = this.#registers;
    let at = start;
    let instruction = 0;
    for (;;) {
      if (--this.steps < 0) return undefined;
      const operand = code[instruction * 4 + 1]!;
      const second = code[instruction * 4 + 2]!;
      let good = true;
      switch (code[instruction * 4]) {
        case operation.set: {
          const read = this.#read(at);
          good = read >= 0 && sets[operand]!.has(read);
          if (good) at += this.#width;
          instruction += 1;
          break;
        }
        case operation.split:
          this.#push(entry.resume, second, at, 0);
          instruction = operand;
          break;
        case operation.jump:
          instruction = operand;
          break;
        case operation.save:
          // With a second operand, the register before that one holds the value.
          this.#set(operand, second > 0 ? registers[second - 1]! : at);
          instruction += 1;
          break;
        case operation.match:
          return true;
        case operation.assert:
          good = this.#assert(operand, second, at);
          instruction += 1;
          break;
        case operation.reference: {
          const length = this.#referenced(lists[operand]!, second === 1, at);
          good = length >= 0;
          at += length;
          instruction += 1;
          break;
        }
        case operation.repeat: {
          const after = this.#repeat(repetitions[operand]!, instruction + 1, at);
          good = after >= 0;
          at = after;
          instruction += 1;
          break;
        }
        case operation.enter:
          this.#set(operand, 0);
          this.#set(operand + 1, -1);
          instruction += 1;
          break;
        case operation.loop: {
          const { register, minimum, maximum, lazy, body, exit, again } = loops[operand]!;
          const count = registers[register]!;
          // A round that moved nothing is the last, unless more are due: those may match something else.
          const stuck = count >= minimum && count > 0 && registers[register + 1] === at;
          if (stuck || count >= maximum) {
            instruction = exit;
          } else if (lazy && count >= minimum) {
            this.#push(entry.resume, again, at, 0);
            instruction = exit;
          } else {
            if (count >= minimum) this.#push(entry.resume, exit, at, 0);
            this.#set(register, count + 1);
            this.#set(register + 1, at);
            instruction = body;
          }
          break;
        }
        case operation.again: {
          const { register, body } = loops[operand]!;
          this.#set(register, registers[register]! + 1);
          this.#set(register + 1, at);
          instruction = body;
          break;
        }
        case operation.commit:
          this.#set(operand + 1, at);
          this.#set(operand, this.#height);
          instruction += 1;
          break;
        case operation.committed:
          this.#forget(registers[operand]!);
          instruction += 1;
          break;
        case operation.looked:
          at = registers[operand + 1]!;
          this.#forget(registers[operand]!);
          instruction += 1;
          break;
        case operation.unless:
          this.#set(operand, this.#height);
          this.#push(entry.resume, second, at, 0);
          instruction += 1;
          break;
        case operation.refuse:
          this.#undo(registers[operand]!);
          good = false;
          break;
        case operation.back:
          at = this.#stepsBack(at, operand);
          good = at >= 0;
          instruction += 1;
          break;
        case operation.ifSet:
          instruction = lists[operand]!.some(group => registers[group * 2 + 1]! >= 0) ? instruction + 1 : second;
          break;
      }
      if (this.#height > stackLimit) return undefined;
      if (good) continue;
      // Back to the last choice.
      for (;;) {
        if (this.#height === 0) return false;
        this.#height -= 1;
        const place = this.#height * entrySize;
        const kind = this.#stack[place]!;
        const a = this.#stack[place + 1]!;
        const b = this.#stack[place + 2]!;
        const c = this.#stack[place + 3]!;
        if (kind === entry.restore) {
          registers[a] = b;
          continue;
        }
        instruction = a;
        at = b;
        if (kind === entry.fewer) {
          at = options.utf ? this.#stepsBack(b, 1) : this.#shorter(a, b - 1, c);
          if (at > c) this.#push(entry.fewer, a, at, c);
        } else if (kind === entry.more) {
          const { set, maximum } = repetitions[code[(a - 1) * 4 + 1]!]!;
          const read = this.#read(b);
          if (read < 0 || !set.has(read)) continue;
          at = b + this.#width;
          if (c + 1 < maximum) this.#push(entry.more, a, at, c + 1);
        }
        break;
      }
    }
  }

  /** The character at a place, its bytes in #width; -1 at the end. */
  #read(at: number): number {
    const bytes = this.#bytes;
    if (at >= bytes.length) {
      this.#atEnd = true;
      return -1;
    }
    const byte = bytes[at]!;
    this.#width = 1;
    if (byte < 0x80 || !this.#program.options.utf) return byte;
    const more = byte >= 0xf0 && byte < 0xf5 ? 3 : byte >= 0xe0 ? 2 : 1;
    if (byte < 0xc2 || byte >= 0xf5) return notUtf + byte;
    let code = byte & (0x3f >> more);
    for (let index = 1; index <= more; index++) {
      const next = bytes[at + index];
      if (next === undefined) {
        this.#atEnd = true;
        return this.#final ? notUtf + byte : -1;
      }
      if ((next & 0xc0) !== 0x80) return notUtf + byte;
      code = (code << 6) | (next & 0x3f);
    }
    this.#width = more + 1;
    return code;
  }

  /** The place some characters earlier, -1 if there are not so many. */
  #stepsBack(from: number, count: number): number {
    let at = from;
    if (!this.#program.options.utf) return at - count < 0 ? -1 : at - count;
    for (let index = 0; index < count; index++) {
      if (at <= 0) return -1;
      at -= 1;
      // Not across what would not be read as one character.
      let width = 1;
      while (width < 4 && at > 0 && (this.#bytes[at]! & 0xc0) === 0x80) {
        at -= 1;
        width += 1;
      }
      const atEnd = this.#atEnd;
      this.#read(at);
      this.#atEnd = atEnd;
      if (this.#width !== width) at += width - 1;
    }
    return at;
  }

  /** Takes as many as it may, or as it must; where that ends, -1 if there are not enough. */
  #repeat({ set, minimum, maximum, mode }: Repetition, next: number, from: number): number {
    const wanted = mode === 'lazy' ? minimum : maximum;
    let at = from;
    let least = from;
    let count = 0;
    while (count < wanted) {
      const read = this.#read(at);
      if (read < 0 || !set.has(read)) break;
      at += this.#width;
      count += 1;
      if (count === minimum) least = at;
    }
    // A long run is cheap, but not for nothing.
    this.steps -= count >> 3;
    if (count < minimum) return -1;
    if (mode === 'greedy' && at > least) this.#push(entry.fewer, next, at, least);
    if (mode === 'lazy' && maximum > minimum) this.#push(entry.more, next, at, count);
    return at;
  }

  /** Of the places down to `least`, the last where the set that comes next matches: the others need no look. */
  #shorter(next: number, from: number, least: number): number {
    const { code, sets } = this.#program;
    if (code[next * 4] !== operation.set) return from;
    const { table } = sets[code[next * 4 + 1]!]!;
    let at = from;
    while (at > least && table[this.#bytes[at]!] === 0) at -= 1;
    this.steps -= (from - at) >> 3;
    return at;
  }

  #assert(assertion: number, wordSet: number, at: number): boolean {
    const bytes = this.#bytes;
    const absolute = this.#base + at;
    switch (assertion) {
      case 0:
        return absolute === 0;
      case 1:
        if (absolute === 0) return true;
        if (bytes[at - 1] !== 0x0a) return false;
        // Without alt_circumflex there is no line behind the last newline.
        return this.#program.options.altCircumflex || !this.#isEnd(at);
      case 2:
        return this.#isEnd(at);
      case 3:
        return this.#isEnd(at) || (bytes[at] === 0x0a && this.#isEnd(at + 1));
      case 4:
        return bytes[at] === 0x0a || this.#isEnd(at);
      default: {
        const word = this.#program.sets[wordSet]!;
        const before = at > 0 && word.has(this.#read(this.#stepsBack(at, 1)));
        const ends = this.#isEnd(at);
        const after = !ends && word.has(this.#read(at));
        return (before !== after) === (assertion === 5);
      }
    }
  }

  #isEnd(at: number): boolean {
    if (at < this.#bytes.length) return false;
    this.#atEnd = true;
    this.#assertedEnd = true;
    return true;
  }

  /** How long what the first of these groups holds is here, -1 if it is not here. */
  #referenced(groups: readonly number[], caseless: boolean, at: number): number {
    const group = groups.find(index => this.#registers[index * 2 + 1]! >= 0);
    if (group === undefined) return this.#program.options.matchUnsetReference ? 0 : -1;
    const start = this.#registers[group * 2]!;
    const length = this.#registers[group * 2 + 1]! - start;
    this.steps -= length >> 3;
    const { utf } = this.#program.options;
    let here = at;
    for (let place = start; place < start + length; ) {
      const wanted = this.#read(place);
      place += this.#width;
      const read = this.#read(here);
      if (read < 0) return -1;
      here += this.#width;
      if (read !== wanted && !(caseless && (otherCase(read, utf) === wanted || otherCase(wanted, utf) === read)))
        return -1;
    }
    return here - at;
  }

  #set(register: number, value: number): void {
    this.#push(entry.restore, register, this.#registers[register]!, 0);
    this.#registers[register] = value;
  }

  #push(kind: number, a: number, b: number, c: number): void {
    const place = this.#height * entrySize;
    if (place >= this.#stack.length) {
      const bigger = new Int32Array(this.#stack.length * 2);
      bigger.set(this.#stack);
      this.#stack = bigger;
    }
    this.#stack[place] = kind;
    this.#stack[place + 1] = a;
    this.#stack[place + 2] = b;
    this.#stack[place + 3] = c;
    this.#height += 1;
  }

  /** Drops the choices above a height. What they would have restored must be restored by those below. */
  #forget(height: number): void {
    let kept = height;
    for (let index = height; index < this.#height; index++) {
      if (this.#stack[index * entrySize] !== entry.restore) continue;
      this.#stack.copyWithin(kept * entrySize, index * entrySize, (index + 1) * entrySize);
      kept += 1;
    }
    this.#height = kept;
  }

  /** Drops the choices above a height and restores what they would have. */
  #undo(height: number): void {
    while (this.#height > height) {
      this.#height -= 1;
      const place = this.#height * entrySize;
      if (this.#stack[place] === entry.restore) this.#registers[this.#stack[place + 1]!] = this.#stack[place + 2]!;
    }
  }
}
