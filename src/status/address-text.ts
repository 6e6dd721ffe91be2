import { familyOf } from '../base/ip-address.ts';
import type { AddressSnapshot } from './vrrp-snapshot.ts';

const scopes: ReadonlyMap<number, string> = new Map([
  [0, 'global'],
  [200, 'site'],
  [253, 'link'],
  [254, 'host'],
  [255, 'nowhere'],
]);

/** `10.0.0.9/24 brd 10.0.0.255 dev eth0 scope global label eth0:1 set`, word for word as keepalived shows it. */
export function addressText({ configuration: address, interface: name, isSet }: AddressSnapshot): string {
  const isHost = address.prefixLength === (familyOf(address.address) === 4 ? 32 : 128);
  const words = [isHost ? address.address : `${address.address}/${address.prefixLength}`];
  if (address.peer) words.push('peer', `${address.peer.address}/${address.peer.prefixLength}`);
  if (address.broadcast !== undefined) words.push('brd', address.broadcast);
  if (name !== undefined) words.push('dev', name);
  words.push('scope', scopes.get(address.scope) ?? String(address.scope));
  if (address.label !== undefined) words.push('label', address.label);
  if (familyOf(address.address) === 6) words.push(lifetimeText(address.preferredLifetimeSeconds));
  if (address.noTrack) words.push('no_track');
  if (isSet) words.push('set');
  return words.join(' ');
}

function lifetimeText(preferred: number | undefined): string {
  if (preferred === 0) return 'deprecated';
  return `preferred_lft ${preferred ?? 'forever'}`;
}
