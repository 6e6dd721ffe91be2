import { describe, expect, it } from 'vitest';
import { centiseconds, seconds } from '../base/duration.ts';
import { loadConfiguration } from '../engine/configuration.ts';
import type { ConfigurationHost } from '../ports/configuration-host.ts';
import type { VirtualRouterConfiguration } from './configuration.ts';

const file = '/etc/keepalived/keepalived.conf';

function load(text: string) {
  const host: ConfigurationHost = {
    readFile: path => (path === file ? { ok: true, value: text } : { ok: false, reason: 'ENOENT' }),
    glob: () => [],
    status: () => undefined,
    realPath: () => undefined,
    mayExecute: () => false,
    user: () => undefined,
    groupId: () => undefined,
    ownUid: 0,
    ownGid: 0,
    searchPath: [],
    environment: () => undefined,
    hostName: 'test',
    interfaceNames: ['lo', 'eth0'],
  };
  return loadConfiguration(file, host, { configId: 'test', allIncludesStrict: false });
}

/** A virtual router of these lines; `interface` is always given, and an address unless the lines have some. */
function instance(...lines: readonly string[]) {
  const addresses = lines.some(line => line.startsWith('virtual_ipaddress'))
    ? ''
    : 'virtual_ipaddress {\n192.0.2.254\n}';
  const loaded = load(`vrrp_instance VI {\ninterface eth0\n${lines.join('\n')}\n${addresses}\n}\n`);
  const found = loaded.configuration?.vrrp.instances[0];
  return { found, messages: loaded.diagnostics.map(({ message }) => message).join('\n'), ...loaded };
}

/** What a value became: a checked configuration, or undefined if it was refused; never without a word. */
function corrected(...lines: readonly string[]): VirtualRouterConfiguration | undefined {
  const { found, diagnostics } = instance(...lines);
  expect(diagnostics.length).toBeGreaterThan(0);
  return found;
}

const vrid = 'virtual_router_id 7';

describe('VRID and priority', () => {
  it('9568-5.2.3-vrid-range + 1 and 255 are accepted', () => {
    expect([1, 255].map(id => instance(`virtual_router_id ${id}`).found?.vrid)).toEqual([1, 255]);
  });

  it.each(['virtual_router_id 0', 'virtual_router_id 256', 'virtual_router_id -1', 'virtual_router_id x', ''])(
    '9568-5.2.3-vrid-range, 3768-5.3.3-fields - "%s" is not',
    line => {
      expect(corrected(line)).toBeUndefined();
    },
  );

  it('9568-5.2.4-prio-backup, 3768-5.3.3-fields + 1, 254 and 255 are accepted, 100 is the default', () => {
    expect([1, 254, 255].map(priority => instance(vrid, `priority ${priority}`).found?.priority)).toEqual([
      1, 254, 255,
    ]);
    expect(instance(vrid).found?.priority).toBe(100);
  });

  it.each([0, 256, -1])('9568-5.2.4-prio-zero, 3768-5.3.3-fields - priority %i is never used', priority => {
    expect(corrected(vrid, `priority ${priority}`)?.priority ?? 100).toBe(100);
  });

  it('9568-6.1-preempt-default + preemption is on unless it is switched off', () => {
    expect(instance(vrid).found?.preempt).toBe(true);
    expect(instance(vrid, 'nopreempt').found?.preempt).toBe(false);
  });
});

describe('the interval', () => {
  it('9568-6.1-interval-range + 10 ms and 40.95 s are accepted in v3, 1 s is the default', () => {
    const of = (...lines: string[]) => instance(vrid, 'version 3', ...lines).found?.advertisementInterval;
    expect([of('advert_int 0.01'), of('advert_int 40.95'), of()]).toEqual([
      centiseconds(1),
      centiseconds(4095),
      centiseconds(100),
    ]);
  });

  it.each(['0', '40.96', '-1', '0.004', 'x'])(
    '9568-6.1-interval-range - %s becomes one in range, with a message',
    value => {
      const interval = corrected(vrid, 'version 3', `advert_int ${value}`)?.advertisementInterval ?? seconds(1);
      expect(interval % centiseconds(1)).toBe(0);
      expect(interval).toBeGreaterThanOrEqual(centiseconds(1));
      expect(interval).toBeLessThanOrEqual(centiseconds(4095));
    },
  );

  it.each(['0', '256', '0.5', '1.5'])('3768-5.3.7-seconds - %s becomes whole seconds in v2, with a message', value => {
    const interval = corrected(vrid, 'version 2', `advert_int ${value}`)?.advertisementInterval ?? seconds(1);
    expect(interval % seconds(1)).toBe(0);
    expect(interval).toBeGreaterThanOrEqual(seconds(1));
    expect(interval).toBeLessThanOrEqual(seconds(255));
  });
});

