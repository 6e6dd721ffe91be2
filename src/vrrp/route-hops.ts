import type { IpAddress } from '../base/ip-address.ts';
import { shortened } from '../config/reading-context.ts';
import { complainOf } from '../config/unread-words.ts';
import type { Word } from '../config/words.ts';
import type { NextHop } from '../ports/route.ts';
import { addressValue, integerValue, interfaceValue, type LineWalk, leaveOut, realmsValue } from './line-walk.ts';
import { encapsulationValue } from './route-encapsulation.ts';

/** A hop while it is read. */
type HopDraft = { -readonly [Key in keyof NextHop<string>]: NextHop<string>[Key] };

export function emptyHop(gateway?: IpAddress): HopDraft {
  return { gateway, device: undefined, weight: 1, onlink: false, realms: undefined, encapsulation: undefined };
}

const hopOptions: Readonly<Record<string, (walk: LineWalk<unknown>, hop: HopDraft, option: Word) => void>> = {
  via: (walk, hop) => {
    hop.gateway = addressValue(walk);
  },
  dev: (walk, hop) => {
    hop.device = interfaceValue(walk);
  },
  weight: (walk, hop) => {
    hop.weight = integerValue(walk, 1, 256) ?? 1;
  },
  onlink: (_walk, hop) => {
    hop.onlink = true;
  },
  encap: (walk, hop, option) => {
    hop.encapsulation = encapsulationValue(walk, option);
  },
  realms: (walk, hop) => {
    hop.realms = realmsValue(walk);
  },
};

/** The rest of a line is next hops. */
export function readNextHops(walk: LineWalk<{ readonly nextHops: NextHop<string>[] }>): void {
  const { line, context, draft } = walk;
  let hop = emptyHop();
  draft.nextHops.push(hop);
  for (walk.index++; walk.index < line.words.length; walk.index++) {
    const word = line.words[walk.index]!;
    const read = Object.hasOwn(hopOptions, word.text) ? hopOptions[word.text] : undefined;
    if (read) read(walk, hop, word);
    else if (word.text === 'nexthop') {
      hop = emptyHop();
      draft.nextHops.push(hop);
    } else {
      complainOf(line, word, context, `"${shortened(word.text)}" is no word of a next hop`);
      leaveOut(walk);
    }
  }
}
