import { checkEvidence, checkReason } from '../health/check-mail.ts';
import type { CheckStep } from '../health/check-state.ts';
import type { LvsConfiguration, RealServerConfiguration, VirtualServerConfiguration } from '../lvs/configuration.ts';
import { isAlive, type Pool, type PoolEvent, type PoolMember } from '../lvs/pool.ts';
import { memberSubject, quorumReason, serviceSubject } from '../lvs/server-mails.ts';
import type { CheckerEffect } from '../ports/checker-world.ts';
import type { ProbeFailure } from '../ports/probe.ts';
import type { Service } from './service.ts';
import type { SharedCheck } from './shared-check.ts';

/** A check has changed its mind; `failure`: why, if it was a probe that failed. */
export interface CheckNews {
  readonly passed: boolean;
  readonly failure: ProbeFailure | undefined;
}

/** Whether a mail tells of what a probe found. keepalived does of the first success of a script, and of no other checker's. */
export function isNews({ configuration: { keyword } }: SharedCheck, { turned, passed }: CheckStep): boolean {
  return turned !== undefined || (passed && keyword === 'MISC_CHECK');
}

/** Sends mails about virtual and real servers. */
export class ServerMails {
  readonly #out: CheckerEffect[];
  readonly #configuration: () => LvsConfiguration;

  constructor(out: CheckerEffect[], configuration: () => LvsConfiguration) {
    this.#out = out;
    this.#configuration = configuration;
  }

  /** A service starts with its quorum, or without; keepalived tells of that only where a sorry server stands in. */
  started({ configuration, quorumUp, aliveWeight }: Pool): void {
    if (!quorumUp && !configuration.sorryServer) return;
    this.#service(configuration, quorumUp, quorumReason(configuration, quorumUp, aliveWeight, true));
  }

  /** `starting`: a reload has set other limits. */
  happened({ configuration }: Pool, event: PoolEvent, starting: boolean): void {
    if (event.type !== 'quorum-lost' && event.type !== 'quorum-gained') return;
    const up = event.type === 'quorum-gained';
    this.#service(configuration, up, quorumReason(configuration, up, event.weight, starting && up));
  }

  checked({ pool }: Service, member: PoolMember, wasAlive: boolean, check: SharedCheck, news: CheckNews): void {
    const { configuration } = check;
    const { mails } = this.#configuration();
    if (!mails || configuration.shadow) return;
    const alive = isAlive(member);
    // The value of a file is a weight first.
    if (alive === wasAlive && (!mails.eachChecker || configuration.kind === 'file')) return;
    const { address, port } = member.configuration;
    const session = configuration.kind === 'bfd' ? configuration.session : undefined;
    const reason = checkReason({ keyword: configuration.keyword, address, port, session }, news.passed, news.failure);
    this.#member(pool.configuration, member.configuration, alive, reason, checkEvidence(news.failure));
  }

  overridden({ pool }: Service, member: PoolMember, wasAlive: boolean): void {
    const alive = isAlive(member);
    if (alive === wasAlive) return;
    this.#member(pool.configuration, member.configuration, alive, `Set ${alive ? 'up' : 'down'} by an operator`);
  }

  /** A reload takes a service away, its servers before it. */
  removed({ configuration, quorumUp }: Pool): void {
    if (quorumUp) this.#service(configuration, false, quorumReason(configuration, false, 0, false));
  }

  /** A reload takes it away. */
  removing(service: VirtualServerConfiguration, server: RealServerConfiguration): void {
    this.#member(service, server, false, 'Removing');
  }

  /** omega: at a stop everything is said to go down. */
  goodbye({ configuration, members, quorumUp }: Pool): void {
    const reason = 'Shutting down';
    for (const member of members) {
      if (isAlive(member)) this.#member(configuration, member.configuration, false, reason);
    }
    if (quorumUp) this.#service(configuration, false, reason);
  }

  #service(service: VirtualServerConfiguration, up: boolean, reason: string): void {
    if (service.mail) this.#send(serviceSubject(service, up), reason, undefined);
  }

  #member(
    service: VirtualServerConfiguration,
    server: RealServerConfiguration,
    up: boolean,
    reason: string,
    evidence?: string,
  ): void {
    if (server.mail) this.#send(memberSubject(service, server, up), reason, evidence);
  }

  #send(subject: string, reason: string, evidence: string | undefined): void {
    const { mails } = this.#configuration();
    if (!mails) return;
    const { settings } = mails;
    const body = `=> ${reason} <=\n${evidence === undefined ? '' : `${evidence}\n`}`;
    this.#out.push({ type: 'send-mail', mail: { settings, subject: `[${settings.routerId}] ${subject}`, body } });
  }
}
