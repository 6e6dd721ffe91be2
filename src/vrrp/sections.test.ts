import { describe, expect, it } from 'vitest';
import { centiseconds, seconds, zero } from '../base/duration.ts';
import { instanceOf, instanceText, load } from '../engine/configuration.testkit.ts';
import { router, virtualAddress } from './router.testkit.ts';

const of = (lines: string, addresses?: string) => instanceOf(instanceText(lines, addresses));
const codes = (lines: string, addresses?: string) => load(instanceText(lines, addresses)).codes;

describe('an instance', () => {
  it('has keepalived’s defaults, except that a master that yields says so once more', () => {
    expect(of('')).toEqual(router({ name: 'V', vrid: 5, addresses: [virtualAddress('10.0.0.1')] }));
    expect(of('').higherPrioritySendAdvert).toBe(true);
  });

  it('owns its address when it begins as MASTER without a priority', () => {
    expect(of('state MASTER')).toMatchObject({ initialState: 'master', priority: 255 });
    expect(of('state MASTER\npriority 150').priority).toBe(150);
  });

  it('stays MASTER once told so', () => {
    expect(codes('state MASTER\nstate BACKUP')).toEqual(['state-given-twice']);
    expect(of('state BACKUP\nstate MASTER').initialState).toBe('master');
  });

  it.each([
    ['advert_int 2', 2, seconds(2), []],
    ['advert_int 0.4', 2, seconds(1), ['interval-rounded']],
    ['advert_int 1.7', 2, seconds(2), ['interval-rounded']],
    ['advert_int 0', 2, seconds(1), ['bad-value']],
    ['advert_int 300', 2, seconds(1), ['bad-value']],
    ['version 3\nadvert_int 0.01', 3, centiseconds(1), []],
    ['version 3\nadvert_int 1.234', 3, centiseconds(123), ['interval-rounded']],
    ['version 3\nadvert_int 41', 3, centiseconds(4_095), ['interval-rounded']],
  ])('%s', (lines, version, advertisementInterval, expected) => {
    expect(of(lines)).toMatchObject({ version, advertisementInterval });
    expect(codes(lines)).toEqual(expected);
  });

  it('of IPv6 is always version 3', () => {
    expect(of('', 'fe80::5')).toMatchObject({
      family: 6,
      version: 3,
      destination: { type: 'multicast', group: 'ff02::12' },
      addresses: [{ prefixLength: 128, preferredLifetimeSeconds: 0, noDad: true }],
    });
    expect(codes('version 2', 'fe80::5')).toEqual(['version-raised']);
  });

  it.each([
    ['nopreempt', false, zero, []],
    ['nopreempt\npreempt', true, zero, []],
    ['preempt_delay 7.5', true, seconds(7.5), []],
    ['nopreempt\npreempt_delay 5', false, zero, ['preempt-delay-cleared']],
    ['state MASTER\npriority 150\nnopreempt', true, zero, ['nopreempt-cleared']],
    ['state MASTER\npriority 150\npreempt_delay 5', true, zero, ['preempt-delay-cleared']],
    ['priority 255\nnopreempt', true, zero, ['nopreempt-cleared']],
    ['preempt_delay 1001', true, zero, ['bad-value']],
  ])('%s', (lines, preempt, preemptDelay, expected) => {
    expect(of(lines)).toMatchObject({ preempt, preemptDelay });
    expect(codes(lines)).toEqual(expected);
  });

  it('takes eight bytes of a password', () => {
    const lines = 'authentication {\nauth_type PASS\nauth_pass 123456789\n}';
    expect(of(lines).authentication).toEqual({ type: 'password', bytes: new TextEncoder().encode('12345678') });
    expect(codes(lines)).toEqual(['password-truncated']);
    expect(of('authentication {\nauth_type PASS\nauth_pass é\n}').authentication).toEqual({
      type: 'password',
      bytes: Uint8Array.of(0xc3, 0xa9, 0, 0, 0, 0, 0, 0),
    });
  });

  it.each([
    'version 3\nauthentication {\nauth_type PASS\nauth_pass x\n}',
    'authentication {\nauth_type PASS\n}',
    'authentication {\nauth_pass x\n}',
    'authentication {\nauth_type FOO\nauth_pass x\n}',
  ])('goes without authentication: %#', lines => {
    expect(of(lines).authentication).toEqual({ type: 'none' });
  });

  it('takes its defaults from global_defs, wherever that stands', () => {
    const global = `global_defs {
vrrp_version 3
vrrp_mcast_group4 224.0.0.99
vrrp_garp_master_delay 1
vrrp_garp_master_repeat 2
vrrp_garp_master_refresh 60
vrrp_garp_master_refresh_repeat 3
vrrp_garp_lower_prio_delay 4
vrrp_garp_lower_prio_repeat 0
vrrp_down_timer_adverts 4
vrrp_lower_prio_no_advert
vrrp_higher_prio_send_advert yes
vrrp_skip_check_adv_addr
v3_checksum_as_v2
vrrp_owner_ignore_adverts
}
`;
    expect(instanceOf(instanceText() + global)).toMatchObject({
      version: 3,
      destination: { group: '224.0.0.99' },
      downTimerAdverts: 4,
      lowerPriorityNoAdvert: true,
      higherPrioritySendAdvert: true,
      skipCheckAdvertAddresses: true,
      checksumWithoutPseudoHeader: true,
      ownerIgnoreAdverts: true,
      garp: {
        masterRepeat: 2,
        masterDelay: seconds(1),
        masterRefresh: seconds(60),
        masterRefreshRepeat: 3,
        lowerPriorityRepeat: 0,
        lowerPriorityDelay: seconds(4),
      },
    });
  });

  it('announces little with vrrp_min_garp, save what is said otherwise', () => {
    const text = `global_defs {\nvrrp_min_garp\nvrrp_garp_master_repeat 3\n}\n${instanceText()}`;
    expect(instanceOf(text).garp).toEqual({
      masterRepeat: 3,
      masterDelay: zero,
      masterRefresh: zero,
      masterRefreshRepeat: 0,
      lowerPriorityRepeat: 3,
      lowerPriorityDelay: zero,
    });
  });

  it('announces least with vrrp_min_garp alone', () => {
    const text = `global_defs {\nvrrp_min_garp\n}\n${instanceText()}`;
    expect(instanceOf(text).garp).toMatchObject({ masterRepeat: 1, masterDelay: zero, lowerPriorityRepeat: 1 });
  });

  it('takes numbers as keepalived does when it runs: junk after them is reported, and fatal to VRID and priority', () => {
    expect(of('garp_master_delay 3x').garp.masterDelay).toBe(seconds(3));
    expect(codes('garp_master_delay 3x')).toEqual(['trailing-junk']);
    expect(of('priority 150x').priority).toBe(100);
    expect(codes('garp_master_repeat 0')).toEqual(['zero-becomes-one']);
  });

  it.each([
    ['no-vrid', instanceText().replace('virtual_router_id 5', '')],
    ['no-interface', instanceText().replace('interface eth0', '')],
    ['no-such-interface', instanceText().replace('eth0', 'eth9')],
    ['no-virtual-address', instanceText('version 3', '')],
    ['missing-name', instanceText().replace('V {', '{')],
    ['duplicate-vrid', instanceText() + instanceText().replace('V', 'W')],
  ])('refuses to start: %s', (code, text) => {
    const { codes, configuration, startExitStatus, testExitStatus } = load(text);
    expect(codes).toContain(code);
    expect({ configuration, startExitStatus, testExitStatus }).toEqual({
      configuration: undefined,
      startExitStatus: 2,
      testExitStatus: 5,
    });
  });

  it('waits for no interface whose name is too long', () => {
    const text = instanceText('notify /bin/true').replace('eth0', 'e123456789abcdef');
    const { text: shown, testExitStatus, startExitStatus } = load(text);
    expect(shown).toContain('no interface is called "e123456789abcdef": 16 characters, and 15 fit');
    expect({ testExitStatus, startExitStatus }).toEqual({ testExitStatus: 6, startExitStatus: 2 });
    expect(load(`global_defs {\ndynamic_interfaces\n}\n${text}`).text).toContain('16 characters, and 15 fit');
    const elsewhere = `global_defs {\ndynamic_interfaces\n}\n${instanceText('track_interface {\ne123456789abcdef\n}')}`;
    expect(load(elsewhere).codes).toEqual(['bad-value']);
  });

  it('may wait for its interface with dynamic_interfaces', () => {
    const text = `global_defs {\ndynamic_interfaces\n}\n${instanceText().replace('eth0', 'eth9')}`;
    const { codes, configuration } = load(text);
    expect(codes).toEqual([]);
    expect(configuration?.vrrp).toMatchObject({
      global: { dynamicInterfaces: true },
      instances: [{ interface: 'eth9' }],
    });
  });

  it('may share a VRID in another family, group or set of unicast peers', () => {
    const other = (lines: string, addresses?: string) => instanceText(lines, addresses).replace('V', 'W');
    const refused = (text: string) => load(text).configuration === undefined;
    expect(refused(instanceText() + other('', 'fe80::1'))).toBe(false);
    expect(refused(instanceText() + other('mcast_dst_ip 224.0.0.20'))).toBe(false);
    expect(refused(instanceText() + other('unicast_peer {\n10.0.0.7\n}'))).toBe(false);
    const unicast = instanceText('unicast_peer {\n10.0.0.7\n}');
    expect(refused(unicast + other('unicast_peer {\n10.0.0.8\n}'))).toBe(false);
    expect(refused(unicast + other('unicast_peer {\n10.0.0.8\n10.0.0.7\n}'))).toBe(true);
  });
});

