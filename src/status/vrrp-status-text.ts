import { spanText } from './span-text.ts';
import type { InstanceStatus, VrrpStatus } from './vrrp-status.ts';

/** The answer to `holdfast status` for a reader; `epochMilliseconds` is the wall clock's reading. */
export function renderVrrpStatus({ groups, instances, scripts }: VrrpStatus, epochMilliseconds: number): string {
  const width = Math.max(0, ...instances.map(({ name }) => name.length));
  const lines = instances.flatMap(instance => instanceLines(instance, width, epochMilliseconds));
  for (const { members, name, state } of groups) lines.push(`group ${name}  ${state}  ${members.join(', ')}`);
  for (const { name, state } of scripts) lines.push(`script ${name}  ${state}`);
  return lines.length > 0 ? `${lines.join('\n')}\n` : 'no virtual routers\n';
}

function instanceLines(instance: InstanceStatus, width: number, epoch: number): string[] {
  const { addresses, effectivePriority, faults, master, name, nextEventIn, priority, since, state, vrid } = instance;
  const words = [
    `${name.padEnd(width)}  ${state.padEnd(6)}`,
    ...(since === undefined ? [] : [`since ${spanText(Math.max(0, (epoch - since) / 1_000))}`]),
    `${instance.interface ?? '-'} vrid ${vrid}`,
    `priority ${effectivePriority}${effectivePriority === priority ? '' : ` (configured ${priority})`}`,
    addressesText(addresses),
  ];
  if (master) words.push(`master ${master.address} (${master.priority})`);
  if (nextEventIn !== undefined) {
    words.push(`${state === 'MASTER' ? 'next advert' : 'takes over'} in ${spanText(nextEventIn)}`);
  }
  return [words.join('  '), ...faults.map(fault => `  ${fault}`)];
}

function addressesText({ configured, first, held }: InstanceStatus['addresses']): string {
  const count = `holds ${held} of ${configured}`;
  return configured === 1 ? `${count}: ${first.join('')}` : `${count} addresses`;
}
