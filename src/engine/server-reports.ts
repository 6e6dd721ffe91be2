import type { LvsConfiguration, VirtualServerConfiguration } from '../lvs/configuration.ts';
import { memberText } from '../lvs/log-lines.ts';
import { isAlive, type Pool, type PoolEvent, type PoolMember } from '../lvs/pool.ts';
import { serverLine, serviceLine } from '../notify/fifo-lines.ts';
import type { CheckerEffect } from '../ports/checker-world.ts';
import { poolNews, startNews } from './pool-news.ts';
import { type CheckNews, ServerMails } from './server-mails.ts';
import { ServerNotifications } from './server-notifications.ts';
import type { Service } from './service.ts';
import type { SharedCheck } from './shared-check.ts';

/** Tells of servers and services in all ways there are: lines in the log, scripts and FIFOs, mails. */
export class ServerReports {
  readonly #out: CheckerEffect[];
  readonly #notifications: ServerNotifications;
  readonly #mails: ServerMails;

  constructor(out: CheckerEffect[], configuration: () => LvsConfiguration) {
    this.#out = out;
    this.#notifications = new ServerNotifications(out, configuration);
    this.#mails = new ServerMails(out, configuration);
  }

  /** Scripts that have not ended. */
  get running(): number {
    return this.#notifications.running;
  }

  configured(): void {
    this.#notifications.configured();
  }

  scriptEnded(run: number): void {
    this.#notifications.ended(run);
  }

  /** The time for scripts is up; they are no longer waited for. */
  abandon(): void {
    this.#notifications.abandon();
  }

  /** A service begins, with its quorum or without. */
  began(pool: Pool): void {
    const news = startNews(pool);
    for (const text of news.texts) this.say(text);
    this.#notifications.tell(news);
    this.#mails.started(pool);
  }

  /** `reloading`: by another configuration. */
  happened({ pool }: Service, events: readonly PoolEvent[], reloading: boolean): void {
    for (const event of events) {
      const news = poolNews(pool, event, reloading);
      for (const text of news.texts) this.say(text);
      this.#notifications.tell(news);
      this.#mails.happened(pool, event, reloading);
    }
  }

  checked(service: Service, member: PoolMember, wasAlive: boolean, check: SharedCheck, news: CheckNews): void {
    this.#mails.checked(service, member, wasAlive, check, news);
  }

  overridden(service: Service, member: PoolMember, wasAlive: boolean): void {
    this.#mails.overridden(service, member, wasAlive);
  }

  /** rs_init_notifies: that a server is alive is news at the start, too. */
  startsAlive(service: VirtualServerConfiguration, member: PoolMember): void {
    this.#tellServer(service, member, true);
  }

  /** A reload took a server out of its service. */
  dismissed(service: VirtualServerConfiguration, member: PoolMember): void {
    this.say(`service ${member.configuration.name} no longer exist`);
    if (isAlive(member)) this.#removing(service, member);
  }

  /** A reload took a whole service away. */
  removed(pool: Pool): void {
    const { configuration, members, quorumUp } = pool;
    this.say(`Removing Virtual Server ${configuration.name}`);
    for (const member of members.filter(isAlive)) this.#removing(configuration, member);
    if (quorumUp) this.#tellLoss(configuration);
    this.#mails.removed(pool);
  }

  /** omega: at a stop everything is said to go down. */
  goodbye(pool: Pool): void {
    for (const member of pool.members) if (isAlive(member)) this.#tellServer(pool.configuration, member, false);
    this.#tellLoss(pool.configuration);
    this.#mails.goodbye(pool);
  }

  say(text: string): void {
    this.#out.push({ type: 'log', level: 'info', text, detail: false });
  }

  #removing(service: VirtualServerConfiguration, member: PoolMember): void {
    this.say(memberText(service, { ...member.configuration, inhibitOnFailure: false }, false));
    this.#tellServer(service, member, false);
    this.#mails.removing(service, member.configuration);
  }

  #tellServer(service: VirtualServerConfiguration, { configuration }: PoolMember, up: boolean): void {
    const { notifyUp, notifyDown } = configuration;
    this.#notifications.tell({ script: up ? notifyUp : notifyDown, line: serverLine(service, configuration, up) });
  }

  #tellLoss(service: VirtualServerConfiguration): void {
    this.#notifications.tell({ script: service.quorumDown, line: serviceLine(service, false) });
  }
}
