import { inSeconds } from '../../base/duration.ts';
import { placeOf, placeOfAddress } from '../advice/written.ts';
import type { VirtualRouterConfiguration } from '../configuration.ts';
import type { ClusterRouter, Member } from './cluster-router.ts';
import { type ClusterFinding, listed } from './finding.ts';

/** A setting in which all nodes must agree, and what comes of it if they do not. */
interface Agreement {
  readonly code: ClusterFinding['code'];
  readonly keyword: string;
  readonly severity: ClusterFinding['severity'];
  readonly what: string;
  /** Equal texts agree; undefined has no part in it. */
  readonly show: (
    configuration: VirtualRouterConfiguration,
    all: readonly VirtualRouterConfiguration[],
  ) => string | undefined;
  readonly hint: string;
}

const twoMasters = 'each discards what the other sends, and both become master';

const agreements: readonly Agreement[] = [
  {
    code: 'nodes-differ-vrid',
    keyword: 'virtual_router_id',
    severity: 'error',
    what: 'virtual_router_id',
    show: ({ vrid }) => `${vrid}`,
    hint: 'they are different virtual routers then, and both become master of the same addresses',
  },
  {
    code: 'nodes-differ-version',
    keyword: 'version',
    severity: 'error',
    what: 'VRRP version',
    show: ({ version }) => `${version}`,
    hint: twoMasters,
  },
  {
    code: 'nodes-differ-interval',
    keyword: 'advert_int',
    severity: 'error',
    what: 'advert_int',
    show: ({ advertisementInterval }, all) =>
      all.every(({ version }) => version === 2) ? `${inSeconds(advertisementInterval)} s` : undefined,
    hint: `version 2 insists on the same interval: ${twoMasters}`,
  },
  {
    code: 'nodes-differ-interval',
    keyword: 'advert_int',
    severity: 'advice',
    what: 'advert_int',
    show: ({ advertisementInterval }, all) =>
      all.every(({ version }) => version === 3) ? `${inSeconds(advertisementInterval)} s` : undefined,
    hint: 'version 3 goes by the master, so takeovers are as quick or slow as whoever is master says',
  },
  {
    code: 'nodes-differ-authentication',
    keyword: 'authentication',
    severity: 'error',
    what: 'authentication',
    // Passwords are compared, never shown.
    show: ({ authentication }, all) => {
      if (authentication.type === 'none') return 'none';
      const passwords = [...new Set(all.map(each => passwordOf(each)).filter(text => text !== undefined))];
      if (passwords.length < 2) return 'a password';
      return `password ${String.fromCharCode(65 + passwords.indexOf(passwordOf({ authentication })!))}`;
    },
    hint: `only the first 8 bytes of auth_pass count; ${twoMasters}`,
  },
  {
    code: 'nodes-differ-destination',
    keyword: 'unicast_peer',
    severity: 'error',
    what: 'adverts by',
    show: ({ destination }) =>
      destination.type === 'multicast'
        ? `multicast to ${destination.group}`
        : destination.type === 'unicast'
          ? 'unicast'
          : undefined,
    hint: twoMasters,
  },
  {
    code: 'nodes-differ-preempt',
    keyword: 'nopreempt',
    severity: 'advice',
    what: 'preemption',
    show: ({ preempt, priority }) => (priority === 255 ? undefined : preempt ? 'preempt' : 'nopreempt'),
    hint: 'each node decides for itself whether it takes the address from a lower one; say it on all nodes or on none',
  },
];

function passwordOf({ authentication }: Pick<VirtualRouterConfiguration, 'authentication'>): string | undefined {
  return authentication.type === 'password' ? authentication.bytes.join() : undefined;
}

/** Where the nodes that share a virtual router do not fit together. */
export function* compareMembers(router: ClusterRouter): Generator<ClusterFinding> {
  const { members } = router;
  if (members.length < 2) return;
  for (const agreement of agreements) yield* disagreement(router, agreement);
  yield* addressDifferences(router);
  yield* peers(router);
  yield* scriptDifferences(router);
}

function* disagreement({ name, members }: ClusterRouter, agreement: Agreement): Generator<ClusterFinding> {
  const all = members.map(({ configuration }) => configuration);
  const byValue = new Map<string, Member[]>();
  for (const member of members) {
    const value = agreement.show(member.configuration, all);
    if (value !== undefined) byValue.set(value, [...(byValue.get(value) ?? []), member]);
  }
  if (byValue.size < 2) return;
  const values = [...byValue].map(([value, having]) => `${value} on ${listed(having.map(({ node }) => node.name))}`);
  const odd = [...byValue.values()][1]![0]!;
  yield {
    where: placeOf(odd.written.statement, agreement.keyword),
    code: agreement.code,
    severity: agreement.severity,
    message: `"${name}" has ${agreement.what} ${values.join(', ')}`,
    hint: agreement.hint,
  };
}

const lists = ['virtual_ipaddress', 'virtual_ipaddress_excluded'] as const;

