import type { RealServerConfiguration, VirtualServerConfiguration } from './configuration.ts';

/** What the pool of a virtual server does, in keepalived's words. */

export function memberText(
  service: VirtualServerConfiguration,
  server: RealServerConfiguration,
  alive: boolean,
): string {
  if (server.inhibitOnFailure)
    return `${alive ? 'Enabling' : 'Disabling'} service ${server.name} of VS ${service.name}`;
  return alive
    ? `Adding service ${server.name} to VS ${service.name}`
    : `Removing service ${server.name} from VS ${service.name}`;
}

export function weightText(
  service: VirtualServerConfiguration,
  server: RealServerConfiguration,
  alive: boolean,
  from: number,
  to: number,
): string {
  const state = alive ? 'active' : 'inactive';
  return `Changing weight from ${from} to ${to} for ${state} service ${server.name} of VS ${service.name}`;
}

export function quorumText(service: VirtualServerConfiguration, gained: boolean, weight: number): string {
  const { quorum, hysteresis, name } = service;
  return gained
    ? `Gained quorum ${quorum}+${hysteresis}=${quorum + hysteresis} <= ${weight} for VS ${name}`
    : `Lost quorum ${quorum}-${hysteresis}=${quorum - hysteresis} > ${weight} for VS ${name}`;
}

export function sorryText(service: VirtualServerConfiguration, needed: boolean): string {
  const { sorryServer, name } = service;
  const server = sorryServer ? `[${sorryServer.address}]:${service.protocol ?? 'fwmark'}:${sorryServer.port}` : '';
  if (sorryServer?.inhibit) return `${needed ? 'Enabling' : 'Disabling'} sorry server ${server} of VS ${name}`;
  return needed ? `Adding sorry server ${server} to VS ${name}` : `Removing sorry server ${server} from VS ${name}`;
}
