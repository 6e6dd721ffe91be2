import { describe, expect, it } from 'vitest';
import { parseMailbox, parseRecipients } from './mailbox.ts';

describe('a mailbox', () => {
  it.each([
    ['ops@example.org', undefined, 'ops@example.org'],
    ['root', undefined, 'root'],
    ['<ops@example.org>', undefined, 'ops@example.org'],
    ['Ops Team <ops@example.org>', 'Ops Team', 'ops@example.org'],
    ['"Team, Ops" <ops@example.org>', 'Team, Ops', 'ops@example.org'],
    ['Füße <ops@example.org>', 'Füße', 'ops@example.org'],
    ['ops@[192.0.2.1]', undefined, 'ops@[192.0.2.1]'],
    ['a\r\nBcc: x <ops@example.org>', 'a Bcc: x', 'ops@example.org'],
  ])('%j', (text, name, address) => {
    expect(parseMailbox(text)).toEqual({ name, address });
  });

  it.each([
    '',
    '<>',
    'a b',
    'ops@',
    '@example.org',
    'ops@a@b',
    'öps@example.org',
    '邮件地址',
    'ops@example.org\r\nRCPT TO:x',
    '<ops@example.org>>',
    `${'a'.repeat(250)}@example.org`,
  ])('is not %j', text => {
    expect(parseMailbox(text)).toBeUndefined();
  });
});

describe('a line of recipients', () => {
  const addresses = (...words: string[]): string[] =>
    parseRecipients(words).recipients.map(({ name, address }) =>
      name === undefined ? address : `${name}: ${address}`,
    );

  it('has one in each word, as for keepalived', () => {
    expect(addresses('a@b', 'c@d')).toEqual(['a@b', 'c@d']);
    expect(addresses('a@b,', 'c@d')).toEqual(['a@b', 'c@d']);
    expect(addresses('Alice A <a@b>')).toEqual(['Alice A: a@b']);
  });

  it('is one with its name where that is plain', () => {
    expect(addresses('Alice', 'A', '<a@b>')).toEqual(['Alice A: a@b']);
    expect(addresses('a@b', '<c@d>')).toEqual(['a@b', 'c@d']);
  });

  it('says which words are none', () => {
    expect(parseRecipients(['a@b', '邮件', 'c@d'])).toMatchObject({ unusable: [1], recipients: [{}, {}] });
  });
});
