import { describe, expect, it } from 'vitest';
import { load } from '../engine/configuration.testkit.ts';
import { fixesFor } from './fixes.ts';
import { rangeOfDiagnostic } from './places.ts';

/** What the fixes of a text's diagnostics put where. */
function fixes(text: string): readonly string[] {
  return load(text).diagnostics.flatMap(diagnostic => {
    const { code, message, hint } = diagnostic;
    const range = rangeOfDiagnostic(diagnostic);
    return fixesFor({ code, message: `${message}\n${hint ?? ''}`, range }).map(
      fix => `${fix.range.start.line}:${fix.range.start.character}-${fix.range.end.character} ${fix.newText}`,
    );
  });
}

describe('fixes', () => {
  it('write what was meant', () => {
    expect(fixes('vrrp_instnce A {\n}\n')).toEqual(['0:0-12 vrrp_instance']);
    expect(fixes('  // a comment\n')).toEqual(['0:2-4 #']);
    expect(fixes('global_defs {\n vrrp_rlimit_rtime 5\n}\n')).toEqual(['1:1-18 vrrp_rlimit_rttime']);
  });

  it('are not offered where thought is needed', () => {
    expect(fixes('vrrp_instance A {\n priority 999\n}\nentirely_unheard_of\n')).toEqual([]);
  });
});
