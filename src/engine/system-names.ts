import type { ReadingContext } from '../config/reading-context.ts';
import type { ConfigurationHost } from '../ports/configuration-host.ts';

type NumberOf = ReadingContext['numberOf'];
type Kind = Parameters<NumberOf>[0];

/** Where the machine names its numbers, and what it always knows. */
const sources: Readonly<Record<Kind, { readonly files: readonly string[]; readonly known: Record<string, number> }>> = {
  table: { files: iproute('rt_tables'), known: { unspec: 0, default: 253, main: 254, local: 255 } },
  protocol: {
    files: iproute('rt_protos'),
    known: { unspec: 0, redirect: 1, kernel: 2, boot: 3, static: 4, keepalived: 18 },
  },
  scope: { files: iproute('rt_scopes'), known: { global: 0, site: 200, link: 253, host: 254, nowhere: 255 } },
  realm: { files: iproute('rt_realms'), known: { cosmos: 0 } },
  dsfield: { files: iproute('rt_dsfield'), known: differentiatedServices() },
  group: { files: iproute('group'), known: { default: 0 } },
  ipproto: {
    files: ['/etc/protocols'],
    known: { icmp: 1, igmp: 2, tcp: 6, udp: 17, gre: 47, esp: 50, ah: 51, 'ipv6-icmp': 58, vrrp: 112, sctp: 132 },
  },
};

/** RFC 2474, RFC 2597 and RFC 3246: code points, shifted to their place in the field. */
function differentiatedServices(): Record<string, number> {
  const names: Record<string, number> = { default: 0, EF: 46 << 2 };
  for (let level = 0; level < 8; level++) names[`CS${level}`] = (level * 8) << 2;
  for (let level = 1; level <= 4; level++) {
    for (let drop = 1; drop <= 3; drop++) names[`AF${level}${drop}`] = (level * 8 + drop * 2) << 2;
  }
  return names;
}

/** iproute2 keeps its defaults and the operator's files apart. */
function iproute(name: string): readonly string[] {
  return [`/usr/share/iproute2/${name}`, `/usr/lib/iproute2/${name}`, `/etc/iproute2/${name}`];
}

/** Knows the names that iproute2 and the system's tables give to numbers; files are read when first asked for. */
export function systemNames(host: Pick<ConfigurationHost, 'readFile' | 'glob'>): NumberOf {
  const tables = new Map<Kind, ReadonlyMap<string, number>>();
  return (kind, name) => {
    const table = tables.get(kind) ?? readNames(kind, host);
    tables.set(kind, table);
    return table.get(name);
  };
}

function readNames(kind: Kind, host: Pick<ConfigurationHost, 'readFile' | 'glob'>): ReadonlyMap<string, number> {
  const { files, known } = sources[kind];
  const names = new Map(Object.entries(known));
  for (const file of files.flatMap(path => [path, ...host.glob(`${path}.d/*.conf`, '/')])) {
    const text = host.readFile(file);
    if (!text.ok) continue;
    for (const line of text.value.split('\n')) {
      const [first = '', second = ''] = line.replace(/#.*/, '').trim().split(/\s+/);
      const [number, name] = kind === 'ipproto' ? [second, first] : [first, second];
      if (/^(0x[0-9a-fA-F]+|[0-9]+)$/.test(number) && name !== '') names.set(name, Number(number));
    }
  }
  return names;
}
