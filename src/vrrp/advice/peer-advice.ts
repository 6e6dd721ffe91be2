import type { IpAddress } from '../../base/ip-address.ts';
import { located } from '../../config/tree.ts';
import type { Advice, MachineFacts } from './rule.ts';
import { keywordIn, linesIn, placeOf, placeOfAddress, type WrittenVrrp } from './written.ts';

/** Unicast peers and source addresses that cannot be what they are called. */
export function* peerAdvice({ instances, globalStatements }: WrittenVrrp, facts: MachineFacts): Generator<Advice> {
  const virtual = new Map<IpAddress, string>();
  for (const { configuration } of instances) {
    for (const { address } of [...configuration.addresses, ...configuration.excludedAddresses]) {
      virtual.set(address, configuration.name);
    }
  }
  const routerId = globalStatements.findLast(({ words }) => words[0]?.text === 'router_id')?.words[1]?.text;
  for (const { configuration, statement } of instances) {
    const { source, destination, interface: device } = configuration;
    if (source !== undefined && virtual.has(source)) {
      yield {
        where: keywordIn(statement, 'unicast_src_ip')
          ? placeOf(statement, 'unicast_src_ip')
          : placeOf(statement, 'mcast_src_ip'),
        code: 'virtual-address-as-source',
        message: `the source address ${source} of "${configuration.name}" is a virtual address of "${virtual.get(source)}"`,
        hint: "a backup does not hold it and cannot send from it; name an address that is this host's own for good",
      };
    }
    if (destination.type !== 'unicast') continue;
    const own = new Set((device === undefined ? undefined : facts.addressesOf(device))?.map(({ address }) => address));
    for (const { address } of destination.peers) {
      const where = placeOfAddress(statement, ['unicast_peer'], address);
      if (virtual.has(address)) {
        yield {
          where,
          code: 'virtual-address-as-peer',
          message: `the unicast peer ${address} is a virtual address of "${virtual.get(address)}"`,
          hint: 'whoever is master holds it and would talk to itself; name the addresses that the other hosts keep',
        };
      } else if (own.has(address)) {
        yield {
          where,
          code: 'own-address-as-peer',
          message: `the unicast peer ${address} is an address of this host`,
          hint: 'it sends to itself and hears itself; name the other hosts only',
        };
      } else if (source === undefined && routerId !== undefined && mentions(routerId, address)) {
        yield {
          where,
          code: 'own-address-as-peer',
          message: `the unicast peer ${address} is also in router_id "${routerId}": it looks like this host's own address`,
          hint: 'then it sends to itself; name the other hosts only, and this host in unicast_src_ip',
        };
      }
    }
    yield* peersTwice(statement);
  }
  yield* sourcesOfOthers(instances);
}

/** Of two instances on one interface: the source address of one is a peer of the other. */
function* sourcesOfOthers(instances: WrittenVrrp['instances']): Generator<Advice> {
  const users = new Map<string, string>();
  for (const { configuration } of instances) {
    if (configuration.destination.type !== 'unicast') continue;
    for (const { address } of configuration.destination.peers) {
      users.set(`${address} ${configuration.interface ?? ''}`, configuration.name);
    }
  }
  for (const { configuration, statement } of instances) {
    const { source, name, interface: device, destination } = configuration;
    const other = source === undefined ? undefined : users.get(`${source} ${device ?? ''}`);
    if (other === undefined || other === name || destination.type !== 'unicast') continue;
    yield {
      where: placeOf(statement, 'unicast_src_ip'),
      code: 'own-address-as-peer',
      message: `"${name}" sends from ${source}, which is a peer of "${other}"`,
      hint: 'one of the two is the address of another host: name this host in unicast_src_ip of both, the others in unicast_peer',
    };
  }
}

function* peersTwice(statement: WrittenVrrp['instances'][number]['statement']): Generator<Advice> {
  const known = new Set<string>();
  for (const line of linesIn(statement, 'unicast_peer')) {
    const text = line.words[0]?.text;
    if (text === undefined) continue;
    if (known.has(text)) {
      yield {
        where: located(line),
        code: 'peer-twice',
        message: `the unicast peer ${text} is named twice`,
        hint: 'every advert goes to it twice; once is enough',
      };
    }
    known.add(text);
  }
}

/** As a whole: 10.0.0.1 is not in "node-10.0.0.12". */
function mentions(text: string, address: IpAddress): boolean {
  const at = text.indexOf(address);
  if (at < 0) return false;
  const isPart = (character: string | undefined): boolean => character !== undefined && /[0-9a-f.:]/i.test(character);
  const before = text[at - 1];
  const after = text[at + address.length];
  return !(before !== undefined && /[0-9.]/.test(before)) && !isPart(after);
}
