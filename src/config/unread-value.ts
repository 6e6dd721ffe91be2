import type { KeywordRow } from './grammar.ts';
import { type ReadingContext, report, shortened } from './reading-context.ts';
import { located, type Statement } from './tree.ts';
import { boolean, decimalSecondsOf, integerOf, type Range } from './values.ts';

/** Ranges that tables name by a unit alone. */
const named: ReadonlyMap<string, Range> = new Map([
  ['BYTES', { minimum: 0, maximum: 4_294_967_295 }],
  ['INT32', { minimum: -2_147_483_648, maximum: 2_147_483_647 }],
  ['USECS', { minimum: 1, maximum: 4_294_967_295 }],
  ['USECS >=2', { minimum: 1, maximum: 4_294_967_295 }],
]);

/** Decimal values, in the unit that the table names; the fraction goes to the microsecond. */
const decimals: ReadonlyMap<string, Range> = new Map([
  ['SECS 0.000001..3600', { minimum: 0.000001, maximum: 3_600 }],
  ['SECS 0.001..30', { minimum: 0.001, maximum: 30 }],
  ['SECS decimal >=0', { minimum: 0, maximum: 2_147.483647 }],
  ['MS decimal >=1', { minimum: 1, maximum: 4_294_967 }],
  ['MS decimal >=1000', { minimum: 1_000, maximum: 4_294_967 }],
]);

/** Checks the value of a keyword that has no effect yet, as far as its table says what it may be. */
export function checkUnread(statement: Statement, row: KeywordRow, context: ReadingContext): void {
  const special = context.checks.keywords.get(`${row.path}.${row.keyword}`);
  if (special) {
    special(statement, context);
    return;
  }
  const [, word, option] = statement.words;
  if (!word) return;
  if (/^\[?BOOL\]?$/.test(row.arguments)) boolean(statement, context);
  const decimal = decimals.get(row.arguments);
  if (decimal) decimalSecondsOf(statement, word, decimal, context);
  const range = /^\[?(?:SECS |USECS |INTEGER )?(-?[0-9]+)\.\.(-?[0-9]+)( \[reverse\])?\]?$/.exec(row.arguments);
  const bounds = range ? { minimum: Number(range[1]), maximum: Number(range[2]) } : named.get(row.arguments);
  if (bounds && !decimal) integerOf(statement, word, bounds, context, false);
  if (range?.[3] !== undefined && option && option.text !== 'reverse') {
    report(context, located(statement, option), {
      code: 'bad-tracker-option',
      severity: 'warning',
      message: `"${shortened(option.text)}" is no option of a weight`,
      hint: '"reverse" is the only one',
      keepalivedClass: 'other',
    });
  }
}
