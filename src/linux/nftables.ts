import { type Family, familyOf } from '../base/ip-address.ts';
import type { Result } from '../base/result.ts';
import type { NetlinkMessage, NetlinkProblem } from '../netlink/message.ts';
import { MessageWriter } from '../netlink/message-writer.ts';
import {
  type ChainAnswer,
  decodeChain,
  decodeElements,
  decodeRule,
  decodeSet,
  decodeTable,
} from '../netlink/nftables-answer.ts';
import { chainName, mapName } from '../netlink/nftables-format.ts';
import { planMarking } from '../netlink/nftables-plan.ts';
import {
  encodeBatchEdge,
  encodeElementDump,
  encodeListDump,
  encodeMarkingCommand,
  encodeRuleDump,
} from '../netlink/nftables-request.ts';
import type { IpvsProtocol } from '../ports/ipvs.ts';
import type { FoundMap, FoundMarking, MarkedRange, MarkingCommand, MarkingTable } from '../ports/marking.ts';
import { errnoName, KernelError } from './libc.ts';
import { netlinkProtocol, RequestSocket } from './netlink-socket.ts';

/** Packets cannot be marked; the message says what the operator can do about it. */
export class NftablesUnavailable extends Error {
  override readonly name = 'NftablesUnavailable';
  /** errno's name. */
  readonly code: string;

  constructor(cause: KernelError) {
    super(explanation(cause.code), { cause });
    this.code = cause.code;
  }
}

/** So it answers when it has no nftables, or not for that family. */
const absence: ReadonlySet<string> = new Set(['EPROTONOSUPPORT', 'EOPNOTSUPP', 'EAFNOSUPPORT', 'ENOENT']);

function explanation(code: string): string {
  if (absence.has(code)) {
    return 'this kernel has no nftables for IPv4 and IPv6, or could not load its modules (`modprobe nf_tables` says why)';
  }
  switch (code) {
    case 'EPERM':
    case 'EACCES':
      return 'the kernel does not let us use nftables (the capability CAP_NET_ADMIN is needed)';
    default:
      return `the kernel answers ${code}`;
  }
}

const families: readonly Family[] = [4, 6];
const protocols: readonly IpvsProtocol[] = ['tcp', 'udp', 'sctp'];
/** Somebody may change tables between our look and our change. */
const attempts = 3;

/** The kernel's nftables as far as they mark packets, in the network namespace that the thread is in when it is first used. */
export class Nftables {
  readonly #malformed = new Map<string, number>();
  readonly #writer = new MessageWriter(65_536);
  #socket: RequestSocket | undefined;

  /** Answers that made no sense, by reason. */
  get malformed(): ReadonlyMap<string, number> {
    return this.#malformed;
  }

  /**
   * Makes the tables as they should be; what is right already is not touched. Returns whether there was anything to do.
   * Throws NftablesUnavailable.
   */
  mark(table: MarkingTable): boolean {
    const changed = families.map(family => {
      const ranges = table.ranges.filter(({ first }) => familyOf(first) === family);
      return this.#translated(() => this.#markFamily(family, table, ranges), ranges.length === 0);
    });
    return changed.includes(true);
  }

  /** The ranges that the tables of that name have; none where there is no nftables. Throws NftablesUnavailable. */
  ranges(name: string): readonly MarkedRange[] {
    return families.flatMap(family => {
      const found = this.#translated(() => this.#look(family, name), true);
      return found ? found.maps.flatMap(map => map.ranges) : [];
    });
  }

  close(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }

  #markFamily(family: Family, table: MarkingTable, ranges: readonly MarkedRange[]): boolean {
    for (let attempt = 1; ; attempt++) {
      const commands = planMarking(family, table, ranges, this.#look(family, table.name));
      if (commands.length === 0) return false;
      try {
        this.#change(table.name, commands);
        return true;
      } catch (error) {
        if (!(error instanceof KernelError) || attempt === attempts) throw error;
      }
    }
  }