describe('unicast', () => {
  it('has peers with bounds for their TTL', () => {
    expect(
      of('unicast_src_ip 10.0.0.9\nunicast_ttl 64\nunicast_peer {\n10.0.0.7\n10.0.0.8 min_ttl 60 max_ttl 64\n}'),
    ).toMatchObject({
      source: '10.0.0.9',
      destination: {
        type: 'unicast',
        ttl: 64,
        checkSource: true,
        peers: [
          { address: '10.0.0.7', minimumTtl: 0, maximumTtl: 255 },
          { address: '10.0.0.8', minimumTtl: 60, maximumTtl: 64 },
        ],
      },
    });
  });

  it('drops the own source address from the peers', () => {
    const lines = 'unicast_src_ip 10.0.0.9\nunicast_peer {\n10.0.0.9\n10.0.0.7\n}';
    expect(of(lines).destination).toMatchObject({ peers: [{ address: '10.0.0.7' }] });
    expect(codes(lines)).toEqual(['own-address-as-peer']);
  });

  it('without peers falls back to multicast, or waits in FAULT', () => {
    expect(of('unicast_peer {\n}').destination.type).toBe('multicast');
    expect(codes('unicast_peer {\n}')).toEqual(['unicast-without-peers']);
    expect(of('unicast_peer {\n}\nunicast_fault_no_peer').destination).toEqual({ type: 'no-peer' });
    expect(codes('unicast_ttl 5')).toEqual(['unicast-without-peers']);
  });

  it('can do without an interface', () => {
    const text = instanceText('unicast_peer {\n10.0.0.7\n}').replace('interface eth0', '');
    expect(instanceOf(text).interface).toBeUndefined();
  });

  it('leaves out peers that make no sense', () => {
    const lines =
      'unicast_peer {\n10.0.0\n10.0.0.7 foo\n10.0.0.8 min_ttl 300\n10.0.0.6 min_ttl 5 max_ttl 4\nfe80::1\n}';
    expect(codes(lines)).toEqual(['bad-value', 'bad-peer-option', 'bad-value', 'bad-peer-option', 'mixed-families']);
  });
});

