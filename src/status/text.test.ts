import { describe, expect, it } from 'vitest';
import { seconds } from '../base/duration.ts';
import { ip } from '../base/ip-address.testkit.ts';
import type { VirtualAddress } from '../vrrp/configuration.ts';
import { configuration, virtualAddress } from '../vrrp/router.testkit.ts';
import { addressText } from './address-text.ts';
import { renderConfiguration, renderData } from './data-text.ts';
import { scriptText } from './script-text.ts';
import { renderStatistics } from './statistics-text.ts';
import { processAfter, router } from './status.testkit.ts';
import { snapshotOf } from './vrrp-snapshot.ts';

const master = () => {
  const { process, now } = processAfter(configuration([router()]), 4);
  return snapshotOf(process, now, 1_795_151_901_000_000);
};

describe('renderStatistics', () => {
  it("begins with keepalived's block", () => {
    expect(renderStatistics(master()).split('\n').slice(0, 19)).toEqual([
      'VRRP Instance: V1',
      '  Advertisements:',
      '    Received: 0',
      '    Sent: 3',
      '  Became master: 1',
      '  Released master: 0',
      '  Packet Errors:',
      '    Length: 0',
      '    TTL: 0',
      '    Invalid Type: 0',
      '    Advertisement Interval: 0',
      '    Address List: 0',
      '  Authentication Errors:',
      '    Invalid Type: 0',
      '    Type Mismatch: 0',
      '    Failure: 0',
      '  Priority Zero:',
      '    Received: 0',
      '    Sent: 0',
    ]);
  });
});

describe('renderData', () => {
  it('shows the verdict of each tracked script', () => {
    const command = { type: 'program', argv: ['/bin/true'] } as const;
    const check = { interval: seconds(1), timeout: seconds(1), rise: 1, fall: 1 };
    const scripts = [
      { ...check, name: 'chk', script: { command, identity: undefined, text: '/bin/true' } },
      { ...check, name: 'bad', script: undefined },
    ];
    const trackScripts = scripts.map(({ name }) => ({ script: name, weight: 2, reverse: false }));
    const configured = configuration([router({ trackScripts })], { scripts });
    const { process, now } = processAfter(configured, 0.5);
    const text = renderData(snapshotOf(process, now, 0));
    expect(text).toMatch(/VRRP Script = chk\n {3}Command = '\/bin\/true'\n(?: {3}.*\n){4} {3}Status = INIT\n/);
    expect(text).toMatch(
      /VRRP Script = bad\n {3}Command = \(refused: never run\)\n(?: {3}.*\n){4} {3}Status = REFUSED\n/,
    );
  });

  it('shows state and configuration of each instance', () => {
    const lines = renderData(master()).split('\n');
    for (const line of [
      ' Router ID = test',
      ' VRRP Instance = V1',
      '   State = MASTER',
      '   Master down timer = 3414063 usecs',
      '   Virtual Router ID = 51',
      '   Advert interval = 1 sec',
      '   Virtual IP (1):',
      '     10.9.0.100/24 dev eth0 scope global set',
      '   Using src_ip = 10.9.0.1',
    ]) {
      expect(lines).toContain(line);
    }
  });
});

describe('renderConfiguration', () => {
  it('says nothing about what is only known at run time', () => {
    const lines = renderConfiguration(configuration([router()]));
    expect(lines).toContain('     10.9.0.100/24 dev eth0 scope global');
    expect(lines.join('\n')).not.toContain('State =');
  });

  it('never shows the password', () => {
    const bytes = new TextEncoder().encode('secret\0\0');
    const text = renderConfiguration(configuration([router({ authentication: { type: 'password', bytes } })]));
    expect(text.join('\n')).toContain('SIMPLE_PASSWORD');
    expect(text.join('\n')).not.toContain('secret');
  });
});

describe('addressText', () => {
  const shown = (changes: Partial<VirtualAddress>, text = '10.9.0.101/24') =>
    addressText({
      configuration: virtualAddress(text, changes),
      interface: 'e1',
      isSet: true,
    });

  it("is keepalived's, captured from 2.2.7", () => {
    expect(shown({ broadcast: ip('10.9.0.255'), label: 'e1:5' })).toBe(
      '10.9.0.101/24 brd 10.9.0.255 dev e1 scope global label e1:5 set',
    );
    expect(shown({}, 'fd00::201/64')).toBe('fd00::201/64 dev e1 scope global preferred_lft forever set');
    expect(shown({}, 'fe80::100')).toBe('fe80::100 dev e1 scope global deprecated set');
  });
});

describe('scriptText', () => {
  it('quotes each word', () => {
    const command = { type: 'program', argv: ['/usr/bin/true', 'm'] } as const;
    expect(scriptText({ command, identity: undefined, text: 'true m' })).toBe("'/usr/bin/true' 'm'");
  });

  it('shows what really runs for a shell command', () => {
    const command = { type: 'shell', text: 'a && b', extraArguments: [] } as const;
    expect(scriptText({ command, identity: undefined, text: 'a && b' })).toBe("'/bin/sh' '-c' 'a && b'");
  });
});
