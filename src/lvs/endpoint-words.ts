import { type IpAddress, parseIpAddress } from '../base/ip-address.ts';
import { shortened } from '../config/reading-context.ts';
import { advise, type SectionContext } from '../config/section-context.ts';
import { located, type Statement } from '../config/tree.ts';
import { fateWithoutAddress, integerOf, parameter, reportBadValue } from '../config/values.ts';

/** `IP [PORT]` of a virtual, real or sorry server. */
export interface Endpoint {
  readonly address: IpAddress;
  /** Undefined: not given. */
  readonly port: number | undefined;
}

/** 0 stands for every port. */
export const ports = { minimum: 0, maximum: 65_535 };

/** Reads `IP [PORT]` after the keyword; a server without a good one is left out. */
export function readEndpoint(statement: Statement, context: SectionContext): Endpoint | undefined {
  const first = parameter(statement, 1, context);
  if (!first) return undefined;
  const second = statement.words[2];
  // keepalived takes what looks like a range or a network for its first address.
  const text = /[-/]/.test(first.text) ? /^[^-/]*/.exec(first.text)![0] : first.text;
  const address = parseIpAddress(text);
  if (!address) {
    const message = `${statement.words[0]!.text}: "${shortened(first.text)}" is not an IP address`;
    reportBadValue(statement, first, message, fateWithoutAddress(first.text, 'the server'), context);
    return undefined;
  }
  if (text !== first.text) {
    const message = `"${first.text.slice(text.length)}" is passed over: a server has one address`;
    advise(context, located(statement, first), 'without-effect', message, 'a virtual_server_group takes ranges');
  }
  if (!second) return { address, port: undefined };
  const port = integerOf(statement, second, ports, context, false);
  return port === undefined ? undefined : { address, port };
}
