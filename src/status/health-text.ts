import { fullName } from '../lvs/find-server.ts';
import type { CheckStatus, HealthStatus, ServerStatus, VirtualServerStatus } from './health-status.ts';
import { spanText } from './span-text.ts';

/** The answer to `holdfast health` for a reader. */
export function renderHealth(status: HealthStatus): string {
  const lines = status.virtualServers.flatMap(server => [...virtualServerLines(server, status.at), '']);
  if (status.ipvsError !== undefined) lines.unshift(`IPVS cannot be used: ${status.ipvsError}`, '');
  return lines.length > 0 ? lines.join('\n') : 'no virtual servers\n';
}

/** Whether everything is as an operator wants it to be: what the exit status says. */
export function isAllWell({ ipvsError, virtualServers }: HealthStatus): boolean {
  return (
    ipvsError === undefined &&
    virtualServers.every(({ quorumUp, servers }) => quorumUp && servers.every(({ state }) => state === 'up'))
  );
}

function virtualServerLines(virtualServer: VirtualServerStatus, at: number): string[] {
  const { hysteresis, mark, quorum, quorumUp, scheduler, servers, sorryServer, suspended, weight } = virtualServer;
  const limits = hysteresis > 0 ? `${quorum} +- ${hysteresis}` : String(quorum);
  const by = mark === undefined ? '' : `, mark ${mark}`;
  const state = quorumUp ? 'UP' : 'DOWN';
  const head = `${fullName(virtualServer)}  ${state}  ${scheduler}, weight ${weight} of quorum ${limits}${by}`;
  const width = Math.max(0, ...servers.map(server => server.name.length));
  return [
    suspended ? `${head}; checks rest: none of its addresses is here` : head,
    ...servers.flatMap(server => serverLines(server, width, at)),
    ...(sorryServer
      ? [`  sorry server [${sorryServer.address}]:${sorryServer.port}${sorryServer.serving ? '  SERVING' : ''}`]
      : []),
  ];
}

function serverLines(server: ServerStatus, width: number, at: number): string[] {
  const { checks, configuredWeight, connections, name, override, state, weight } = server;
  const changed = weight === configuredWeight ? '' : ` (configured ${configuredWeight})`;
  const word = override === undefined ? '' : `  set to ${override} by an operator`;
  return [
    `  ${name.padEnd(width)}  ${state.padEnd(4)}  weight ${weight}${changed}${word}${connectionsText(connections)}`,
    ...checks.flatMap(check => checkLines(check, at)),
  ];
}

function connectionsText(connections: ServerStatus['connections']): string {
  if (!connections) return '';
  const { active, inactive } = connections;
  return `  ${active} connection${active === 1 ? '' : 's'}${inactive === 0 ? '' : ` and ${inactive} inactive`}`;
}

function checkLines(check: CheckStatus, at: number): string[] {
  const { keyword, last, shadow, state, target } = check;
  const line = `    ${keyword} ${target}${shadow ? ' (shadow)' : ''}: ${state}, ${findings(check, at).join('; ')}`;
  const excerpt = last?.ok === false ? last.excerpt : undefined;
  return excerpt === undefined ? [line] : [line, `      reply: ${excerpt}`];
}

function findings({ failures, last, nextProbeIn, probing, retries, value }: CheckStatus, at: number): string[] {
  const found: string[] = [];
  if (value !== undefined) found.push(`value ${value}`);
  if (last) {
    const status = last.ok && last.status !== undefined ? `, status ${last.status}` : '';
    const ago = spanText(Math.max(0, (at - last.at) / 1_000));
    found.push(`${last.outcome}${status} in ${spanText(last.took)}, ${ago} ago`);
  }
  if (failures > 0) found.push(`${failures} of ${retries} retries used`);
  if (probing) found.push('asking now');
  else if (nextProbeIn !== undefined) found.push(`next in ${spanText(nextProbeIn)}`);
  return found.length > 0 ? found : ['nothing heard yet'];
}
