import { familyOf, parseIpAddress } from '../base/ip-address.ts';
import { type ReadingContext, report, shortened, type ValueCheck } from '../config/reading-context.ts';
import { longestInterfaceName } from '../config/section-context.ts';
import { located, type Statement } from '../config/tree.ts';
import { atMostWords, complainOf } from '../config/unread-words.ts';
import { integerOf } from '../config/values.ts';

function checkNewName(statement: Statement, text: string, index: number, context: ReadingContext): void {
  if (text.length <= longestInterfaceName && !/[\s/]/.test(text)) return;
  const message = `"${shortened(text)}" is no name of an interface: up to ${longestInterfaceName} characters, no blanks, no "/"`;
  complainOf(statement, statement.words[index], context, message);
}

/** `[[name] IFNAME] [MAC] [netlink_notify_msg] [group ID]` */
const useVmac: ValueCheck = (statement, context) => {
  let hasName = false;
  for (let index = 1; index < statement.words.length; index++) {
    const { text } = statement.words[index]!;
    const next = statement.words[index + 1];
    if (text === 'netlink_notify_msg') continue;
    if ((text === 'name' || text === 'group') && next) {
      index++;
      if (text === 'name') checkNewName(statement, next.text, index, context);
      hasName ||= text === 'name';
    } else if (/^[0-9a-fA-F]{1,2}(:[0-9a-fA-F]{1,2})+$/.test(text)) {
      const bytes = text.split(':').length;
      if (bytes !== 5 && bytes !== 6) {
        complainOf(statement, statement.words[index], context, `a MAC address has 6 bytes, or 5 before the VRID`);
      }
    } else if (hasName) {
      complainOf(statement, statement.words[index], context, 'the interface has a name already');
    } else {
      hasName = true;
      if (/^(no|off|false|yes|on|true)$/i.test(text)) {
        report(context, located(statement, statement.words[index]), {
          code: 'bad-value',
          severity: 'advice',
          message: `"use_vmac" takes a name: its interface is to be called "${text}"`,
          hint: 'leave the word out, or the line',
          keepalivedClass: 'ignores',
        });
      }
      checkNewName(statement, text, index, context);
    }
  }
};

/** `[[name] IFNAME] [IP] [bridge|private|vepa] [group ID]` */
const useIpvlan: ValueCheck = (statement, context) => {
  const seen = new Set<string>();
  for (let index = 1; index < statement.words.length; index++) {
    const { text } = statement.words[index]!;
    const next = statement.words[index + 1];
    const address = parseIpAddress(text.split('/')[0]!);
    let kind = address ? 'address' : /^(bridge|private|vepa)$/.test(text) ? 'type' : 'name';
    if ((text === 'name' || text === 'group') && next) {
      index++;
      kind = text;
    }
    if (seen.has(kind)) complainOf(statement, statement.words[index], context, `the ipvlan has one ${kind} only`);
    seen.add(kind);
  }
};

const bufferSize: ValueCheck = (statement, context) => {
  atMostWords(1)(statement, context);
  integerOf(statement, statement.words[1]!, { minimum: 0, maximum: 4_294_967_295 }, context, false);
};

export const vrrpKeywordChecks: readonly (readonly [string, ValueCheck])[] = [
  ['vrrp_instance.use_vmac', useVmac],
  ['vrrp_instance.use_ipvlan', useIpvlan],
  ['vrrp_instance.kernel_rx_buf_size', bufferSize],
];

/** What does not go together in an instance, of keywords that nothing reads yet. */
export function checkUnreadInstance(
  statement: Statement,
  family: 4 | 6 | undefined,
  isUnicast: boolean,
  context: ReadingContext,
): void {
  const lines = statement.block?.statements ?? [];
  const of = (keyword: string): Statement | undefined => lines.find(({ words }) => words[0]?.text === keyword);
  const vmac = of('use_vmac');
  const base = of('vmac_xmit_base');
  const ipvlan = of('use_ipvlan');
  const vrf = of('vrf');
  if (base && !vmac) complainOf(base, base.words[0], context, '"vmac_xmit_base" is for instances with use_vmac');
  if (vmac && !base && isUnicast) {
    complainOf(vmac, vmac.words[0], context, 'unicast with use_vmac needs "vmac_xmit_base"');
  }
  if (vrf && of('interface')) {
    complainOf(vrf, vrf.words[0], context, 'an instance has an interface or a VRF, not both', '"vrf" is passed over');
  }
  if (!ipvlan || family === 6) return;
  const source = ipvlan.words.some(({ text }) => {
    const address = parseIpAddress(text.split('/')[0]!);
    return address !== undefined && familyOf(address) === 4;
  });
  if (!source) complainOf(ipvlan, ipvlan.words[0], context, 'an ipvlan for IPv4 needs an address of its own');
}
