import type { CharacterSet } from './pattern-characters.ts';
import type { Assertion, PatternNode } from './pattern-node.ts';
import { fixedLength } from './pattern-node.ts';
import type { PatternOptions } from './pattern-options.ts';
import type { ParsedPattern } from './pattern-parser.ts';

/** Instructions, each with up to three operands. */
export const operation = {
  /** a: set */
  set: 0,
  /** First a, after a failure b. */
  split: 1,
  /** a: target */
  jump: 2,
  /** a: register that gets the place */
  save: 3,
  match: 4,
  /** a: assertion, b: set of word characters */
  assert: 5,
  /** a: list of groups, b: 1 for caseless */
  reference: 6,
  /** a: repetition of a set */
  repeat: 7,
  /** a: register pair of a loop */
  enter: 8,
  /** a: loop */
  loop: 9,
  /** Once more after all. a: loop */
  again: 10,
  /** a: register pair; what follows decides once */
  commit: 11,
  /** a: register pair; forgets the alternatives since commit */
  committed: 12,
  /** a: register pair; as committed, and back to where commit was */
  looked: 13,
  /** a: register, b: where to go on if what follows fails */
  unless: 14,
  /** a: register; what followed `unless` has matched */
  refuse: 15,
  /** a: characters to go back */
  back: 16,
  /** a: list of groups, b: where to go if none is set */
  ifSet: 17,
} as const;

export const assertions: readonly Assertion[] = [
  'start',
  'line-start',
  'end',
  'last-line-end',
  'line-end',
  'word-boundary',
  'no-word-boundary',
];

export interface Repetition {
  readonly set: CharacterSet;
  readonly minimum: number;
  readonly maximum: number;
  readonly mode: 'greedy' | 'lazy' | 'possessive';
}

export interface Loop {
  /** The number of rounds; the next register holds where the last one began. */
  readonly register: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly lazy: boolean;
  readonly body: number;
  readonly exit: number;
  readonly again: number;
}

/**
 * Where matches can begin: at the start of the data, at the first place that is tried, there or behind newlines, anywhere.
 * Each allows more than the one before.
 */
const anchors = ['start', 'first', 'line', 'anywhere'] as const;
type Anchor = (typeof anchors)[number];

/** A pattern, ready for the machine. */
export interface PatternProgram {
  /** Four numbers an instruction. */
  readonly code: Int32Array;
  readonly sets: readonly CharacterSet[];
  readonly lists: readonly (readonly number[])[];
  readonly repetitions: readonly Repetition[];
  readonly loops: readonly Loop[];
  /** Two for each group, the whole first, then those of loops. */
  readonly registers: number;
  readonly options: PatternOptions;
  readonly anchor: Anchor;
  /** By first byte, whether a match can begin with it; undefined if it may be empty. */
  readonly first: Uint8Array | undefined;
  /** Characters before its start that a match may depend on. */
  readonly behind: number;
  /** What follows a match can take it back: one that ends where the data does is none yet. */
  readonly revocable: boolean;
}

/** Throws ProgramTooBig. */
export function compileProgram(parsed: ParsedPattern): PatternProgram {
  return new Compiler(parsed).compile();
}

/** Instructions; {} with big numbers multiplies them. */
const sizeLimit = 200_000;

class Compiler {
  readonly #parsed: ParsedPattern;
  readonly #code: number[] = [];
  readonly #sets: CharacterSet[] = [];
  readonly #lists: (readonly number[])[] = [];
  readonly #repetitions: Repetition[] = [];
  readonly #loops: Loop[] = [];
  #registers: number;
  #behind = 1;
  #revocable = false;

  constructor(parsed: ParsedPattern) {
    this.#parsed = parsed;
    this.#registers = 2 * (parsed.groups + 1);
  }

  compile(): PatternProgram {
    const { node, options } = this.#parsed;
    this.#node(node);
    this.#emit(operation.match);
    const leading = firstBytes(node, options.utf);
    return {
      code: Int32Array.from(this.#code),
      sets: this.#sets,
      lists: this.#lists,
      repetitions: this.#repetitions,
      loops: this.#loops,
      registers: this.#registers,
      options,
      anchor: anchorOf(node),
      first: leading.mayBeEmpty ? undefined : leading.table,
      behind: this.#behind,
      revocable: this.#revocable,
    };
  }

  #emit(op: number, a = 0, b = 0): number {
    const place = this.#code.length / 4;
    if (place >= sizeLimit) throw new ProgramTooBig();
    this.#code.push(op, a, b, 0);
    return place;
  }

