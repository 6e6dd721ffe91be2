// Starts FRR's daemons on hosts of a lab. They want to be root.
import type { Host } from '../../src/lab/host.ts';
import type { HostProcess } from '../../src/lab/host-process.ts';

const timeoutMs = 20_000;

/** Starts zebra, and beside it another one of FRR's daemons with these lines of configuration. */
export async function startFrr(host: Host, daemon: 'vrrpd' | 'bfdd', lines: readonly string[]): Promise<HostProcess> {
  // Debian's build looks for these accounts even when told to stay root.
  for (const file of ['/etc/passwd', '/etc/group']) host.remove(file);
  host.write('/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\nfrr:x:990:990::/:/bin/false\n');
  host.write('/etc/group', 'root:x:0:\nfrr:x:990:\nfrrvty:x:991:frr,root\n');
  host.write('/run/frr/.keep', '');
  host.write('/var/tmp/frr/.keep', '');
  host.write('/etc/frr/zebra.conf', 'log stdout informational\n');
  // No password, no PAM.
  host.write('/etc/frr/vtysh.conf', 'username root nopassword\n');
  host.write(`/etc/frr/${daemon}.conf`, lines.join('\n'));
  const start = async (name: string): Promise<HostProcess> => {
    const user = ['-u', 'root', '-g', 'root'];
    const sockets = ['-z', '/run/frr/zserv.api', '--vty_socket', '/run/frr'];
    const files = ['-f', `/etc/frr/${name}.conf`, '-i', `/run/frr/${name}.pid`];
    const control = name === 'bfdd' ? ['--bfdctl', '/run/frr/bfdd.sock'] : [];
    const process = host.spawn([name, ...user, ...sockets, '--log', 'stdout', ...files, ...control]);
    await process.waitForLine('starting', { timeoutMs });
    return process;
  };
  await start('zebra');
  return start(daemon);
}

/** Has one of FRR's daemons carry out commands, and gives what it says. */
export function tellFrr(host: Host, daemon: 'bfdd', commands: readonly string[]): Promise<string> {
  return host.must(['vtysh', '--vty_socket', '/run/frr', '-d', daemon, ...commands.flatMap(line => ['-c', line])]);
}
