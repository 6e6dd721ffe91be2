import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../src/engine/configuration.ts';
import type { Host } from '../../src/lab/host.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { configurationHost } from '../../src/linux/configuration-host.ts';
import { havePeers, openTestLab } from './daemon.testkit.ts';
import { type KeywordCase, keywordCases } from './keyword-cases.testkit.ts';

const interfaces = ['eth0', 'eth1', 'eth2'];

/** All cases take minutes; without HOLDFAST_VERDICTS=all every row is judged by one of its cases, another each for others. */
const all = process.env['HOLDFAST_VERDICTS'] === 'all';

/** Deliberate differences; each is a row of docs/differences.md. */
const differences: readonly (readonly [RegExp, string])[] = [
  [/^root\.net_namespace \(a block\)/, 'A brace after `net_namespace NAME`'],
  [/^vrrp_sync_group\.track_(interface|script|bfd)\.(weight|reverse|noreverse) /, 'Groups of weighted trackers'],
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

function ours({ text }: KeywordCase): number {
  const machine = configurationHost({});
  const host = {
    ...machine,
    readFile: (path: string) => (path === '/case.conf' ? ({ ok: true, value: text } as const) : machine.readFile(path)),
    interfaceNames: ['lo', ...interfaces],
    ownUid: 0,
    ownGid: 0,
  };
  return loadConfiguration('/case.conf', host, { configId: 'one', allIncludesStrict: false }).testExitStatus;
}

describe.skipIf(!havePeers('keepalived'))('every keyword, judged beside keepalived 2.2.7', () => {
  let lab: Lab;
  let host: Host;
  const theirs = new Map<string, number>();

  beforeAll(async () => {
    lab = await openTestLab();
    host = await lab.addHost('one');
    for (const name of interfaces.slice(1)) await lab.connect(host, { interface: name });
    judged.forEach(({ text }, index) => {
      host.write(`/tmp/${index}.conf`, text);
    });
    const loop =
      'i=0; while [ -e /tmp/$i.conf ]; do keepalived -t -f /tmp/$i.conf >/dev/null 2>&1; echo $?; i=$((i+1)); done';
    const { stdout } = await host.run(['sh', '-c', loop]);
    stdout
      .trim()
      .split('\n')
      .forEach((status, index) => {
        theirs.set(judged[index]!.name, Number(status));
      });
  }, 600_000);

  afterAll(() => lab.close());

  it('was asked about every case', () => {
    expect(theirs.size).toBe(judged.length);
    expect([...new Set(theirs.values())].sort((left, right) => left - right)).toEqual(
      expect.arrayContaining([0, 2, 5]),
    );
  });

  it('gets the same exit status, where keepalived lives to give one', () => {
    // Above 128 it died of a signal, which is no verdict.
    const asked = judged.filter(one => (theirs.get(one.name) ?? 0) < 128 && !isDifferent(one));
    const verdict = (one: KeywordCase, status: number | undefined): string => `${one.name}: ${status}`;
    expect(asked.map(one => verdict(one, ours(one)))).toEqual(asked.map(one => verdict(one, theirs.get(one.name))));
  });
});
