import { type Duration, milliseconds, seconds } from '../base/duration.ts';
import { familyOf, type IpAddress, maximumPrefixLength, parseIpAddress } from '../base/ip-address.ts';
import { serverText } from './real-servers.ts';

/** What is wrong with a line of a scenario. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
}

/** The words of one line, taken from the left. */
export class Words {
  readonly #words: readonly string[];
  #next = 0;

  constructor(line: string) {
    this.#words = line.split(/\s+/).filter(Boolean);
  }

  get isAtEnd(): boolean {
    return this.#next === this.#words.length;
  }

  peek(ahead = 0): string | undefined {
    return this.#words[this.#next + ahead];
  }

  word(what: string): string {
    const word = this.#words[this.#next++];
    if (word === undefined) throw new ScenarioError(`${what} is missing at the end`);
    return word;
  }

  /** Takes the words if they come next. */
  accept(...words: readonly string[]): boolean {
    if (!words.every((word, index) => this.peek(index) === word)) return false;
    this.#next += words.length;
    return true;
  }

  expect(word: string): void {
    if (!this.accept(word)) throw new ScenarioError(`"${word}" is expected${this.#found()}`);
  }

  span(what = 'a time such as 3s'): Duration {
    const word = this.word(what);
    const match = /^([+-]?[0-9]+(?:\.[0-9]+)?)(us|ms|s|m|h|d)$/.exec(word);
    if (!match) throw new ScenarioError(`"${word}" is no time: write 200ms, 3s, 2m, 1h or 1d`);
    return Math.round(Number(match[1]) * unit[match[2] as keyof typeof unit]) as Duration;
  }

  /** 0 .. 1, written as a percentage. */
  share(): number {
    const word = this.word('a percentage');
    const match = /^([0-9]+(?:\.[0-9]+)?)%$/.exec(word);
    if (!match || Number(match[1]) > 100) throw new ScenarioError(`"${word}" is no percentage: write 30%`);
    return Number(match[1]) / 100;
  }

  number(what: string, least: number, most: number): number {
    const word = this.word(what);
    const value = Number(word);
    if (!/^[0-9]+$/.test(word) || value < least || value > most) {
      throw new ScenarioError(`${what} is ${least} .. ${most}, not "${word}"`);
    }
    return value;
  }

  integer(what: string): number {
    const word = this.word(what);
    if (!/^[+-]?[0-9]{1,10}$/.test(word)) throw new ScenarioError(`${what} is expected, not "${word}"`);
    return Number(word);
  }

  address(): IpAddress {
    const word = this.word('an address');
    const address = parseIpAddress(word);
    if (!address) throw new ScenarioError(`"${word}" is no IP address`);
    return address;
  }

  prefix(): { readonly address: IpAddress; readonly prefixLength: number } {
    const word = this.word('an address with its prefix length');
    const [text = '', length = ''] = word.split('/');
    const address = parseIpAddress(text);
    const prefixLength = Number(length);
    if (!address || !/^[0-9]+$/.test(length) || prefixLength > maximumPrefixLength(familyOf(address))) {
      throw new ScenarioError(`"${word}" is no address with a prefix length: write 192.0.2.1/24`);
    }
    return { address, prefixLength };
  }

  /** A real server, `10.0.0.11:80` or `[2001:db8::11]:80`. */
  server(): string {
    const word = this.word('a real server');
    const match = /^(?:\[(.+)\]|([^:]+)):([0-9]+)$/.exec(word);
    const address = match && parseIpAddress(match[1] ?? match[2] ?? '');
    const port = Number(match?.[3]);
    if (!address || port > 65_535) throw new ScenarioError(`"${word}" is no real server: write 10.0.0.11:80`);
    return serverText({ address, port });
  }

  /** An optional `for SPAN`. */
  forSpan(): Duration | undefined {
    return this.accept('for') ? this.span() : undefined;
  }

  end(): void {
    if (!this.isAtEnd) throw new ScenarioError(`"${this.peek()}" is not understood here`);
  }

  #found(): string {
    const word = this.peek();
    return word === undefined ? ' at the end' : `, not "${word}"`;
  }
}

const unit = {
  us: 1,
  ms: milliseconds(1),
  s: seconds(1),
  m: seconds(60),
  h: seconds(3_600),
  d: seconds(86_400),
} as const;
