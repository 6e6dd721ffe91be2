import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { diagnosticCodes } from '../../src/config/diagnostic-codes.ts';

const text = readFileSync(new URL('../../docs/diagnostics.md', import.meta.url), 'utf8');

describe('docs/diagnostics.md', () => {
  it('explains every code, and no other', () => {
    const documented = [...text.matchAll(/^### (.+)\n(.+)/gm)].map(([, code]) => code!);
    expect([...documented].sort()).toEqual([...diagnosticCodes].sort());
  });
});
