import type { DiagnosticCode } from './diagnostic-codes.ts';

/** Codes of words that are not what they should be; what is odd about their characters may be why. */
const aboutWords: ReadonlySet<DiagnosticCode> = new Set<DiagnosticCode>([
  'bad-address',
  'bad-address-option',
  'bad-peer-option',
  'bad-prefix-length',
  'bad-value',
  'no-such-interface',
  'script-missing',
  'script-user',
  'unknown-keyword',
  'unknown-script',
]);

/** Blanks that are none here, characters without width, quotes and digits that only look the part. */
const lookAlike = /[\u00a0\u00ad\u2000-\u200f\u2018-\u201f\u2028-\u202f\u205f\u2060\u3000\ufeff\uff01-\uff5e]/u;
/** Scripts that no keyword, name or address is written in. */
const otherScript = /[\u0400-\u04ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]/u;
const endpoint = /^\[?([0-9a-fA-F.:]+?)\]?:([0-9]{1,5})$/;
const longestWord = 200;

/** What to do about a word whose characters tell why it is wrong; undefined if they do not. */
export function oddityOf(text: string, code: DiagnosticCode): string | undefined {
  if (!aboutWords.has(code) || text === '' || text.length > longestWord) return undefined;
  if (otherScript.test(text)) return 'if it is a comment, begin it with "#" or "!"';
  const strange = lookAlike.exec(text)?.[0];
  if (strange !== undefined) {
    const point = strange.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    return `the character U+${point} in it only looks as if it were right: type it anew`;
  }
  if (code.startsWith('script-')) return undefined;
  if (text === 'FNAT' || text === 'FULLNAT') return 'only LVS forks forward so (DPVS): Linux has NAT, DR and TUN';
  if (text === '=' || text === ':') return `a value follows its keyword without "${text}"`;
  if (text === '\\') return 'a line is not continued by "\\": write it as one';
  if (/^(;|--|\/\*|<)/.test(text) && code === 'unknown-keyword') return 'a comment begins with "#" or "!"';
  const [, bare, end] = /^(.+)([;,])$/.exec(text) ?? [];
  if (bare !== undefined) return `write "${bare}": no "${end}" ends or separates anything here`;
  const [, address, port] = (code === 'bad-value' ? endpoint.exec(text) : undefined) ?? [];
  if (address?.includes('.')) return `write "${address} ${port}", with a blank before the port`;
  return undefined;
}