  get #here(): number {
    return this.#code.length / 4;
  }

  #patch(instruction: number, operand: 1 | 2, target: number): void {
    this.#code[instruction * 4 + operand] = target;
  }

  #newRegisters(): number {
    const register = this.#registers;
    this.#registers += 2;
    return register;
  }

  #node(node: PatternNode): void {
    switch (node.type) {
      case 'set':
        this.#emit(operation.set, this.#sets.push(node.set) - 1);
        return;
      case 'sequence':
        for (const item of node.items) this.#node(item);
        return;
      case 'alternatives':
        this.#alternatives(node.items);
        return;
      case 'repeat':
        this.#repeat(node);
        return;
      case 'capture':
        // The start counts only once the end is known: a reference from inside sees the round before.
        this.#capture(node.index, node.node);
        return;
      case 'atomic':
        this.#atomic(node.node);
        return;
      case 'look':
        this.#look(node);
        return;
      case 'assertion':
        this.#emit(
          operation.assert,
          assertions.indexOf(node.assertion),
          node.word ? this.#sets.push(node.word) - 1 : 0,
        );
        return;
      case 'reference':
        this.#emit(operation.reference, this.#lists.push(node.groups) - 1, node.caseless ? 1 : 0);
        return;
      case 'conditional':
        this.#conditional(node);
        return;
    }
  }

  #alternatives(items: readonly PatternNode[]): void {
    const jumps: number[] = [];
    items.forEach((item, index) => {
      if (index === items.length - 1) {
        this.#node(item);
        return;
      }
      const split = this.#emit(operation.split);
      this.#patch(split, 1, this.#here);
      this.#node(item);
      jumps.push(this.#emit(operation.jump));
      this.#patch(split, 2, this.#here);
    });
    for (const jump of jumps) this.#patch(jump, 1, this.#here);
  }

  #capture(index: number, node: PatternNode): void {
    const start = this.#newRegisters();
    this.#emit(operation.save, start);
    this.#node(node);
    this.#emit(operation.save, 2 * index, start + 1);
    this.#emit(operation.save, 2 * index + 1);
  }

  #repeat(node: Extract<PatternNode, { type: 'repeat' }>): void {
    const { minimum, maximum, mode } = node;
    if (maximum === 0) return;
    if (node.node.type === 'set') {
      if (mode === 'possessive') this.#revocable = true;
      const repetition = { set: node.node.set, minimum, maximum, mode };
      this.#emit(operation.repeat, this.#repetitions.push(repetition) - 1);
      return;
    }
    if (mode === 'possessive') {
      this.#atomic({ ...node, mode: 'greedy' });
      return;
    }
    const register = this.#newRegisters();
    const number = this.#loops.length;
    this.#loops.push({ register, minimum, maximum, lazy: mode === 'lazy', body: 0, exit: 0, again: 0 });
    this.#emit(operation.enter, register);
    const loop = this.#emit(operation.loop, number);
    const again = this.#emit(operation.again, number);
    const body = this.#here;
    this.#node(node.node);
    this.#emit(operation.jump, loop);
    this.#loops[number] = { ...this.#loops[number]!, body, again, exit: this.#here };
  }

  #atomic(node: PatternNode): void {
    this.#revocable = true;
    const register = this.#newRegisters();
    this.#emit(operation.commit, register);
    this.#node(node);
    this.#emit(operation.committed, register);
  }

  #look(node: Extract<PatternNode, { type: 'look' }>): void {
    this.#revocable = true;
    const register = this.#newRegisters();
    if (node.negative) {
      const unless = this.#emit(operation.unless, register);
      this.#lookedAt(node);
      this.#emit(operation.refuse, register);
      this.#patch(unless, 2, this.#here);
      return;
    }
    this.#emit(operation.commit, register);
    this.#lookedAt(node);
    this.#emit(operation.looked, register);
  }

  #lookedAt(node: Extract<PatternNode, { type: 'look' }>): void {
    if (!node.behind) {
      this.#node(node.node);
      return;
    }
    const branches = node.node.type === 'alternatives' ? node.node.items : [node.node];
    const withSteps = branches.map(branch => {
      const length = fixedLength(branch)!;
      this.#behind = Math.max(this.#behind, length + 1);
      return { length, branch };
    });
    const jumps: number[] = [];
    withSteps.forEach(({ length, branch }, index) => {
      const split = index < withSteps.length - 1 ? this.#emit(operation.split) : undefined;
      if (split !== undefined) this.#patch(split, 1, this.#here);
      this.#emit(operation.back, length);
      this.#node(branch);
      if (split === undefined) return;
      jumps.push(this.#emit(operation.jump));
      this.#patch(split, 2, this.#here);
    });
    for (const jump of jumps) this.#patch(jump, 1, this.#here);
  }

  #conditional(node: Extract<PatternNode, { type: 'conditional' }>): void {
    const { condition, yes, no } = node;
    if ('type' in condition) {
      this.#revocable = true;
      // With a look as the condition it is decided once: (?:(?=x)yes|(?!x)no).
      const opposite: PatternNode = { ...condition, negative: !condition.negative };
      this.#alternatives([
        { type: 'sequence', items: [condition, yes] },
        { type: 'sequence', items: [opposite, no] },
      ]);
      return;
    }
    const toNo = this.#emit(operation.ifSet, this.#lists.push(condition) - 1);
    this.#node(yes);
    const end = this.#emit(operation.jump);
    this.#patch(toNo, 2, this.#here);
    this.#node(no);
    this.#patch(end, 1, this.#here);
  }
}

