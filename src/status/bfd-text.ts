import { type Duration, inMilliseconds } from '../base/duration.ts';
import type { BfdConfiguration, BfdInstanceConfiguration } from '../bfd/configuration.ts';
import { diagnosticText } from '../bfd/log-lines.ts';
import type { BfdProcess } from '../engine/bfd-process.ts';
import type { SessionState } from '../packet/bfd-control.ts';

/** A session as an operator asks of it. */
export interface BfdSessionStatus {
  readonly configuration: BfdInstanceConfiguration;
  readonly state: SessionState;
  readonly localDiagnostic: number;
  readonly localDiscriminator: number;
  readonly remoteState: SessionState;
  readonly remoteDiagnostic: number;
  /** 0 while the peer's is not known. */
  readonly remoteDiscriminator: number;
  readonly detectionTime: Duration | undefined;
  /** Discarded packets by reason. */
  readonly rejected: Readonly<Record<string, number>>;
  readonly trouble: string | undefined;
}

export interface BfdStatus {
  readonly sessions: readonly BfdSessionStatus[];
  /** Packets that belong to no session, by reason. */
  readonly strays: Readonly<Record<string, number>>;
}

export function bfdStatusOf(bfd: BfdProcess): BfdStatus {
  return {
    sessions: Array.from(bfd.sessions, ({ session, rejected, trouble }) => ({
      configuration: session.configuration,
      state: session.state,
      localDiagnostic: session.localDiagnostic,
      localDiscriminator: session.discriminator,
      remoteState: session.remote.state,
      remoteDiagnostic: session.remote.diagnostic,
      remoteDiscriminator: session.remote.discriminator,
      detectionTime: session.detectionTime,
      rejected: Object.fromEntries(rejected),
      trouble,
    })),
    strays: Object.fromEntries(bfd.strays),
  };
}

const span = (value: Duration): string => `${inMilliseconds(value)} ms`;

/** The configuration as understood. */
export function bfdConfigurationLines({ instances }: BfdConfiguration): readonly string[] {
  return instances.flatMap(instanceLines);
}

function instanceLines(instance: BfdInstanceConfiguration): readonly string[] {
  return [
    ` BFD Instance = ${instance.name}`,
    `   Neighbor IP = ${instance.neighbor}`,
    ...(instance.source === undefined ? [] : [`   Source IP = ${instance.source}`]),
    `   Required min RX interval = ${span(instance.minRx)}`,
    `   Desired min TX interval = ${span(instance.minTx)}`,
    `   Desired idle TX interval = ${span(instance.idleTx)}`,
    `   Detection multiplier = ${instance.multiplier}`,
    `   ${instance.passive ? 'Passive' : 'Active'}`,
    `   TTL = ${instance.ttl}, at least ${instance.minimumTtl} on arrival`,
    ...(instance.multihop ? ['   Multihop'] : []),
    `   weight = ${instance.weight}${instance.reverse ? ' reverse' : ''}`,
    `   send event to VRRP process = ${instance.toVrrp ? 'Yes' : 'No'}`,
    `   send event to checker process = ${instance.toChecker ? 'Yes' : 'No'}`,
  ];
}

const counts = (numbers: Readonly<Record<string, number>>): readonly string[] =>
  Object.entries(numbers).map(([reason, count]) => `   Discarded, ${reason} = ${count}`);

/** What the BFD process writes when it is asked for its data. */
export function renderBfd({ sessions, strays }: BfdStatus): string {
  const lines = [
    '------< BFD Data >------',
    ...sessions.flatMap(session => [
      ...instanceLines(session.configuration),
      `   State = ${session.state}, neighbor's = ${session.remoteState}`,
      `   Local diagnostic = ${diagnosticText(session.localDiagnostic)}`,
      `   Remote diagnostic = ${diagnosticText(session.remoteDiagnostic)}`,
      `   Local discriminator = ${session.localDiscriminator}`,
      `   Remote discriminator = ${session.remoteDiscriminator}`,
      ...(session.detectionTime === undefined ? [] : [`   Detection time = ${span(session.detectionTime)}`]),
      ...counts(session.rejected),
      ...(session.trouble === undefined ? [] : [`   Trouble = ${session.trouble}`]),
    ]),
    ...(Object.keys(strays).length === 0 ? [] : [' No session', ...counts(strays)]),
  ];
  return `${lines.join('\n')}\n`;
}
