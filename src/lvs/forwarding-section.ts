import { shortened } from '../config/reading-context.ts';
import { complain, type SectionContext } from '../config/section-context.ts';
import { located, type Statement } from '../config/tree.ts';
import { integerOf } from '../config/values.ts';
import type { Word } from '../config/words.ts';
import type { IpvsForwarding } from '../ports/ipvs.ts';

type Tunnel = Extract<IpvsForwarding, { type: 'tunnel' }>;

const checksums: ReadonlyMap<string, Tunnel['checksum']> = new Map([
  ['nocsum', 'none'],
  ['csum', 'checksum'],
  ['remcsum', 'remote'],
]);

/** `NAT`, `DR` or `TUN` with the options of a tunnel. Undefined, with a diagnostic, if it makes no sense. */
export function readForwarding(statement: Statement, context: SectionContext): IpvsForwarding | undefined {
  const [keyword, method, ...options] = statement.words;
  if (!method) {
    complain(context, located(statement, keyword), 'missing-parameter', `"${keyword!.text}" needs NAT, DR or TUN`);
    return undefined;
  }
  if (!/^(NAT|DR|TUN)$/.test(method.text)) {
    const upper = method.text.toUpperCase();
    const hint = /^(NAT|DR|TUN)$/.test(upper) ? `write ${upper}; as it is, it is not taken` : undefined;
    wrong(statement, method, `"${shortened(method.text)}" is none of NAT, DR and TUN`, context, hint);
    return undefined;
  }
  const tunnel = readTunnel(statement, options, context);
  if (!tunnel) return undefined;
  if (method.text === 'NAT') return { type: 'nat' };
  return method.text === 'DR' ? { type: 'dr' } : checkedTunnel(statement, tunnel, context);
}

/** keepalived reads the options whatever the method. */
function readTunnel(statement: Statement, options: readonly Word[], context: SectionContext): Tunnel | undefined {
  let encapsulation: Tunnel['encapsulation'] = 'ipip';
  let port = 0;
  let checksum: Tunnel['checksum'] = 'none';
  for (let index = 0; index < options.length; index++) {
    const option = options[index]!;
    const named = checksums.get(option.text);
    if (named) checksum = named;
    else if (option.text === 'type') {
      const value = options[++index];
      if (value?.text !== 'ipip' && value?.text !== 'gue' && value?.text !== 'gre') {
        wrong(statement, value ?? option, '"type" is followed by ipip, gue or gre', context);
        return undefined;
      }
      encapsulation = value.text;
    } else if (option.text === 'port') {
      const value = options[++index];
      const number = value && integerOf(statement, value, { minimum: 1, maximum: 65_535 }, context, false);
      if (!value) wrong(statement, option, '"port" is followed by a number', context);
      if (number === undefined) return undefined;
      port = number;
    } else {
      wrong(statement, option, `"${shortened(option.text)}" is no option of a tunnel`, context);
      return undefined;
    }
  }
  return { type: 'tunnel', encapsulation, port, checksum };
}

function checkedTunnel(statement: Statement, tunnel: Tunnel, context: SectionContext): Tunnel | undefined {
  const { encapsulation, port, checksum } = tunnel;
  const problem =
    (encapsulation === 'gue') !== port > 0
      ? 'gue tunnels need a port, and others have none'
      : encapsulation === 'ipip' && checksum !== 'none'
        ? 'ipip tunnels have no checksum'
        : encapsulation === 'gre' && checksum === 'remote'
          ? 'gre tunnels have no remote checksum'
          : undefined;
  if (problem === undefined) return tunnel;
  wrong(statement, statement.words[1]!, problem, context);
  return undefined;
}

function wrong(statement: Statement, word: Word, message: string, context: SectionContext, hint?: string): void {
  complain(context, located(statement, word), 'bad-value', message, hint ?? 'the forwarding method is not taken');
}