/** A pattern that says more than a machine should be made to do. */
export class ProgramTooBig extends Error {
  override readonly name = 'ProgramTooBig';
}

/** `.*` at the start is as good as an anchor: if it fails there, it fails wherever it could have gone on to. */
function anchorOf(node: PatternNode): Anchor {
  switch (node.type) {
    case 'assertion':
      if (node.assertion === 'start') return 'start';
      return node.assertion === 'line-start' ? 'line' : 'anywhere';
    case 'sequence':
      return node.items[0] ? anchorOf(node.items[0]) : 'anywhere';
    case 'alternatives':
      return anchors[Math.max(...node.items.map(item => anchors.indexOf(anchorOf(item))))]!;
    case 'repeat': {
      const { node: repeated, minimum, maximum, mode } = node;
      if (repeated.type !== 'set' || minimum > 0 || maximum !== Number.POSITIVE_INFINITY || mode === 'possessive')
        return 'anywhere';
      if (!coversAllButNewline(repeated.set)) return 'anywhere';
      return repeated.set.has(0x0a) ? 'first' : 'line';
    }
    default:
      return 'anywhere';
  }
}

function coversAllButNewline(set: CharacterSet): boolean {
  return (
    set.table.every((member, code) => member === 1 || code === 0x0a) &&
    [0x100, 0xffff, 0x10000].every(code => set.has(code))
  );
}

interface Leading {
  readonly table: Uint8Array;
  readonly mayBeEmpty: boolean;
}

/** Bytes with which what a node matches can begin. */
function firstBytes(node: PatternNode, utf: boolean): Leading {
  switch (node.type) {
    case 'set': {
      const table = Uint8Array.from(node.set.table);
      // The first byte of a longer sequence says little about the character.
      if (utf) table.fill(1, 0x80);
      return { table, mayBeEmpty: false };
    }
    case 'sequence': {
      const table = new Uint8Array(256);
      for (const item of node.items) {
        const leading = firstBytes(item, utf);
        merge(table, leading.table);
        if (!leading.mayBeEmpty) return { table, mayBeEmpty: false };
      }
      return { table, mayBeEmpty: true };
    }
    case 'alternatives':
      return eitherLeading(node.items.map(item => firstBytes(item, utf)));
    case 'repeat': {
      const leading = firstBytes(node.node, utf);
      return { table: leading.table, mayBeEmpty: leading.mayBeEmpty || node.minimum === 0 };
    }
    case 'capture':
    case 'atomic':
      return firstBytes(node.node, utf);
    case 'conditional':
      return eitherLeading([firstBytes(node.yes, utf), firstBytes(node.no, utf)]);
    case 'look':
    case 'assertion':
      return { table: new Uint8Array(256), mayBeEmpty: true };
    case 'reference':
      return { table: new Uint8Array(256).fill(1), mayBeEmpty: true };
  }
}

function eitherLeading(all: readonly Leading[]): Leading {
  const table = new Uint8Array(256);
  for (const leading of all) merge(table, leading.table);
  return { table, mayBeEmpty: all.some(leading => leading.mayBeEmpty) };
}

function merge(into: Uint8Array, from: Uint8Array): void {
  for (let byte = 0; byte < 256; byte++) into[byte]! |= from[byte]!;
}
