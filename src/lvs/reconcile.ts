import type { IpvsCommand, IpvsDestination, IpvsEntry, IpvsService, IpvsServiceKey } from '../ports/ipvs.ts';

/** Names a service of the kernel's table. */
export function serviceKeyText(key: IpvsServiceKey): string {
  return key.type === 'fwmark' ? `fwmark ${key.mark} ${key.family}` : `${key.protocol} ${key.address} ${key.port}`;
}

export function destinationKeyText({ address, port }: { readonly address: string; readonly port: number }): string {
  return `${address} ${port}`;
}

/**
 * The commands that turn one entry of the table into another. Nothing that is right already is touched, so that no
 * connection is disturbed; additions come before removals, so that a service is never empty in between.
 */
export function reconcileEntry(actual: IpvsEntry | undefined, desired: IpvsEntry | undefined): readonly IpvsCommand[] {
  if (!desired) return actual ? [{ type: 'remove-service', key: actual.service.key }] : [];
  const { service } = desired;
  const { key } = service;
  if (!actual) {
    const additions = desired.destinations.map(destination => ({ type: 'add-destination', key, destination }) as const);
    return [{ type: 'add-service', service }, ...additions];
  }
  const commands: IpvsCommand[] = sameService(actual.service, service) ? [] : [{ type: 'edit-service', service }];
  const present = new Map(actual.destinations.map(destination => [destinationKeyText(destination), destination]));
  for (const destination of desired.destinations) {
    const text = destinationKeyText(destination);
    const known = present.get(text);
    present.delete(text);
    if (!known) commands.push({ type: 'add-destination', key, destination });
    else if (!sameDestination(known, destination)) commands.push({ type: 'edit-destination', key, destination });
  }
  for (const { address, port } of present.values()) commands.push({ type: 'remove-destination', key, address, port });
  return commands;
}

export function sameService(left: IpvsService, right: IpvsService): boolean {
  return (
    left.scheduler === right.scheduler &&
    left.persistenceSeconds === right.persistenceSeconds &&
    // Without persistence the mask means nothing.
    (left.persistenceSeconds === 0 || left.persistencePrefix === right.persistencePrefix) &&
    left.persistenceEngine === right.persistenceEngine &&
    left.onePacket === right.onePacket &&
    left.schedulerFlags.every((flag, place) => flag === right.schedulerFlags[place])
  );
}

export function sameDestination(left: IpvsDestination, right: IpvsDestination): boolean {
  return (
    left.weight === right.weight &&
    left.upperThreshold === right.upperThreshold &&
    left.lowerThreshold === right.lowerThreshold &&
    sameForwarding(left.forwarding, right.forwarding)
  );
}

function sameForwarding(left: IpvsDestination['forwarding'], right: IpvsDestination['forwarding']): boolean {
  // The kernel calls a destination on this very machine local, whatever it was added as.
  if (left.type === 'local' || right.type === 'local') return true;
  if (left.type !== right.type) return false;
  if (left.type !== 'tunnel' || right.type !== 'tunnel') return true;
  return left.encapsulation === right.encapsulation && left.port === right.port && left.checksum === right.checksum;
}
