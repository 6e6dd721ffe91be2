import { located, type Statement } from '../../config/tree.ts';
import type { Advice } from './rule.ts';
import { keywordIn, type WrittenInstance, type WrittenVrrp } from './written.ts';

/** What vrrp_strict forbids, as far as a file can show it, by the keyword that it stands against. */
const forbidden: readonly {
  readonly keyword: string;
  readonly against: (written: WrittenInstance, statement: Statement) => boolean;
  readonly what: string;
}[] = [
  { keyword: 'unicast_peer', against: always, what: 'unicast peers: the standard knows multicast only' },
  { keyword: 'authentication', against: always, what: 'authentication' },
  { keyword: 'preempt_delay', against: always, what: 'preempt_delay' },
  {
    keyword: 'down_timer_adverts',
    against: ({ configuration }) => configuration.downTimerAdverts !== 3,
    what: 'any down_timer_adverts but 3',
  },
  {
    keyword: 'state',
    against: ({ configuration }) => configuration.initialState === 'master' && configuration.priority !== 255,
    what: 'state MASTER without priority 255',
  },
  { keyword: 'no_virtual_ipaddress', against: always, what: 'an instance without virtual addresses' },
];

/** What comes with vrrp_strict, which sample configurations have and hardly anybody wants. */
export function* strictAdvice({ instances, globalStatements }: WrittenVrrp): Generator<Advice> {
  const everywhere = globalStatements.findLast(({ words }) => words[0]?.text === 'vrrp_strict');
  let unreachable: WrittenInstance | undefined;
  for (const written of instances) {
    const own = keywordIn(written.statement, 'strict_mode');
    const strict = own ?? everywhere;
    if (!strict || !isOn(strict)) continue;
    for (const { keyword, against, what } of forbidden) {
      const line = keywordIn(written.statement, keyword);
      if (!line || !against(written, line)) continue;
      yield {
        where: located(line),
        code: 'strict-forbids',
        message: `${strict.words[0]!.text} forbids ${what}`,
        hint: `leave ${strict.words[0]!.text} out, unless a peer that is no keepalived insists on the letter of the standard`,
      };
    }
    const reachable = written.configuration.priority === 255 || keywordIn(written.statement, 'accept') !== undefined;
    if (!reachable) unreachable ??= written;
  }
  if (!unreachable) return;
  const strict = keywordIn(unreachable.statement, 'strict_mode') ?? everywhere!;
  yield {
    where: located(strict),
    code: 'strict-drops-traffic',
    message: `${strict.words[0]!.text} drops what is sent to the addresses of "${unreachable.configuration.name}": no ping, no connection`,
    hint: `leave ${strict.words[0]!.text} out, or write "accept" in the instance`,
  };
}

function always(): boolean {
  return true;
}

function isOn({ words }: Statement): boolean {
  return !/^(off|no|false)$/.test(words[1]?.text ?? '');
}
