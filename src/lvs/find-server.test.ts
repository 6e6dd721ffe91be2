import { describe, expect, it } from 'vitest';
import { parseIpAddress } from '../base/ip-address.ts';
import type { LvsConfiguration } from './configuration.ts';
import { findRealServer, findVirtualServer } from './find-server.ts';
import { realServer, virtualServer } from './lvs.testkit.ts';

const address = parseIpAddress('192.0.2.1')!;
const lvs = {
  virtualServers: [
    virtualServer([realServer(1), realServer(2), realServer(2, { name: '[10.0.0.2]:tcp:81', port: 81 })]),
    virtualServer([], {
      name: '[192.0.2.1]:udp:80',
      keys: [{ type: 'address', protocol: 'udp', address, port: 80 }],
    }),
    virtualServer([], {
      name: '[2001:db8::1]:tcp:443',
      keys: [{ type: 'address', protocol: 'tcp', address: parseIpAddress('2001:db8::1')!, port: 443 }],
    }),
    virtualServer([], { name: '[mail]:0', keys: [] }),
    virtualServer([], { name: '[mail]:1', keys: [], protocol: 'udp' }),
    virtualServer([], { name: '[Web]:0', keys: [] }),
    virtualServer([], { name: 'FWM 7', protocol: undefined, keys: [{ type: 'fwmark', mark: 7, family: 4 }] }),
  ],
} as unknown as LvsConfiguration;

describe('findVirtualServer', () => {
  it.each([
    ['[192.0.2.1]:tcp:80', '[192.0.2.1]:tcp:80'],
    ['192.0.2.1:80/tcp', '[192.0.2.1]:tcp:80'],
    ['192.0.2.1:80:UDP', '[192.0.2.1]:udp:80'],
    ['2001:DB8::1', '[2001:db8::1]:tcp:443'],
    ['[2001:db8::1]:443', '[2001:db8::1]:tcp:443'],
    ['7', 'FWM 7'],
    ['fwmark 7', 'FWM 7'],
  ])('understands %s', (text, name) => {
    expect(findVirtualServer(lvs, text)).toMatchObject({ ok: true, value: { name } });
  });

  it.each([
    ['[mail]:1', 'udp'],
    ['[mail]:1/udp', 'udp'],
    ['mail/udp', 'udp'],
    ['mail/tcp', 'tcp'],
    ['[web]:0', 'tcp'],
    ['Web', 'tcp'],
  ])('understands a group: %s', (text, protocol) => {
    expect(findVirtualServer(lvs, text)).toMatchObject({ ok: true, value: { protocol } });
  });

  it('asks for the protocol where a group serves several', () => {
    const reason = (text: string) => `"${text}" is more than one virtual server: [mail]:0/tcp, [mail]:1/udp`;
    expect(findVirtualServer(lvs, 'mail')).toEqual({ ok: false, reason: reason('mail') });
  });

  it('says what there is instead', () => {
    expect(findVirtualServer(lvs, '192.0.2.1:80')).toEqual({
      ok: false,
      reason: '"192.0.2.1:80" is more than one virtual server: [192.0.2.1]:tcp:80, [192.0.2.1]:udp:80',
    });
    expect(findVirtualServer(lvs, '192.0.2.9')).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^there is no virtual server "192.0.2.9"; there is \[192.0.2.1\]:tcp:80, .*FWM 7$/),
    });
  });
});

describe('findRealServer', () => {
  const [service] = lvs.virtualServers;

  it('understands an address alone where it is enough', () => {
    expect(findRealServer(service!, '10.0.0.1')).toMatchObject({ ok: true, value: { address: '10.0.0.1' } });
    expect(findRealServer(service!, '10.0.0.2:81')).toMatchObject({ ok: true, value: { port: 81 } });
    expect(findRealServer(service!, '10.0.0.2')).toEqual({
      ok: false,
      reason: '"10.0.0.2" is more than one real server of [192.0.2.1]:tcp:80: [10.0.0.2]:tcp:80, [10.0.0.2]:tcp:81',
    });
  });
});
