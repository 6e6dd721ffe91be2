// The verdicts of both daemons' -t on many small configurations: ours by calling what it calls, keepalived's by asking it.
import { loadConfiguration } from '../../src/engine/configuration.ts';
import { configurationHost } from '../../src/linux/configuration-host.ts';
import { openTestLab } from './daemon.testkit.ts';

export interface Judged {
  readonly name: string;
  readonly text: string;
}

/** Those that both daemons know to exist. */
const interfaces = ['eth0', 'eth1', 'eth2'];

const file = '/case.conf';

/** Our exit status. Files that the text includes are the machine's. */
export function ourStatus({ text }: Judged): number {
  const machine = configurationHost({});
  const host = {
    ...machine,
    readFile: (path: string) => (path === file ? ({ ok: true, value: text } as const) : machine.readFile(path)),
    interfaceNames: ['lo', ...interfaces],
    ownUid: 0,
    ownGid: 0,
  };
  return loadConfiguration(file, host, { configId: 'one', allIncludesStrict: false, advise: true }).testExitStatus;
}

/** keepalived's exit statuses by name: 124 where it was still at it after ten seconds, above 128 where a signal ended it. */
export async function keepalivedStatuses(cases: readonly Judged[]): Promise<ReadonlyMap<string, number>> {
  const lab = await openTestLab();
  try {
    const host = await lab.addHost('one');
    for (const name of interfaces.slice(1)) await lab.connect(host, { interface: name });
    cases.forEach(({ text }, index) => {
      host.write(`/tmp/${index}.conf`, text);
    });
    const loop =
      'i=0; while [ -e /tmp/$i.conf ]; do timeout 10 keepalived -t -f /tmp/$i.conf >/dev/null 2>&1; echo $?; i=$((i+1)); done';
    const { stdout } = await host.run(['sh', '-c', loop]);
    return new Map(
      stdout
        .trim()
        .split('\n')
        .map((status, index) => [cases[index]!.name, Number(status)]),
    );
  } finally {
    await lab.close();
  }
}

/** Whether a status is a verdict, rather than the end of a keepalived that crashed or hung. */
export const isVerdict = (status: number | undefined): boolean => status !== undefined && status < 124;
