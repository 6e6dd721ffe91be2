import { parseIpAddress } from '../base/ip-address.ts';
import { shortened } from '../config/reading-context.ts';
import type { Word } from '../config/words.ts';
import type { Encapsulation } from '../ports/route.ts';
import { complainAt, type LineWalk } from './line-walk.ts';

/** `encap ip|ip6 [id N] [dst IP] ..`, `encap mpls LABEL[/LABEL]`, `encap ila LOCATOR` */
export function encapsulationValue(walk: LineWalk<unknown>, option: Word): Encapsulation | undefined {
  const { line } = walk;
  const type = line.words[++walk.index];
  const value = line.words[walk.index + 1];
  switch (type?.text) {
    case 'mpls':
      walk.index++;
      if (!/^[0-9]+(\/[0-9]+)*$/.test(value?.text ?? '')) return complainAt(walk, value ?? type, 'mpls needs labels');
      return { type: 'mpls', labels: value!.text.split('/').map(Number) };
    case 'ila':
      walk.index++;
      if (!/^[0-9a-fA-F]{1,4}(:[0-9a-fA-F]{1,4}){3}$/.test(value?.text ?? '')) {
        return complainAt(walk, value ?? type, 'ila needs a locator');
      }
      return { type: 'ila', locator: value!.text };
    case 'ip':
    case 'ip6':
      return tunnel(walk, type, type.text);
    default:
      return complainAt(walk, type ?? option, '"encap" is followed by ip, ip6, mpls or ila');
  }
}

function tunnel(walk: LineWalk<unknown>, at: Word, type: 'ip' | 'ip6'): Encapsulation | undefined {
  const { words } = walk.line;
  const given = new Map<string, string>();
  for (;;) {
    const option = words[walk.index + 1]?.text;
    const value = words[walk.index + 2];
    if (option === undefined || !value || !/^(id|dst|src|tos|ttl|tc|hoplimit|flags)$/.test(option)) break;
    walk.index += 2;
    const good = option === 'dst' || option === 'src' ? parseIpAddress(value.text) : /^[0-9]{1,20}$/.test(value.text);
    if (!good) return complainAt(walk, value, `"${shortened(value.text)}" is no value of "${option}"`);
    given.set(option, value.text);
  }
  if (!given.has('id') && !given.has('dst')) return complainAt(walk, at, `encap ${type} needs dst or id`);
  const address = (text: string | undefined) => (text === undefined ? undefined : parseIpAddress(text));
  const number = (...names: readonly string[]): number | undefined => {
    const text = names.map(name => given.get(name)).find(each => each !== undefined);
    return text === undefined ? undefined : Number(text);
  };
  return {
    type,
    id: given.get('id'),
    destination: address(given.get('dst')),
    source: address(given.get('src')),
    trafficClass: number('tos', 'tc'),
    hopLimit: number('ttl', 'hoplimit'),
    flags: number('flags'),
  };
}