  /** All of it, or nothing, unless it is too much for once: then all of each part. */
  #change(table: string, commands: readonly MarkingCommand[]): void {
    const socket = this.#open();
    // The beginning counts, too.
    const most = socket.batchLimit - 1;
    for (let start = 0; start < commands.length; start += most) {
      const part = commands.slice(start, start + most);
      const first = socket.sequences(part.length + 2);
      this.#writer.clear();
      encodeBatchEdge(this.#writer, 'begin', first);
      part.forEach((command, place) => {
        encodeMarkingCommand(this.#writer, table, command, first + 1 + place);
      });
      encodeBatchEdge(this.#writer, 'end', first + 1 + part.length);
      const failure = socket.transact(this.#writer.bytes(), first, part.length + 1);
      if (failure !== undefined) throw new KernelError('change', `nftables ${table}`, errnoName(failure));
    }
  }

  #look(family: Family, name: string): FoundMarking {
    const exists = this.#list('getTable', family, decodeTable).includes(name);
    if (!exists) return { exists, hasStrangers: false, chain: undefined, rules: [], maps: [] };
    const isHere = ({ table }: { readonly table: string }): boolean => table === name;
    const chains: readonly ChainAnswer[] = this.#list('getChain', family, decodeChain).filter(isHere);
    const sets = this.#list('getSet', family, message => decodeSet(message, family)).filter(isHere);
    const chain = chains.find(each => each.name === chainName);
    const maps: FoundMap[] = [];
    for (const protocol of protocols) {
      const set = sets.find(each => each.name === mapName(protocol));
      if (!set) continue;
      const ranges = set.isMap ? this.#elements(family, name, protocol) : [];
      maps.push({ protocol, isMap: set.isMap, counters: set.counters, ranges });
    }
    return {
      exists,
      hasStrangers: chains.length > (chain ? 1 : 0) || sets.length > maps.length,
      chain,
      rules: chain
        ? this.#dump(
            (writer, sequence) => encodeRuleDump(writer, family, name, sequence),
            message => decodeRule(message, family),
          )
        : [],
      maps,
    };
  }

  #elements(family: Family, table: string, protocol: IpvsProtocol): readonly MarkedRange[] {
    return this.#dump(
      (writer, sequence) => encodeElementDump(writer, family, table, protocol, sequence),
      message => decodeElements(message, family, protocol),
    ).flat();
  }

  #list<Value>(
    what: 'getTable' | 'getChain' | 'getSet',
    family: Family,
    decode: (message: NetlinkMessage) => Result<Value, NetlinkProblem>,
  ): readonly Value[] {
    return this.#dump((writer, sequence) => encodeListDump(writer, what, family, sequence), decode);
  }

  #dump<Value>(
    encode: (writer: MessageWriter, sequence: number) => void,
    decode: (message: NetlinkMessage) => Result<Value, NetlinkProblem>,
  ): readonly Value[] {
    const messages = this.#open().dump(sequence => {
      this.#writer.clear();
      encode(this.#writer, sequence);
      return this.#writer.bytes();
    });
    return messages.flatMap(message => {
      const result = decode(message);
      if (result.ok) return [result.value];
      this.#malformed.set(result.reason, (this.#malformed.get(result.reason) ?? 0) + 1);
      return [];
    });
  }

  #open(): RequestSocket {
    this.#socket ??= new RequestSocket(netlinkProtocol.netfilter, 'nftables');
    return this.#socket;
  }

  /** `isOptional`: undefined where there is no nftables, or not for the family. */
  #translated<Value>(act: () => Value, isOptional: boolean): Value | undefined {
    try {
      return act();
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      // Its conversation cannot be trusted any more.
      this.close();
      if (isOptional && absence.has(error.code)) return undefined;
      throw new NftablesUnavailable(error);
    }
  }
}
