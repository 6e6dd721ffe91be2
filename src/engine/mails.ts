import { advise, type SectionContext } from '../config/section-context.ts';
import { located, type Statement } from '../config/tree.ts';
import { isBoolean } from '../config/values.ts';
import type { LvsConfiguration, ServerMails } from '../lvs/configuration.ts';
import { completeMail, missingForMail } from '../notify/mail-section.ts';
import type { ConfigurationHost } from '../ports/configuration-host.ts';
import type { VrrpMails } from '../vrrp/configuration.ts';
import type { VrrpParts } from '../vrrp/vrrp-section.ts';
import type { GlobalDraft } from './global-section.ts';

/** How mails are sent, for each part that sends some; undefined: it sends none. */
export interface Mails {
  readonly vrrp: VrrpMails | undefined;
  readonly servers: ServerMails | undefined;
}

/** Who sends mails. */
type Senders = Pick<VrrpParts, 'instances' | 'syncGroups'> & { readonly lvs: LvsConfiguration };

/**
 * Completes the mail settings, and says so where mails are asked for that can never come; `all`: also where none are.
 * `statements` are those outside all blocks, if a mail may be asked for in one of them.
 */
export function completeMails(
  { health, mail, vrrp }: GlobalDraft,
  { instances, syncGroups, lvs }: Senders,
  statements: readonly Statement[],
  host: ConfigurationHost,
  context: SectionContext,
  all: boolean,
): Mails {
  const hostName = fullHostName(host);
  const settings = completeMail(mail, {
    routerId: vrrp.routerId ?? hostName,
    heloName: health.heloName,
    hostName,
    userName: host.ownUid === 0 ? 'root' : (host.environment('USER') ?? 'holdfast'),
  });
  if (!settings) {
    const asked = firstAlert(statements);
    const missing = missingForMail(mail).join(' and ');
    if (asked) {
      const hint = `${missing} belong${missing.includes(' ') ? '' : 's'} in global_defs`;
      advise(context, located(asked), 'mail-never-sent', `without ${missing} no mail is sent`, hint);
    }
    return { vrrp: undefined, servers: undefined };
  }
  const routers = [...instances, ...syncGroups].some(({ notify }) => notify.mail);
  const servers = lvs.virtualServers.some(
    ({ mail: own, realServers }) => own || realServers.some(server => server.mail),
  );
  if (all && mail.server && !routers && !servers) {
    const hint = 'write "smtp_alert true" into global_defs, or "smtp_alert" into instances, groups and virtual servers';
    const message = 'no mail is sent: nothing has smtp_alert on';
    advise(context, located(mail.server.statement), 'mail-never-sent', message, hint);
  }
  return {
    vrrp: routers ? { settings, faults: mail.faults } : undefined,
    servers: servers ? { settings, eachChecker: mail.eachChecker } : undefined,
  };
}

/** The host's name as /etc/hosts has it in full, `lb1.example.org` for lb1: keepalived asks the resolver for it. */
function fullHostName({ hostName, readFile }: ConfigurationHost): string {
  const file = readFile('/etc/hosts');
  for (const line of file.ok ? file.value.split('\n') : []) {
    const [, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (names.includes(hostName)) return names[0]!;
  }
  return hostName;
}

const alertKeywords = new Set(['smtp_alert', 'smtp_alert_vrrp', 'smtp_alert_checker']);
const refusals = new Set(['false', 'off', 'no']);

/** Where a mail is asked for first. `bare`: what the keyword says alone, which in global_defs is nothing. */
function firstAlert(statements: readonly Statement[], bare = ''): Statement | undefined {
  for (const statement of statements) {
    const [keyword, value] = statement.words;
    const said = value?.text ?? bare;
    if (alertKeywords.has(keyword?.text ?? '') && isBoolean(said) && !refusals.has(said)) return statement;
    const inside = firstAlert(statement.block?.statements ?? [], keyword?.text === 'global_defs' ? '' : 'on');
    if (inside) return inside;
  }
  return undefined;
}
