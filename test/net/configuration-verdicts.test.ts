import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../src/engine/configuration.ts';
import { isPrivileged } from '../../src/lab/enter.ts';
import type { Host } from '../../src/lab/host.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { configurationHost } from '../../src/linux/configuration-host.ts';
import { type VerdictCase, verdictCases } from './configuration-cases.testkit.ts';
import { havePeers, openTestLab } from './daemon.testkit.ts';

const interfaces = ['eth0', 'eth1', 'eth2'];

/** In a user namespace root's files belong to nobody, so that keepalived finds every script insecure. */
const needsRoot = ({ text }: VerdictCase): boolean => text.includes('script');
const judged = verdictCases.filter(each => isPrivileged() || !needsRoot(each));
const leftOut = verdictCases.filter(each => !judged.includes(each));

function ours({ text }: VerdictCase): number {
  const host = {
    ...configurationHost({}),
    readFile: () => ({ ok: true, value: text }) as const,
    interfaceNames: ['lo', ...interfaces],
    ownUid: 0,
    ownGid: 0,
  };
  return loadConfiguration('/case.conf', host, { configId: 'one', allIncludesStrict: false }).testExitStatus;
}

describe.skipIf(!havePeers('keepalived'))('the exit status of -t beside keepalived 2.2.7', () => {
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
  });

  afterAll(() => lab.close());

  it.skip.each(leftOut.map(({ name }) => [name] as const))('%s (needs root)', () => {});

  it('was asked about every case', () => {
    expect(theirs.size).toBe(judged.length);
    expect(new Set(theirs.values())).toEqual(new Set([0, 2, 5, 6]));
  });

  it.each(judged.filter(({ differs }) => differs === undefined).map(verdict => [verdict.name, verdict] as const))(
    'agrees: %s',
    (name, verdict) => {
      expect(ours(verdict)).toBe(theirs.get(name));
    },
  );

  it.each(judged.filter(({ differs }) => differs !== undefined).map(verdict => [verdict.name, verdict] as const))(
    'differs, as docs/differences.md says: %s',
    (name, verdict) => {
      expect(ours(verdict)).not.toBe(theirs.get(name));
    },
  );
});
