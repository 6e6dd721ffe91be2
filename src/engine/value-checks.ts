import { shortened, type ValueCheck, type ValueChecks } from '../config/reading-context.ts';
import { atMostWords, blockHasLines, checkInterfaceName, complainOf, nameIsNew } from '../config/unread-words.ts';
import { decimalSecondsOf } from '../config/values.ts';
import { vrrpKeywordChecks } from '../vrrp/value-checks.ts';

const snmpSocket: ValueCheck = (statement, context) => {
  const [keyword, word] = statement.words;
  if (!word) complainOf(statement, keyword, context, 'snmp_socket has no value', 'the default socket is meant');
  atMostWords(1)(statement, context);
};

/** Lines that begin with an interface, then numbers. */
const interfaceDelays: ValueCheck = (line, context) => {
  const [name, ...delays] = line.words;
  if (!checkInterfaceName(line, name!, context, 'file')) return;
  for (const delay of delays.slice(0, 2)) decimalSecondsOf(line, delay, { minimum: 0, maximum: 255 }, context);
};

const linkbeatInterface: ValueCheck = (line, context) => {
  const [name, type, extra] = line.words;
  if (!checkInterfaceName(line, name!, context, 'file')) return;
  if (extra) complainOf(line, extra, context, `"${shortened(extra.text)}" is one word too many`);
  if (type && !/^(MII|ETHTOOL|IOCTL)$/.test(type.text)) {
    complainOf(line, type, context, `"${shortened(type.text)}" is none of MII, ETHTOOL and IOCTL`);
  }
};

const garpInterfaces: ValueCheck = (line, context) => {
  for (const word of line.words) checkInterfaceName(line, word, context);
};

const garpGroup: ValueCheck = (statement, context) => {
  const lines = statement.block?.statements ?? [];
  const delays = lines.filter(({ words }) => /^(garp|gna)_interval$/.test(words[0]?.text ?? ''));
  const good = delays.some(({ words }) => Number(words[1]?.text) >= 0 && Number(words[1]?.text) <= 2_147.483647);
  if (!good) complainOf(statement, statement.words[0], context, 'garp_group has no interval', 'it is left out');
};

const garpInterface: ValueCheck = (statement, context) => {
  checkInterfaceName(statement, statement.words[1]!, context);
};

/** The checks of what no reader looks into: most of it is recognised and not built. */
export const valueChecks: ValueChecks = {
  keywords: new Map<string, ValueCheck>([
    ['global_defs.snmp_socket', snmpSocket],
    ['virtual_server.snmp_name', atMostWords(1)],
    ['virtual_server.real_server.snmp_name', atMostWords(1)],
    ['garp_group.interface', garpInterface],
    ...vrrpKeywordChecks,
  ]),
  lines: new Map<string, ValueCheck>([
    ['linkbeat_interfaces', linkbeatInterface],
    ['interface_up_down_delays', interfaceDelays],
    ['garp_group.interfaces', garpInterfaces],
  ]),
  blocks: new Map<string, ValueCheck>([
    ['garp_group', garpGroup],
    ['garp_group.interfaces', blockHasLines],
    ['track_group.group', blockHasLines],
    ['track_group', nameIsNew],
  ]),
};
