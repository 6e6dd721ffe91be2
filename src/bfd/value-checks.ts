import { familyOf, parseIpAddress } from '../base/ip-address.ts';
import { shortened, type ValueCheck } from '../config/reading-context.ts';
import { complainOf } from '../config/unread-words.ts';

const addressText = (text: string): string => /^[^/]*/.exec(text)![0];

const address: ValueCheck = (statement, context) => {
  const word = statement.words[1]!;
  if (parseIpAddress(addressText(word.text))) return;
  complainOf(statement, word, context, `"${shortened(word.text)}" is not an IP address`);
};

export const bfdKeywordChecks: readonly (readonly [string, ValueCheck])[] = [
  ['bfd_instance.source_ip', address],
  ['bfd_instance.neighbor_ip', address],
  ['bfd_instance.neighbour_ip', address],
];

/** A session needs a peer, and a source of its family. */
export const checkBfdInstance: ValueCheck = (statement, context) => {
  const lines = statement.block?.statements ?? [];
  const last = (pattern: RegExp) => {
    const line = lines.findLast(({ words }) => pattern.test(words[0]?.text ?? '') && words.length > 1);
    return line && parseIpAddress(addressText(line.words[1]!.text));
  };
  const neighbor = last(/^neighbou?r_ip$/);
  const source = last(/^source_ip$/);
  const name = statement.words[1];
  if (!neighbor) complainOf(statement, name, context, 'the session has no neighbor_ip', 'it is left out');
  else if (source && familyOf(source) !== familyOf(neighbor)) {
    complainOf(
      statement,
      name,
      context,
      `${source} and ${neighbor} are of different families`,
      'the session is left out',
    );
  }
};
