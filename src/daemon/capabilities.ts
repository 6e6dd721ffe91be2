/** Bits of the kernel's capability sets (capabilities(7)) that VRRP needs, and what for. */
const needed: readonly { readonly bit: number; readonly name: string; readonly purpose: string }[] = [
  { bit: 12, name: 'CAP_NET_ADMIN', purpose: 'put addresses on interfaces' },
  { bit: 13, name: 'CAP_NET_RAW', purpose: 'send and receive VRRP and ARP packets' },
];

/** Names of the capabilities that a process lacks, from the text of its /proc/PID/status. */
export function missingCapabilities(status: string): readonly string[] {
  const text = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  if (text === undefined) return [];
  const effective = BigInt(`0x${text}`);
  return needed.filter(({ bit }) => ((effective >> BigInt(bit)) & 1n) === 0n).map(({ name }) => name);
}

/** What is missing, what for, and the line that grants it. */
export function explainMissing(missing: readonly string[]): string {
  const purposes = needed
    .filter(({ name }) => missing.includes(name))
    .map(({ name, purpose }) => `${name} (to ${purpose})`)
    .join(' and ');
  const names = missing.join(' ');
  return [
    `Missing permission: ${purposes}.`,
    `Run it as root, or in its systemd unit write: AmbientCapabilities=${names}`,
    `in a container add: ${missing.map(name => `--cap-add=${name.replace('CAP_', '')}`).join(' ')}`,
  ].join('\n');
}
