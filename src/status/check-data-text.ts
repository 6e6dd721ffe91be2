import { inSeconds } from '../base/duration.ts';
import type { CheckerConfigurations } from '../engine/checker-process.ts';
import type { CheckerConfiguration } from '../health/configuration.ts';
import type { LvsGlobals, RealServerConfiguration, VirtualServerConfiguration } from '../lvs/configuration.ts';
import type { IpvsForwarding } from '../ports/ipvs.ts';
import type { RunnableScript } from '../ports/script.ts';
import { checkTarget } from './check-target.ts';
import {
  type CheckStatus,
  inPortions,
  type ServerStatus,
  type SizedText,
  type VirtualServerHead,
} from './health-status.ts';
import { alertLine, mailLines } from './mail-text.ts';
import { scriptText } from './script-text.ts';

/** The configuration as it was understood, for -d: one line per setting, made as they are asked for. */
export function* renderCheckConfiguration({ lvs, health }: CheckerConfigurations): Generator<string, void, undefined> {
  yield* globalLines(lvs.global, undefined);
  yield* mailLines(lvs.mails?.settings);
  for (const virtualServer of lvs.virtualServers) {
    yield* serviceLines(virtualServer, undefined);
    for (const server of virtualServer.realServers) yield* realServerLines(server, health.checkers, undefined);
  }
}

/** What the process makes of a virtual server right now. */
export interface VirtualServerData {
  readonly head: VirtualServerHead;
  /** Of the server at that place in the configuration; undefined if it does not have it. */
  statusOf(server: RealServerConfiguration, place: number): ServerStatus | undefined;
}

/** What the process makes of its configuration right now. */
export interface CheckData {
  readonly ipvsError: string | undefined;
  /** Undefined for one that it does not have. */
  dataOf(server: VirtualServerConfiguration): VirtualServerData | undefined;
}

/** What USR1 writes: the configuration, and beside it the state; in portions, because it may be long. */
export function* renderCheckData(
  { lvs, health }: CheckerConfigurations,
  data: CheckData,
): Generator<string, void, undefined> {
  const text = (lines: readonly string[]): string => lines.map(line => `${line}\n`).join('');
  yield text([...globalLines(lvs.global, data.ipvsError), ...mailLines(lvs.mails?.settings)]);
  const texts = function* (): Generator<SizedText> {
    for (const virtualServer of lvs.virtualServers) {
      const known = data.dataOf(virtualServer);
      yield { text: text(serviceLines(virtualServer, known?.head)), parts: 1 };
      for (const [place, server] of virtualServer.realServers.entries()) {
        const lines = realServerLines(server, health.checkers, known?.statusOf(server, place));
        yield { text: text(lines), parts: 1 + server.checkers.length };
      }
    }
  };
  yield* inPortions(texts());
}

function globalLines(global: LvsGlobals, ipvsError: string | undefined): string[] {
  const { flushAtStart, marking, stop, syncDaemon, timeouts } = global;
  return [
    '------< LVS Topology >------',
    ...(ipvsError === undefined ? [] : [` IPVS cannot be used: ${ipvsError}`]),
    ` Flush at start = ${flushAtStart}`,
    ` At stop = ${stop}`,
    ...(timeouts ? [` Timeouts: tcp ${timeouts.tcp}, tcpfin ${timeouts.tcpFin}, udp ${timeouts.udp}`] : []),
    ...(syncDaemon
      ? [
          ` Sync daemon: interface ${syncDaemon.interface}, id ${syncDaemon.syncId}` +
            `${syncDaemon.instance === undefined ? '' : `, follows ${syncDaemon.instance}`}`,
        ]
      : []),
    ...(marking
      ? [
          ` Marks by nftables: table ${marking.table}, priority ${marking.priority}, from mark ${marking.startMark}` +
            `${marking.counters ? ', with counters' : ''}`,
        ]
      : []),
  ];
}

