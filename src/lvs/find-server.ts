import { familyOf, type IpAddress } from '../base/ip-address.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { IpvsServiceKey } from '../ports/ipvs.ts';
import type { LvsConfiguration, RealServerConfiguration, VirtualServerConfiguration } from './configuration.ts';

/** At most so many names are listed in an answer. */
const listed = 10;

/**
 * The virtual server that an operator means: as the log names it, as ADDRESS:PORT with or without protocol, by its
 * address alone or by its mark, as long as only one fits.
 */
export function findVirtualServer(
  { virtualServers }: LvsConfiguration,
  text: string,
): Result<VirtualServerConfiguration, string> {
  const items = virtualServers.map(server => ({ name: fullName(server), server }));
  const found = onlyOne('virtual server', text, items, ({ name, server }) => [
    name,
    ...groupSpellings(server),
    ...server.keys.flatMap(keySpellings),
  ]);
  return found.ok ? ok(found.value.server) : found;
}

export function findRealServer(
  service: VirtualServerConfiguration,
  text: string,
): Result<RealServerConfiguration, string> {
  return onlyOne(`real server of ${service.name}`, text, service.realServers, ({ name, address, port }) => [
    name,
    ...endpointSpellings(address, port),
  ]);
}

/** The number counts the virtual servers of the group. */
const isOfGroup = /^\[(.*)\]:\d+$/;

/** A group serves one protocol or several, each a virtual server. */
export function fullName({ name, protocol }: Pick<VirtualServerConfiguration, 'name' | 'protocol'>): string {
  return protocol !== undefined && isOfGroup.test(name) ? `${name}/${protocol}` : name;
}

/** `[GROUP]:0` as the log has it, or GROUP, with its protocol or without. */
function groupSpellings({ name, protocol }: VirtualServerConfiguration): string[] {
  const group = isOfGroup.exec(name)?.[1];
  if (group === undefined) return [];
  return [name, group].flatMap(text => [text, `${text}/${protocol}`]).map(text => text.toLowerCase());
}

function onlyOne<Item extends { readonly name: string }>(
  what: string,
  text: string,
  items: readonly Item[],
  spellings: (item: Item) => readonly string[],
): Result<Item, string> {
  const wanted = text.trim().toLowerCase();
  const exact = items.filter(({ name }) => name.toLowerCase() === wanted);
  const fitting = exact.length > 0 ? exact : items.filter(item => spellings(item).includes(wanted));
  const [first] = fitting;
  if (first && fitting.length === 1) return ok(first);
  if (first) return failed(`"${text}" is more than one ${what}: ${nameList(fitting)}`);
  return failed(`there is no ${what} "${text}"${items.length > 0 ? `; there is ${nameList(items)}` : ''}`);
}

function nameList(items: readonly { readonly name: string }[]): string {
  const names = items.slice(0, listed).map(({ name }) => name);
  const rest = items.length - names.length;
  return `${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function keySpellings(key: IpvsServiceKey): string[] {
  if (key.type === 'fwmark') return [`fwm ${key.mark}`, `fwmark ${key.mark}`, String(key.mark)];
  return endpointSpellings(key.address, key.port).flatMap(text => [
    text,
    `${text}/${key.protocol}`,
    `${text}:${key.protocol}`,
  ]);
}

function endpointSpellings(address: IpAddress, port: number): string[] {
  const withPort = familyOf(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
  return [withPort, `${address} ${port}`, address, `[${address}]`];
}
