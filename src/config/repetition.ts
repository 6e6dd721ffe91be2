/** A `~SEQ(...)`, `~SEQx(...)` or `~LST(...)` at the head of a text, and what it repeats. */
export interface Repetition {
  /** Text before it on the line. */
  readonly before: string;
  /** Text after it: what is repeated. */
  readonly body: string;
  readonly names: readonly string[];
  /** How often; known without listing the values, so that a bomb can be refused first. */
  readonly count: number;
  /** Values of `names` for one round, from 0. */
  values(round: number): readonly string[];
}

export type RepetitionResult =
  | { readonly type: 'none' }
  | { readonly type: 'found'; readonly repetition: Repetition }
  | { readonly type: 'wrong'; readonly message: string };

const nameOnly = /^[A-Za-z0-9_]+$/;

/** Finds the first repetition of a text. */
export function repetitionIn(text: string): RepetitionResult {
  const match = /~(SEQx?|LST)\(/.exec(text);
  if (!match) return { type: 'none' };
  const start = match.index + match[0].length;
  const closing = text.indexOf(')', start);
  if (closing < 0) return { type: 'wrong', message: `"${match[0]}" is not closed by ")"` };
  const inner = text.slice(start, closing);
  const before = text.slice(0, match.index);
  const body = text.slice(closing + 1).trimStart();
  return match[1] === 'LST' ? list(inner, before, body) : sequence(inner, before, body, match[1] === 'SEQx');
}

function sequence(inner: string, before: string, body: string, hexadecimal: boolean): RepetitionResult {
  const parts = inner.split(',').map(part => part.trim());
  const [name, ...texts] = parts;
  if (!name || !nameOnly.test(name)) return { type: 'wrong', message: '~SEQ needs a name of letters, digits and _' };
  const numbers = texts.map(number);
  if (numbers.length < 1 || numbers.length > 3 || numbers.includes(undefined)) {
    return { type: 'wrong', message: '~SEQ takes a name and one to three numbers: [START, [STEP,]] END' };
  }
  const end = numbers[numbers.length - 1]!;
  const start = numbers.length > 1 ? numbers[0]! : end < 0 ? -1 : 1;
  const step = numbers.length === 3 ? numbers[1]! : end < start ? -1 : 1;
  if (step === 0 || (end - start) * step < 0) {
    return { type: 'wrong', message: `~SEQ from ${start} to ${end} in steps of ${step} never ends` };
  }
  if (hexadecimal && (start < 0 || end < 0)) return { type: 'wrong', message: '~SEQx takes no negative numbers' };
  const count = Math.floor((end - start) / step) + 1;
  const values = (round: number): readonly string[] => [(start + round * step).toString(hexadecimal ? 16 : 10)];
  return { type: 'found', repetition: { before, body, names: [name], count, values } };
}

function number(text: string): number | undefined {
  const match = /^(-?)(?:0x([0-9a-fA-F]{1,8})|([0-9]{1,10}))$/.exec(text);
  if (!match) return undefined;
  const magnitude = match[2] === undefined ? Number(match[3]) : Number.parseInt(match[2], 16);
  return match[1] === '-' ? -magnitude : magnitude;
}

function list(inner: string, before: string, body: string): RepetitionResult {
  const [head, ...rounds] = tuples(inner);
  const names = head ?? [];
  if (names.length === 0 || !names.every(name => nameOnly.test(name))) {
    return { type: 'wrong', message: '~LST needs a name, or names in braces, before its values' };
  }
  if (rounds.some(round => round.length !== names.length)) {
    return { type: 'wrong', message: `~LST names ${names.length} variables: each entry needs as many values` };
  }
  const values = (round: number): readonly string[] => rounds[round]!;
  return { type: 'found', repetition: { before, body, names, count: rounds.length, values } };
}

/** Splits at commas outside braces; an entry in braces is a tuple. */
function tuples(inner: string): string[][] {
  const entries: string[][] = [];
  for (const match of inner.matchAll(/\{([^{}]*)\}|[^,{}]+/g)) {
    if (match[1] !== undefined) entries.push(match[1].split(',').map(value => value.trim()));
    else if (match[0].trim() !== '') entries.push([match[0].trim()]);
  }
  return entries;
}