/** Of its own, without its servers. */
function serviceLines(virtualServer: VirtualServerConfiguration, status: VirtualServerHead | undefined): string[] {
  const { service, sorryServer } = virtualServer;
  const result = [
    ` Virtual Server = ${virtualServer.name}`,
    ...(status ? [`   State = ${status.quorumUp ? 'UP' : 'DOWN'}, weight ${status.weight}`] : []),
    ...(status?.suspended ? ['   Suspended: none of its addresses is here'] : []),
    `   Services = ${status?.mark === undefined ? virtualServer.keys.length : `by mark ${status.mark}`}`,
    `   Scheduler = ${service.scheduler}${service.onePacket ? ', one packet' : ''}`,
  ];
  if (service.persistenceSeconds > 0) {
    result.push(`   Persistence = ${service.persistenceSeconds} sec, prefix /${service.persistencePrefix}`);
  }
  result.push(
    `   Quorum = ${virtualServer.quorum}, hysteresis ${virtualServer.hysteresis}`,
    `   Alpha = ${virtualServer.alpha}, omega = ${virtualServer.omega}, ha_suspend = ${virtualServer.haSuspend}`,
    alertLine(virtualServer.mail),
    ...scriptLine('   Quorum up script', virtualServer.quorumUp),
    ...scriptLine('   Quorum down script', virtualServer.quorumDown),
  );
  if (sorryServer) {
    const { address, port, forwarding, inhibit } = sorryServer;
    const serving = status?.sorryServer?.serving ? ', serving' : '';
    result.push(
      `   Sorry server = [${address}]:${port}, ${forwardingText(forwarding)}${inhibit ? ', inhibit' : ''}${serving}`,
    );
  }
  return result;
}

function realServerLines(
  server: RealServerConfiguration,
  checkers: readonly CheckerConfiguration[],
  status: ServerStatus | undefined,
): string[] {
  const { inhibitOnFailure, lowerThreshold, upperThreshold } = server;
  const result = [`   Real Server = ${server.name}`];
  if (status) {
    const override = status.override === undefined ? '' : `, set to ${status.override} by an operator`;
    result.push(`     State = ${status.state.toUpperCase()}, effective weight ${status.weight}${override}`);
  }
  result.push(`     Forwarding = ${forwardingText(server.forwarding)}`, `     Weight = ${server.weight}`);
  if (upperThreshold > 0) result.push(`     Connection limits = ${lowerThreshold} .. ${upperThreshold}`);
  if (inhibitOnFailure) result.push('     Inhibit on failure');
  result.push(
    `  ${alertLine(server.mail)}`,
    ...scriptLine('     Notify up script', server.notifyUp),
    ...scriptLine('     Notify down script', server.notifyDown),
  );
  server.checkers.forEach((place, index) => {
    const checker = checkers[place];
    if (checker) result.push(...checkLines(checker, status?.checks[index]));
  });
  return result;
}

function checkLines(checker: CheckerConfiguration, status: CheckStatus | undefined): string[] {
  const { delayBeforeRetry, delayLoop, retries } = checker.schedule;
  const result = [
    `     Check = ${checker.keyword} ${checkTarget(checker)}${checker.shadow ? ' (shadow)' : ''}`,
    `       Every ${inSeconds(delayLoop)} sec, ${retries} retries after ${inSeconds(delayBeforeRetry)} sec`,
  ];
  if (!status) return result;
  result.push(`       State = ${status.state.toUpperCase()}, failures ${status.failures}`);
  if (status.value !== undefined) result.push(`       Value = ${status.value}`);
  if (status.last) {
    const { at, excerpt, outcome, status: code, took } = status.last;
    const detail = code === undefined ? '' : `, status ${code}`;
    result.push(`       Last = ${outcome}${detail}, took ${took} sec, at ${(at / 1_000).toFixed(3)}`);
    if (excerpt !== undefined) result.push(`       Reply = ${excerpt}`);
  }
  if (status.nextProbeIn !== undefined) result.push(`       Next in = ${status.nextProbeIn} sec`);
  return result;
}

function scriptLine(what: string, script: RunnableScript | undefined): string[] {
  return script ? [`${what} = ${scriptText(script)}`] : [];
}

function forwardingText(forwarding: IpvsForwarding): string {
  if (forwarding.type !== 'tunnel') return forwarding.type.toUpperCase();
  const { checksum, encapsulation, port } = forwarding;
  return `TUN ${encapsulation}${encapsulation === 'gue' ? ` port ${port}` : ''}${checksum === 'none' ? '' : ` ${checksum}`}`;
}