function* addressDifferences({ name, members }: ClusterRouter): Generator<ClusterFinding> {
  const forms = members.map(({ configuration: { addresses, excludedAddresses } }) => {
    const form = new Map<string, string>();
    for (const { address, prefixLength } of excludedAddresses) form.set(address, `excluded, /${prefixLength}`);
    for (const { address, prefixLength } of addresses) form.set(address, `/${prefixLength}`);
    return form;
  });
  const reported = new Set<string>();
  for (const [holder, form] of forms.entries()) {
    for (const address of form.keys()) {
      if (reported.has(address)) continue;
      const lacking = members.filter((_member, index) => !forms[index]!.has(address));
      const written = members.flatMap(({ node }, index) => {
        const how = forms[index]!.get(address);
        return how === undefined ? [] : [`${how} on ${node.name}`];
      });
      const differ = new Set(members.flatMap((_member, index) => forms[index]!.get(address) ?? [])).size > 1;
      if (lacking.length === 0 && !differ) continue;
      reported.add(address);
      const { written: owner, configuration } = members[holder]!;
      const text = configuration.addresses
        .concat(configuration.excludedAddresses)
        .find(each => each.address === address)!;
      yield {
        where: placeOfAddress(owner.statement, lists, text.address),
        code: 'nodes-differ-addresses',
        severity: lacking.length > 0 ? 'warning' : 'advice',
        message:
          lacking.length > 0
            ? `"${name}" lacks ${address} on ${listed(lacking.map(({ node }) => node.name))}`
            : `"${name}" has ${address} differently: ${written.join(', ')}`,
        hint:
          lacking.length > 0
            ? 'it disappears when that node becomes master; keepalived before 2.3.3 then ignores the adverts: two masters'
            : 'the network around the address changes with the master',
      };
    }
  }
}

/** Unicast: everybody must be told, at the address from which they send. */
function* peers({ name, members }: ClusterRouter): Generator<ClusterFinding> {
  const sources = new Map<string, Member>();
  for (const member of members) {
    const { source } = member.configuration;
    if (source === undefined) continue;
    const other = sources.get(source);
    sources.set(source, member);
    if (!other) continue;
    yield {
      where: placeOf(member.written.statement, 'unicast_src_ip'),
      code: 'nodes-share-source',
      severity: 'error',
      message: `"${name}" sends from ${source} on ${other.node.name} and on ${member.node.name}`,
      hint: 'one address is one host: one of the files was copied without being adapted',
    };
  }
  for (const member of members) {
    const { destination, source } = member.configuration;
    if (destination.type !== 'unicast') continue;
    const told = new Set<string>(destination.peers.map(({ address }) => address));
    for (const other of members) {
      const { source: theirs, destination: reverse } = other.configuration;
      if (other === member || reverse.type !== 'unicast') continue;
      if (theirs !== undefined) {
        if (told.has(theirs) || theirs === source) continue;
        yield {
          where: placeOf(member.written.statement, 'unicast_peer'),
          code: 'peer-missing',
          severity: 'error',
          message: `"${name}" on ${member.node.name} does not send to ${other.node.name}, whose address is ${theirs}`,
          hint: `${other.node.name} hears nobody and becomes master, too; add ${theirs} to unicast_peer`,
        };
      } else if (
        told.size === 1 &&
        reverse.peers.length === 1 &&
        reverse.peers[0]!.address === destination.peers[0]!.address
      ) {
        if (members.indexOf(other) < members.indexOf(member)) continue;
        yield {
          where: placeOf(other.written.statement, 'unicast_peer'),
          code: 'peer-missing',
          severity: 'error',
          message: `"${name}" sends to ${[...told][0]} only, both on ${member.node.name} and on ${other.node.name}`,
          hint: 'one of them is that address and talks to itself; each names the other',
        };
      }
    }
    const complete = members.every(other => other.configuration.source !== undefined);
    for (const { address } of complete ? destination.peers : []) {
      if (sources.has(address)) continue;
      yield {
        where: placeOfAddress(member.written.statement, ['unicast_peer'], address),
        code: 'peer-unknown',
        severity: 'advice',
        message: `"${name}" on ${member.node.name} sends to ${address}, from which no node sends`,
        hint: 'a node that is not among these files, or a leftover',
      };
    }
  }
}

function* scriptDifferences({ name, members }: ClusterRouter): Generator<ClusterFinding> {
  const tracked = members.map(
    ({ written: { configuration, group } }) =>
      new Set(
        [...configuration.trackScripts, ...(group?.configuration.trackScripts ?? [])].map(({ script }) => script),
      ),
  );
  if (tracked.every(scripts => scripts.size === 0)) return;
  for (const [index, scripts] of tracked.entries()) {
    if (scripts.size > 0) continue;
    const { node, written } = members[index]!;
    const others = members.filter((_member, other) => tracked[other]!.size > 0);
    yield {
      where: placeOf(written.statement, 'track_script'),
      code: 'nodes-differ-tracking',
      severity: 'advice',
      message: `"${name}" tracks scripts on ${listed(others.map(other => other.node.name))}, none on ${node.name}`,
      hint: `what they look after may fail on ${node.name} and the address stays there`,
    };
  }
}
