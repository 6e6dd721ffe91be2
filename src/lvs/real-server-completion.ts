import { type Family, familyOf } from '../base/ip-address.ts';
import { advise, complain, type SectionContext } from '../config/section-context.ts';
import { located } from '../config/tree.ts';
import type { IpvsForwarding, IpvsProtocol } from '../ports/ipvs.ts';
import { inherited } from './check-defaults.ts';
import type { ReadCheckers } from './checked-server.ts';
import type { RealServerConfiguration } from './configuration.ts';
import type { GroupEntry } from './group-section.ts';
import { memberKey } from './pool.ts';
import { fitsFamily, type RealServerDraft } from './real-server-section.ts';
import type { VirtualServerDraft } from './virtual-server-section.ts';

/** What the completion of one virtual server needs to know of it. */
export interface Surroundings {
  readonly draft: VirtualServerDraft;
  readonly name: string;
  readonly family: Family;
  readonly protocol: IpvsProtocol | undefined;
  readonly forwarding: IpvsForwarding;
  readonly entries: readonly GroupEntry[];
  /** It has services that are addresses with ports. */
  readonly hasAddresses: boolean;
  readonly hasMarks: boolean;
  readonly mailDefaults: MailDefaults;
}

/** What counts where smtp_alert is not said. */
export interface MailDefaults {
  readonly virtualServer: boolean;
  readonly realServer: boolean;
}

/** The real servers that a virtual server of this family can reach. */
export function realServersOfFamily(
  draft: VirtualServerDraft,
  family: Family,
  context: SectionContext,
): readonly RealServerDraft[] {
  return draft.realServers.filter(({ statement, address, forwarding, forwardingSoFar }) => {
    if (!fitsFamily(familyOf(address), family, forwarding ?? draft.forwarding)) {
      const message = `${address} is not of the virtual server's family, IPv${family}`;
      complain(
        context,
        located(statement),
        'mixed-families',
        message,
        'the real server is left out; only a tunnel leads across',
      );
      return false;
    }
    if (!fitsFamily(familyOf(address), family, forwarding ?? forwardingSoFar)) {
      const message = `${address} is beyond a tunnel, as "lvs_method" says further down`;
      complain(
        context,
        located(statement),
        'mixed-families',
        message,
        'here it is used; keepalived has not read that far yet',
      );
    }
    return true;
  });
}

/** Completes real servers, without those that are there already. */
export function completeRealServers(
  drafts: readonly RealServerDraft[],
  around: Surroundings,
  readCheckers: ReadCheckers,
  context: SectionContext,
): readonly RealServerConfiguration[] {
  const { draft, name } = around;
  const servers: RealServerConfiguration[] = [];
  const asWritten = new Set<string>();
  const asServed = new Set<string>();
  for (const server of drafts) {
    const forwarding = server.forwarding ?? around.forwarding;
    const written = server.port || (draft.target.type === 'address' ? draft.target.port : 0);
    const { address } = server;
    const key = memberKey({ address, port: server.port ?? 0 });
    if (asWritten.has(key)) {
      const message = `${name} has the real server ${address} port ${written} already`;
      complain(context, located(server.statement), 'duplicate-real-server', message, 'the first stands');
      continue;
    }
    asWritten.add(key);
    const port = servedPort(server, forwarding, written, around, context);
    const servedKey = port === (server.port ?? 0) ? key : memberKey({ address, port });
    if (asServed.has(servedKey)) {
      const message = `${address} port ${port} is a real server of ${name} already`;
      advise(context, located(server.statement), 'duplicate-real-server', message, 'the first stands');
      continue;
    }
    asServed.add(servedKey);
    const { target } = draft;
    if (forwarding.type === 'nat' && target.type === 'address' && target.address === address && target.port === port) {
      const message = `the real server is ${name} itself`;
      advise(context, located(server.statement), 'server-is-service', message, 'packets for it come back for ever');
    }
    servers.push(completeServer(server, forwarding, written, port, around, readCheckers, context));
  }
  return servers;
}

/** Without NAT packets keep their destination port: what is written for the server cannot differ. */
function servedPort(
  server: RealServerDraft,
  forwarding: IpvsForwarding,
  written: number,
  around: Surroundings,
  context: SectionContext,
): number {
  const { draft, name, entries, hasMarks } = around;
  if (forwarding.type === 'nat' || written === 0) return written;
  const { target } = draft;
  const differs =
    target.type === 'address'
      ? written !== target.port
      : hasMarks || entries.some(entry => entry.type === 'addresses' && entry.port !== written);
  const givenPort = server.port !== undefined && server.port !== 0;
  if (differs && (givenPort || target.type === 'address')) {
    const message = `without NAT ${server.address} gets packets for the port they were sent to, not for ${written}`;
    const hint = target.type === 'group' ? 'leave the port out' : `leave the port out; only checkers of ${name} use it`;
    complain(context, located(server.statement), 'port-reset', message, hint);
  }
  if (target.type === 'group') return written;
  return target.type === 'address' ? target.port : 0;
}

function completeServer(
  server: RealServerDraft,
  forwarding: IpvsForwarding,
  written: number,
  port: number,
  around: Surroundings,
  readCheckers: ReadCheckers,
  context: SectionContext,
): RealServerConfiguration {
  const { draft, protocol } = around;
  const { address } = server;
  const name = `[${address}]:${protocol ?? 'none'}:${port}`;
  const alpha = server.alpha ?? draft.alpha;
  const { retries, delayBeforeRetry, warmup, connectTimeout, delayLoop, virtualHost } = inherited(
    server.checks,
    draft.checks,
  );
  return {
    name,
    address,
    port,
    forwarding,
    weight: server.weight ?? draft.weight,
    upperThreshold: server.upperThreshold,
    lowerThreshold: server.lowerThreshold,
    inhibitOnFailure: server.inhibitOnFailure ?? draft.inhibitOnFailure,
    alpha,
    notifyUp: server.notifyUp && context.scripts.resolve(server.notifyUp, 'served', undefined),
    notifyDown: server.notifyDown && context.scripts.resolve(server.notifyDown, 'served', undefined),
    mail: server.mail ?? around.mailDefaults.realServer,
    checkers:
      server.checkers.length === 0
        ? []
        : readCheckers({
            name,
            address,
            port: written,
            alpha,
            retries,
            delayBeforeRetry,
            warmup,
            connectTimeout,
            delayLoop,
            virtualHost,
            checkers: server.checkers,
          }),
  };
}
