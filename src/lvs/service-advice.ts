import { type IpAddress, parseIpAddress } from '../base/ip-address.ts';
import { advise, type SectionContext } from '../config/section-context.ts';
import { located, type Statement } from '../config/tree.ts';
import type { LvsDraft } from './lvs-section.ts';
import type { VirtualServerDraft } from './virtual-server-section.ts';

/** Advice about services that work as written: servers that nobody checks, addresses that nobody holds. */
export function adviseServices(
  { virtualServers }: LvsDraft,
  /** All vrrp_instance blocks, also those of which nothing came. */
  routers: readonly Statement[],
  ownAddresses: readonly IpAddress[],
  context: SectionContext,
): void {
  const held = new Set([...ownAddresses, ...routers.flatMap(virtualAddresses)]);
  for (const server of virtualServers) {
    adviseOnUnchecked(server, context);
    // A machine without virtual routers has its addresses from elsewhere.
    if (server.target.type !== 'address' || routers.length === 0 || held.has(server.target.address)) continue;
    const { address } = server.target;
    advise(
      context,
      located(server.statement, server.statement.words[1]),
      'service-without-address',
      `no vrrp_instance has ${address}, and this host has not got it either`,
      'connections come here only if something else brings it to this host; correct it, or add it to virtual_ipaddress',
    );
    held.add(address);
  }
}

const checker = /_(CHECK|GET)$/;

function adviseOnUnchecked({ realServers }: VirtualServerDraft, context: SectionContext): void {
  const unchecked = realServers.filter(
    ({ statement }) => !statement.block?.statements.some(({ words }) => checker.test(words[0]?.text ?? '')),
  );
  const [first, ...others] = unchecked;
  if (!first) return;
  const { statement, address } = first;
  const more = others.length === 0 ? '' : ` and ${others.length} more of this service`;
  advise(
    context,
    located(statement),
    'server-unchecked',
    `nothing checks ${address}${more}: connections go there even while nobody answers`,
    'add a checker, TCP_CHECK { } or another: a server without one counts as well for ever',
  );
}

function virtualAddresses({ block }: Statement): IpAddress[] {
  const lists = block?.statements.filter(({ words }) => /^virtual_ipaddress/.test(words[0]?.text ?? '')) ?? [];
  return lists.flatMap(({ block: lines }) =>
    (lines?.statements ?? []).flatMap(({ words }) => parseIpAddress(words[0]?.text.split('/')[0] ?? '') ?? []),
  );
}
