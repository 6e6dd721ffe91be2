import { describe, expect, it } from 'vitest';
import { instanceText, load } from './configuration.testkit.ts';

/** Codes besides those that say what is not built. */
const told = (text: string): readonly string[] => load(text).codes.filter(code => !code.startsWith('not-built'));

const route = (line: string): readonly string[] => told(instanceText(`virtual_routes {\n${line}\n}`));
const rule = (line: string): readonly string[] => told(instanceText(`virtual_rules {\n${line}\n}`));

describe('values of what is not built', () => {
  it.each([
    '10.9.0.0/24 dev eth1',
    'default via 10.0.0.1 dev eth0 metric 5 mtu lock 1400',
    'blackhole 10.9.0.0/24 no_track',
    'fd00::/8 via inet6 fe80::1 dev eth0 pref high expires 60',
    '10.9.0.0/24 dev eth0 encap ip id 5 dst 10.0.0.3 ttl 4',
    '10.9.0.0/24 dev eth0 nexthop via 10.0.0.1 dev eth0 weight 5 nexthop via 10.0.0.2 dev eth0',
    '10.9.0.0/24 dev eth0 table main tos AF11 realms cosmos/7 rto_min 5ms',
  ])('a route is well: %s', line => {
    expect(route(line)).toEqual([]);
  });

  it.each([
    '10.9.0.0/24 via 10.0.0.1',
    '10.9.0.0/24 dev eth7',
    '10.9.0.0/24 dev eth0 src fe80::1',
    '10.9.0.0/33 dev eth0',
    '10.9.0.0/24 dev eth0 table nowhere',
    '10.9.0.0/24 dev eth0 pref high',
    '10.9.0.0/24 dev eth0 bogus',
    '10.9.0.0/24 dev eth0 encap gre 5',
    'dev eth0',
  ])('a route is complained of once: %s', line => {
    expect(route(line)).toHaveLength(1);
  });

  it.each([
    'from 10.0.0.0/8 table 100 preference 50',
    'not from 10.0.0.0/8 iif eth0 lookup main priority 7',
    'from 10.0.0.0/8 preference 50 goto 60',
    'from 10.0.0.0/8 fwmark 0x5/0x7 sport 5-6 ipproto tcp uidrange 1-2 blackhole order 4',
  ])('a rule is well: %s', line => {
    expect(rule(line)).toEqual([]);
  });

  it.each([
    'from 10.0.0.0/8 table 100',
    'from 10.0.0.0/8 preference 50',
    'from 10.0.0.0/8 preference 50 goto 40',
    'from 10.0.0.0/8 table 5 blackhole preference 50',
    'from 10.0.0.0/8 to fe80::/64 table 5 preference 50',
    'from 10.0.0.0/8 sport 5 table 5 preference 50',
  ])('a rule is complained of once: %s', line => {
    expect(rule(line)).toHaveLength(1);
  });

  it.each([
    ['global_defs {\nsmtp_connect_timeout x\n}', ['bad-value']],
    ['global_defs {\nvrrp_cpu_affinity 0 two\n}', ['bad-value']],
    ['global_defs {\nnftables a\nnftables b\n}', ['duplicate-keyword']],
    ['vrrp_track_process p {\nquorum 5\n}', ['bad-value']],
    ['track_file f {\nfile /x\nweight 255\n}', ['bad-value']],
    ['interface_up_down_delays {\neth0 5.5 6\neth1 256\n}', ['bad-value']],
    ['linkbeat_interfaces {\neth9\n}', ['no-such-interface']],
    ['static_ipaddress {\n10.0.0.9/24 dev eth0 track_group none\n}', ['bad-value']],
    ['track_group g {\ngroup {\nV\n}\n}\ntrack_group g {\ngroup {\nV\n}\n}', ['bad-value']],
    ['static_routes name {\n}', ['extra-words']],
    ['track_file {\nfile /x\n}', ['missing-name']],
    [instanceText('use_vmac a b'), ['bad-value']],
    [instanceText('vmac_xmit_base'), ['bad-value']],
  ])('is complained of: %j', (text, codes) => {
    expect(told(text)).toEqual(codes);
    expect(load(text).testExitStatus).toBe(text.startsWith('track_file {') ? 2 : text.startsWith('linkbeat') ? 4 : 5);
  });
});
