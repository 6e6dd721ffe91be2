import type { Prng } from '../base/prng.ts';
import { isBlank } from './source.ts';

/** What a $NAME stands for: a piece of a line, or lines of its own. */
export type Definition =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'lines'; readonly lines: readonly string[] };

/** What the predefined names need to know. */
export interface DefinitionScope {
  /** Directory of the file being read. */
  readonly directory: string;
  readonly configId: string;
  readonly random: Prng;
  environment(name: string): string | undefined;
}

export type ExpansionProblem = 'definition-loop' | 'expansion-too-long';

export interface Expansion {
  readonly text: string;
  readonly changed: boolean;
  readonly problem: ExpansionProblem | undefined;
  /** A definition of this name exists, but the character after it keeps it from being seen. */
  readonly missed: string | undefined;
}

/** Longest line that expansion may yield, and most replacements in one line: both far beyond what anybody writes. */
const longestLine = 65_536;
const mostReplacements = 4_096;
const deepest = 32;

const nameStart = /[A-Za-z0-9_]/;
const nameAt = /[A-Za-z0-9_]+/y;

/** The $NAME definitions seen so far. They are expanded when used, not when defined. */
export class Definitions {
  readonly #known = new Map<string, Definition>();

  define(name: string, definition: Definition): void {
    this.#known.set(name, definition);
  }

  remove(name: string): void {
    this.#known.delete(name);
  }

  get(name: string): Definition | undefined {
    return this.#known.get(name);
  }

  /** The lines that a text consisting of one reference alone stands for, if it is to a multi-line definition. */
  linesFor(text: string): readonly string[] | undefined {
    const match = /^\$(?:\{([A-Za-z0-9_]+)\}|([A-Za-z0-9_]+))$/.exec(text);
    const definition = match && this.#known.get((match[1] ?? match[2])!);
    return definition?.type === 'lines' ? definition.lines : undefined;
  }

  /** Replaces $NAME before a blank or the end, and ${NAME}; unknown names stay as they are. */
  expand(text: string, scope: DefinitionScope): Expansion {
    if (!text.includes('$')) return { text, changed: false, problem: undefined, missed: undefined };
    const state: ExpansionState = { replacements: 0, length: 0, problem: undefined, missed: undefined };
    const expanded = this.#expand(text, scope, [], state);
    return { text: expanded, changed: state.replacements > 0, problem: state.problem, missed: state.missed };
  }

  #expand(text: string, scope: DefinitionScope, active: readonly string[], state: ExpansionState): string {
    const parts: string[] = [];
    let copied = 0;
    let index = text.indexOf('$');
    while (index >= 0 && state.problem === undefined) {
      const reference = referenceAt(text, index);
      const replacement = reference && this.#replacement(reference, scope, active, state);
      if (reference && replacement !== undefined) {
        parts.push(text.slice(copied, index), replacement);
        copied = reference.end;
        state.length += replacement.length;
        state.replacements++;
        if (state.length > longestLine || state.replacements > mostReplacements) state.problem = 'expansion-too-long';
      }
      index = text.indexOf('$', replacement === undefined ? index + 1 : copied);
    }
    parts.push(text.slice(copied));
    return parts.join('');
  }

  #replacement(
    reference: Reference,
    scope: DefinitionScope,
    active: readonly string[],
    state: ExpansionState,
  ): string | undefined {
    const { name } = reference;
    const predefined = reference.braced ? predefinedValue(reference, scope) : undefined;
    if (predefined !== undefined) return predefined;
    const definition = reference.arguments === '' ? this.#known.get(name) : undefined;
    if (definition?.type !== 'text') return undefined;
    if (!reference.ended) {
      state.missed ??= name;
      return undefined;
    }
    if (active.includes(name) || active.length >= deepest) {
      state.problem = 'definition-loop';
      return undefined;
    }
    return this.#expand(definition.text, scope, [...active, name], state);
  }
}

interface ExpansionState {
  replacements: number;
  length: number;
  problem: ExpansionProblem | undefined;
  missed: string | undefined;
}

interface Reference {
  readonly name: string;
  readonly arguments: string;
  readonly braced: boolean;
  /** The bare form counts only before a blank or the end of the line. */
  readonly ended: boolean;
  readonly end: number;
}

function referenceAt(text: string, dollar: number): Reference | undefined {
  const braced = text[dollar + 1] === '{';
  const start = dollar + (braced ? 2 : 1);
  if (!nameStart.test(text[start] ?? '')) return undefined;
  nameAt.lastIndex = start;
  const name = nameAt.exec(text)![0];
  const afterName = start + name.length;
  if (!braced) {
    const ended = afterName >= text.length || isBlank(text.charCodeAt(afterName));
    return { name, arguments: '', braced, ended, end: afterName };
  }
  const closing = text.indexOf('}', afterName);
  if (closing < 0 || (closing > afterName && !isBlank(text.charCodeAt(afterName)))) return undefined;
  return { name, arguments: text.slice(afterName, closing).trim(), braced, ended: true, end: closing + 1 };
}

function predefinedValue(reference: Reference, scope: DefinitionScope): string | undefined {
  switch (reference.name) {
    case '_PWD':
      return scope.directory;
    case '_INSTANCE':
      return scope.configId;
    case '_HASH':
      return '#';
    case '_BANG':
      return '!';
    case '_ENV':
      return reference.arguments === '' ? undefined : scope.environment(reference.arguments);
    case '_RANDOM': {
      const [low, high] = reference.arguments === '' ? [] : reference.arguments.split(/\s+/);
      const minimum = boundedNumber(low, 0);
      const maximum = boundedNumber(high, 32_767);
      if (minimum === undefined || maximum === undefined) return undefined;
      if (maximum <= minimum) return String(minimum);
      return String(minimum + scope.random.below(maximum - minimum + 1));
    }
    default:
      return undefined;
  }
}

function boundedNumber(text: string | undefined, otherwise: number): number | undefined {
  if (text === undefined) return otherwise;
  return /^[0-9]{1,9}$/.test(text) ? Number(text) : undefined;
}
