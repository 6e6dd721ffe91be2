import { beforeAll, describe, expect, it } from 'vitest';
import { havePeers } from './daemon.testkit.ts';
import { type KeywordCase, keywordCases } from './keyword-cases.testkit.ts';
import { isVerdict, keepalivedStatuses, ourStatus } from './verdicts.testkit.ts';

/** All cases take minutes; without HOLDFAST_VERDICTS=all every row is judged by one of its cases, another each for others. */
const all = process.env['HOLDFAST_VERDICTS'] === 'all';

/** Deliberate differences; each is a row of docs/differences.md. */
const differences: readonly (readonly [RegExp, string])[] = [
  [/^root\.net_namespace \(a block\)/, 'A brace after `net_namespace NAME`'],
  [/^vrrp_script\.(interval|timeout) 2\.5$/, 'Values of later releases'],
  [/user root :root$/, 'Values of later releases'],
  [/^global_defs\.smtp_server /, '`smtp_server` by name'],
  [/^bfd_instance\.neighbou?r_ip 224\./, 'A `bfd_instance` whose neighbor is a group'],
];

/** In a user namespace root's files belong to nobody, so that keepalived finds every script insecure. */
const isRoot = process.getuid?.() === 0;
const judged = shareOf(
  keywordCases.filter(
    ({ since, text, name }) =>
      since === undefined &&
      (isRoot || !/script|notify|_up|_down|MISC/.test(text)) &&
      // It copies its file about when it is only asked to test it.
      !name.startsWith('global_defs.config_save_dir'),
  ),
);

function shareOf(cases: readonly KeywordCase[]): readonly KeywordCase[] {
  if (all) return cases;
  const byRow = new Map<string, KeywordCase[]>();
  for (const one of cases) {
    const key = `${one.path} ${one.keyword}`;
    byRow.set(key, [...(byRow.get(key) ?? []), one]);
  }
  return [...byRow.values()].map((row, index) => row[index % row.length]!);
}

const isDifferent = ({ name }: KeywordCase): boolean => differences.some(([pattern]) => pattern.test(name));

describe.skipIf(!havePeers('keepalived'))('every keyword, judged beside keepalived 2.2.7', () => {
  let theirs: ReadonlyMap<string, number>;

  beforeAll(async () => {
    theirs = await keepalivedStatuses(judged);
  }, 600_000);

  it('was asked about every case', () => {
    expect(theirs.size).toBe(judged.length);
    expect([...new Set(theirs.values())].sort((left, right) => left - right)).toEqual(
      expect.arrayContaining([0, 2, 5]),
    );
  });

  it('gets the same exit status, where keepalived lives to give one', () => {
    const asked = judged.filter(one => isVerdict(theirs.get(one.name)) && !isDifferent(one));
    const verdict = (one: KeywordCase, status: number | undefined): string => `${one.name}: ${status}`;
    expect(asked.map(one => verdict(one, ourStatus(one)))).toEqual(
      asked.map(one => verdict(one, theirs.get(one.name))),
    );
  });
});
