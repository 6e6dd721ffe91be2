import type { Diagnostic } from '../config/diagnostic.ts';
import { type Located, type LogicalLine, locate } from '../config/source.ts';

/** Between two characters, as the Language Server Protocol counts: both from 0, characters in UTF-16 units. */
export interface Place {
  readonly line: number;
  readonly character: number;
}

/** `end` is behind the last character. */
export interface Range {
  readonly start: Place;
  readonly end: Place;
}

export interface FileRange {
  readonly path: string;
  readonly range: Range;
}

export function rangeOnLine(line: number, start: number, end: number): Range {
  return { start: { line, character: start }, end: { line, character: end } };
}

function rangeOf({ line, start, end }: Located): Range {
  return start < 0 ? rangeOnLine(line.number - 1, 0, line.text.length) : rangeOnLine(line.number - 1, start, end);
}

/** A piece of a logical line. */
export function rangeIn(line: LogicalLine, { start, end }: { readonly start: number; readonly end: number }): Range {
  return rangeOf(locate(line, start, end));
}

export function contains({ start, end }: Range, place: Place): boolean {
  return !isBefore(place, start) && !isBefore(end, place);
}

function isBefore(left: Place, right: Place): boolean {
  return left.line < right.line || (left.line === right.line && left.character < right.character);
}

/** Diagnostics count lines and characters from 1, and whole characters rather than UTF-16 units. */
export function rangeOfDiagnostic({ line, column, endColumn, excerpt }: Diagnostic): Range {
  if (line === 0) return rangeOnLine(0, 0, 0);
  if (column === 0) return rangeOnLine(line - 1, excerpt.length - excerpt.trimStart().length, excerpt.trimEnd().length);
  const characters = [...excerpt];
  const units = (count: number): number => characters.slice(0, count).join('').length;
  const start = units(column - 1);
  const end = endColumn === undefined ? start : units(endColumn - 1);
  return rangeOnLine(line - 1, start, Math.max(end, Math.min(start + 1, excerpt.length)));
}
