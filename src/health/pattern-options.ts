import { failed, ok, type Result } from '../base/result.ts';

/** The options that change what a pattern means. */
export interface PatternOptions {
  readonly caseless: boolean;
  readonly multiline: boolean;
  readonly dotall: boolean;
  readonly extended: boolean;
  readonly ungreedy: boolean;
  readonly noAutoCapture: boolean;
  readonly dupnames: boolean;
  readonly dollarEndOnly: boolean;
  readonly firstLine: boolean;
  readonly matchUnsetReference: boolean;
  readonly allowEmptyClass: boolean;
  readonly altBsux: boolean;
  readonly altCircumflex: boolean;
  readonly utf: boolean;
  readonly ucp: boolean;
  readonly neverUtf: boolean;
  readonly neverUcp: boolean;
  readonly neverBackslashC: boolean;
}

/** keepalived's names of them. */
const meanings: Readonly<Record<string, keyof PatternOptions>> = {
  caseless: 'caseless',
  multiline: 'multiline',
  dotall: 'dotall',
  extended: 'extended',
  ungreedy: 'ungreedy',
  no_auto_capture: 'noAutoCapture',
  dupnames: 'dupnames',
  dollar_endonly: 'dollarEndOnly',
  firstline: 'firstLine',
  match_unset_backref: 'matchUnsetReference',
  allow_empty_class: 'allowEmptyClass',
  alt_bsux: 'altBsux',
  alt_circumflex: 'altCircumflex',
  utf: 'utf',
  ucp: 'ucp',
  never_utf: 'neverUtf',
  never_ucp: 'neverUcp',
  never_backslash_c: 'neverBackslashC',
};

/** These change how PCRE2 goes about it, not what matches; the limit of the offset is always in use. */
const withoutMeaning = [
  'auto_callout',
  'no_auto_possess',
  'no_dotstar_anchor',
  'no_start_optimize',
  'alt_verbnames',
  'use_offset_limit',
];

export function readPatternOptions(names: readonly string[]): Result<PatternOptions, string> {
  const options = Object.fromEntries(Object.values(meanings).map(key => [key, false])) as unknown as Record<
    keyof PatternOptions,
    boolean
  >;
  for (const name of names) {
    const key = Object.hasOwn(meanings, name) ? meanings[name] : undefined;
    if (key) options[key] = true;
    else if (!withoutMeaning.includes(name)) return failed(`${name} is no option`);
  }
  if (options.utf && options.neverUtf) return failed('utf and never_utf exclude each other');
  if (options.ucp && options.neverUcp) return failed('ucp and never_ucp exclude each other');
  return ok(options);
}
