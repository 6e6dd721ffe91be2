import type { RealServerConfiguration, VirtualServerConfiguration } from './configuration.ts';

/** What a pool does, in keepalived's words. */

export function memberText(
  { name }: VirtualServerConfiguration,
  server: RealServerConfiguration,
  alive: boolean,
): string {
  if (server.inhibitOnFailure) return `${alive ? 'Enabling' : 'Disabling'} service ${server.name} of VS ${name}`;
  return alive ? `Adding service ${server.name} to VS ${name}` : `Removing service ${server.name} from VS ${name}`;
}

export function weightText(
  { name }: VirtualServerConfiguration,
  server: RealServerConfiguration,
  alive: boolean,
  from: number,
  to: number,
): string {
  return `Changing weight from ${from} to ${to} for ${alive ? 'active' : 'inactive'} service ${server.name} of VS ${name}`;
}

export function quorumText(service: VirtualServerConfiguration, gained: boolean, weight: number): string {
  const { quorum, hysteresis, name } = service;
  return gained
    ? `Gained quorum ${quorum}+${hysteresis}=${quorum + hysteresis} <= ${weight} for VS ${name}`
    : `Lost quorum ${quorum}-${hysteresis}=${quorum - hysteresis} > ${weight} for VS ${name}`;
}

/** keepalived writes a minus here and computes a plus. */
export function startsDownText({ quorum, hysteresis, name }: VirtualServerConfiguration, weight: number): string {
  return `Starting with quorum down ${quorum}+${hysteresis}=${quorum + hysteresis} > ${weight} for VS ${name}`;
}

/** The two lines of a sorry server that comes in or goes. */
export function sorryTexts(service: VirtualServerConfiguration, needed: boolean): readonly string[] {
  const { sorryServer, name, protocol } = service;
  if (!sorryServer) return [];
  const server = `[${sorryServer.address}]:${protocol ?? 'none'}:${sorryServer.port}`;
  const verb = sorryServer.inhibit
    ? `${needed ? 'Enabling' : 'Disabling'} sorry server ${server} ${needed ? 'to' : 'from'} VS ${name}`
    : needed
      ? `Adding sorry server ${server} to VS ${name}`
      : `Removing sorry server ${server} from VS ${name}`;
  return [
    verb,
    needed ? `Removing alive servers from the pool for VS ${name}` : `Adding alive servers to the pool for VS ${name}`,
  ];
}

export function checkerText(
  verb: 'Activating' | 'Deactivating' | 'Suspending',
  { name }: VirtualServerConfiguration,
  server: RealServerConfiguration,
): string {
  return `${verb} healthchecker for service ${server.name} for VS ${name}`;
}

/** At a stop, for each server, dead ones included. */
export function shutdownText(
  { name }: VirtualServerConfiguration,
  server: RealServerConfiguration,
  inhibited: boolean,
): string {
  return `Shutting down ${inhibited ? '(inhibited) ' : ''}service ${server.name} from VS ${name}`;
}