describe('virtual addresses', () => {
  it('take all options of their lines', () => {
    const { addresses, excludedAddresses } = of(
      'virtual_ipaddress_excluded {\nfe80::7/64 -nodad home mngtmpaddr autojoin preferred_lft 70\n}',
      '10.0.0.1/24 dev eth1 scope link label eth1:0 brd + noprefixroute no_track\n10.0.0.2 peer 10.0.0.3/30',
    );
    expect(addresses[0]).toMatchObject({
      prefixLength: 24,
      interface: 'eth1',
      scope: 253,
      label: 'eth1:0',
      broadcast: '10.0.0.255',
      noPrefixRoute: true,
      noTrack: true,
    });
    expect(addresses[1]).toMatchObject({ prefixLength: 32, peer: { address: '10.0.0.3', prefixLength: 30 } });
    expect(excludedAddresses[0]).toMatchObject({
      address: 'fe80::7',
      noDad: false,
      home: true,
      manageTemporary: true,
      autoJoin: true,
      preferredLifetimeSeconds: 70,
    });
  });

  it.each([
    ['10.0.0.1/24 brd -', '10.0.0.0'],
    ['10.0.5.1/22 brd +', '10.0.7.255'],
    ['10.0.0.1/24 broadcast 10.0.0.9', '10.0.0.9'],
  ])('%s', (line, broadcast) => {
    expect(of('', line).addresses[0]!.broadcast).toBe(broadcast);
  });

  it.each([
    ['10.0.0', 0, 'bad-address'],
    ['10.0.0.01', 0, 'bad-address'],
    ['10.0.0.1/33', 1, 'bad-prefix-length'],
    ['10.0.0.1/', 1, 'bad-prefix-length'],
    ['10.0.0.1/24x', 1, 'trailing-junk'],
    ['10.0.0.1 10.0.0.2', 1, 'bad-address-option'],
    ['10.0.0.1 label thisisaverylonglabel', 0, 'bad-address-option'],
    ['fe80::1 label x', 1, 'bad-address-option'],
    ['fe80::1 brd +', 0, 'bad-address-option'],
    ['10.0.0.1 brd 1.2.3', 0, 'bad-address-option'],
    ['10.0.0.1 brd +', 1, 'bad-address-option'],
    ['10.0.0.1 scope foo', 1, 'bad-address-option'],
    ['10.0.0.1 dev', 1, 'bad-address-option'],
    ['10.0.0.1\nfe80::1', 1, 'mixed-families'],
  ])('%s', (lines, count, code) => {
    const { configuration, codes } = load(instanceText('no_virtual_ipaddress', lines));
    expect(codes).toEqual([code]);
    expect(configuration?.vrrp.instances[0]?.addresses).toHaveLength(count);
  });

  it('that an advert cannot carry are held without being advertised', () => {
    const many = Array.from({ length: 300 }, (_, index) => `10.0.${index >> 7}.${index & 127}`).join('\n');
    const instance = of('virtual_ipaddress_excluded {\n10.9.9.9\n}', many);
    expect(instance.addresses).toHaveLength(255);
    expect(instance.excludedAddresses).toHaveLength(46);
    expect(instance.excludedAddresses.at(-1)!.address).toBe('10.9.9.9');
    const six = Array.from({ length: 100 }, (_, index) => `fe80::${index + 1}`).join('\n');
    expect(of('', six).addresses).toHaveLength(89);
  });
});

describe('global settings', () => {
  it('take zero for the gaps that keepalived refuses', () => {
    const { codes, configuration, testExitStatus } = load(
      `global_defs {\nvrrp_garp_interval 0\nvrrp_gna_interval 0.001\nvrrp_startup_delay 2.5\nlog_unknown_vrids\nrouter_id "a b"\n}\n`,
    );
    expect(codes).toEqual(['zero-interval']);
    expect(testExitStatus).toBe(5);
    expect(configuration?.vrrp.global).toEqual({
      routerId: 'a b',
      startupDelay: seconds(2.5),
      logUnknownVrids: true,
      dynamicInterfaces: false,
      garpInterval: zero,
      gnaInterval: 1_000,
    });
  });

  it('take the router’s name from the host', () => {
    expect(load('').configuration?.vrrp.global.routerId).toBe('one');
  });
});