describe('families', () => {
  const both = 'virtual_ipaddress {\n192.0.2.254\nfe80::7\n}';
  const six = 'virtual_ipaddress {\nfe80::7\n2001:db8::7\n}';

  it('9568-5.2.9-family - addresses of both in one list are not advertised', () => {
    const found = corrected(vrid, 'version 3', both);
    expect(found?.addresses.map(({ address }) => address) ?? ['192.0.2.254']).toEqual(['192.0.2.254']);
  });

  it('3768-5-ipv4only + v2 with IPv4 addresses', () => {
    expect(instance(vrid, 'version 2').found).toMatchObject({ version: 2, family: 4 });
  });

  it('3768-5-ipv4only - v2 with IPv6 addresses is refused or becomes v3, with a message', () => {
    expect(corrected(vrid, 'version 2', six)?.version ?? 3).toBe(3);
  });
});

describe('authentication', () => {
  const authentication = (...lines: string[]) => `authentication {\n${lines.join('\n')}\n}`;
  const password = (text: string) => authentication('auth_type PASS', `auth_pass ${text}`);
  const bytes = (text: string) => ({ type: 'password', bytes: Uint8Array.from(Buffer.from(text, 'latin1')) });

  it('2338-5.3.6.2-pass-tx, 2338-5.3.10-pad + the password of the file, filled with zeros', () => {
    expect(instance(vrid, 'version 2', password('abcdefgh')).found?.authentication).toEqual(bytes('abcdefgh'));
    expect(instance(vrid, 'version 2', password('abc')).found?.authentication).toEqual(bytes('abc\0\0\0\0\0'));
  });

  it('2338-5.3.6.2-pass-tx - there is no default password', () => {
    const found = corrected(vrid, 'version 2', authentication('auth_type PASS'));
    expect(found?.authentication ?? { type: 'none' }).toEqual({ type: 'none' });
  });

  it('2338-5.3.10-pad - more than 8 bytes are cut, with a message', () => {
    expect(corrected(vrid, 'version 2', password('123456789'))?.authentication).toEqual(bytes('12345678'));
  });

  it('2338-5.3.6.3-ah - AH refuses to start, by name', () => {
    const { found, messages } = instance(vrid, 'version 2', authentication('auth_type AH', 'auth_pass abc'));
    expect(found).toBeUndefined();
    expect(messages).toContain('AH');
  });

  it('9568-9-noauth - v3 drops it, with a message', () => {
    const found = corrected(vrid, 'version 3', password('abc'));
    expect(found?.authentication ?? { type: 'none' }).toEqual({ type: 'none' });
  });
});

describe('what is not built refuses to start, by name', () => {
  const vmac =
    '9568-7.2-src-mac, 9568-7.3-vmac4, 9568-7.3-vmac6, 9568-6.4.2-drop-vmac, 9568-6.4.3-forward, 9568-8.1.2-arp-vmac, 9568-8.2.2-ns-vmac -';
  const physical = '9568-8.1.2-arp-not-phys, 9568-8.2.2-ns-not-phys, 9568-8.1.3-proxy, 9568-8.2.2-slla, 9568-7.4-iid -';
  it.each([
    [vmac, 'use_vmac'],
    [physical, 'use_vmac vrrp.7'],
    ['9568-6.4.3-no-accept, 9568-6.1-accept-default, 9568-8.3.1-loop, 3768-6.4.3-accept -', 'no_accept'],
    ['3768-7.2-tx -', 'strict_mode on'],
  ])('%s %s', (_ids, line) => {
    const { found, messages, startExitStatus } = instance(vrid, line);
    expect(found).toBeUndefined();
    expect(messages).toContain(line.split(' ')[0]);
    expect(startExitStatus).toBe(2);
  });
});
