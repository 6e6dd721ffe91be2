import { beforeAll, describe, expect, it } from 'vitest';
import { isPrivileged } from '../../src/lab/enter.ts';
import { type VerdictCase, verdictCases } from './configuration-cases.testkit.ts';
import { havePeers } from './daemon.testkit.ts';
import { keepalivedStatuses, ourStatus } from './verdicts.testkit.ts';

/** In a user namespace root's files belong to nobody, so that keepalived finds every script insecure. */
const needsRoot = ({ text }: VerdictCase): boolean => /script|notify|fifo/.test(text);
const judged = verdictCases.filter(each => isPrivileged() || !needsRoot(each));
const leftOut = verdictCases.filter(each => !judged.includes(each));

describe.skipIf(!havePeers('keepalived'))('the exit status of -t beside keepalived 2.2.7', () => {
  let theirs: ReadonlyMap<string, number>;

  beforeAll(async () => {
    theirs = await keepalivedStatuses(judged);
  });

  it.skip.each(leftOut.map(({ name }) => [name] as const))('%s (needs root)', () => {});

  it('was asked about every case', () => {
    expect(theirs.size).toBe(judged.length);
    expect(new Set(theirs.values())).toEqual(new Set([0, 2, 5, 6]));
  });

  it.each(judged.filter(({ differs }) => differs === undefined).map(verdict => [verdict.name, verdict] as const))(
    'agrees: %s',
    (name, verdict) => {
      expect(ourStatus(verdict)).toBe(theirs.get(name));
    },
  );

  it.each(judged.filter(({ differs }) => differs !== undefined).map(verdict => [verdict.name, verdict] as const))(
    'differs, as docs/differences.md says: %s',
    (name, verdict) => {
      expect(ourStatus(verdict)).not.toBe(theirs.get(name));
    },
  );
});
