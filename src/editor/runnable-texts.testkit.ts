import fc from 'fast-check';

/** Configurations that mostly load, with values at and beyond their bounds and settings that contradict each other. */
const seconds = fc.constantFrom('0', '1', '3', '0.5', '1.4', '40.95', '255', '4000', 'x', '-1');
const count = fc.constantFrom('0', '1', '5', '300', 'many', '7x');
const yes = fc.constantFrom('', ' on', ' off', ' yes', ' no', ' maybe');
const script = fc.constantFrom(
  '/bin/true',
  '"/bin/true -a  \\"b c\\""',
  '/bin/none',
  '"[ -f /x ] && exit 1"',
  '/bin/true root',
  "'/bin/true x'",
  '</dev/tcp/127.0.0.1/80',
);
const address = fc.constantFrom(
  '10.0.0.1',
  '10.0.0.2/24 dev eth1',
  '10.0.0.3/24 brd +',
  'fe80::1',
  '2001:db8::1/64',
  '10.0.0.999',
  '10.0.0.4/ label x',
  '10.0.0.5 scope link no_track',
  '10.0.0.6 dev none',
);

const lines = (...choices: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.array(fc.oneof(...choices), { maxLength: 8 }).map(list => list.map(line => `    ${line}\n`).join(''));
const of = (keyword: string, value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  value.map(text => `${keyword} ${text}`);
const flag = (...keywords: string[]): fc.Arbitrary<string> => fc.constantFrom(...keywords);
const block = (keyword: string, ...inner: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  lines(...inner).map(text => `${keyword} {\n${text}    }`);

const weight = fc.constantFrom('', ' weight 5', ' weight -20', ' weight 999', ' weight 0 reverse', ' weight', ' junk');

const globals = lines(
  of('vrrp_garp_master_delay', seconds),
  of('vrrp_garp_master_repeat', count),
  of('vrrp_garp_lower_prio_delay', seconds),
  of('vrrp_garp_lower_prio_repeat', count),
  of('vrrp_garp_master_refresh', seconds),
  of('vrrp_garp_master_refresh_repeat', count),
  of('vrrp_garp_interval', seconds),
  of('vrrp_startup_delay', seconds),
  of('vrrp_version', fc.constantFrom('2', '3', '4')),
  of('vrrp_mcast_group4', fc.constantFrom('224.0.0.20', '10.0.0.1', 'ff02::5', 'x')),
  of('vrrp_down_timer_adverts', count),
  fc
    .tuple(
      flag('vrrp_min_garp', 'vrrp_lower_prio_no_advert', 'vrrp_skip_check_adv_addr', 'vrrp_owner_ignore_adverts'),
      yes,
    )
    .map(pair => pair.join('')),
  flag(
    'dynamic_interfaces',
    'vrrp_check_unicast_src',
    'v3_checksum_as_v2',
    'log_unknown_vrids',
    'enable_script_security',
    'enable_dbus',
    'nonsense',
  ),
  of('router_id', fc.constantFrom('a', '"a b"', 'a\\#b', 'ü')),
  of('startup_script', script),
  of('startup_script_timeout', count),
  of('umask', fc.constantFrom('077', '0x12', 'IRGRP|IROTH', '9999', 'x')),
  of('vrrp_rx_bufs_policy', fc.constantFrom('MTU', 'ADVERT', '5000', 'x')),
  of('json_version', count),
  of('script_user', fc.constantFrom('root', 'nobody', 'root root')),
);

const instance = lines(
  of('state', fc.constantFrom('MASTER', 'BACKUP', 'FAULT')),
  of('priority', fc.constantFrom('1', '100', '254', '255', '256', 'x')),
  of('version', fc.constantFrom('2', '3', '5')),
  of('advert_int', seconds),
  of('preempt_delay', seconds),
  of('garp_master_delay', seconds),
  of('garp_master_repeat', count),
  of('garp_master_refresh', seconds),
  of('garp_master_refresh_repeat', count),
  of('garp_lower_prio_repeat', count),
  of('garp_lower_prio_delay', seconds),
  of('down_timer_adverts', count),
  of('mcast_src_ip', fc.constantFrom('10.0.0.9', 'fe80::9', 'x')),
  of('mcast_dst_ip', fc.constantFrom('224.0.0.30', '10.0.0.9')),
  of('unicast_src_ip', fc.constantFrom('10.0.0.9', 'x')),
  of('unicast_ttl', count),
  fc
    .tuple(
      flag(
        'lower_prio_no_advert',
        'higher_prio_send_advert',
        'skip_check_adv_addr',
        'owner_ignore_adverts',
        'v3_checksum_as_v2',
      ),
      yes,
    )
    .map(pair => pair.join('')),
  flag(
    'nopreempt',
    'preempt',
    'track_src_ip',
    'dont_track_primary',
    'check_unicast_src',
    'unicast_fault_no_peer',
    'no_virtual_ipaddress',
    'promote_secondaries',
    'accept',
    'nonsense',
    'debug 1',
  ),
  fc.tuple(flag('notify', 'notify_master', 'notify_deleted', 'notify_stop'), script).map(pair => pair.join(' ')),
  flag('notify_deleted'),
  block('virtual_ipaddress_excluded', address),
  block(
    'unicast_peer',
    fc.constantFrom('10.0.0.20', '10.0.0.21 min_ttl 3', '10.0.0.9', 'x', '10.0.0.22 max_ttl', 'fe80::7'),
  ),
  block(
    'track_interface',
    fc.tuple(fc.constantFrom('eth0', 'eth1', 'none'), weight).map(pair => pair.join('')),
  ),
  block(
    'track_script',
    fc.tuple(fc.constantFrom('A', 'B', 'C'), weight).map(pair => pair.join('')),
  ),
  block(
    'authentication',
    flag('auth_type PASS', 'auth_type NONE', 'auth_pass secret', 'auth_pass muchtoolong', 'auth_pass "a b"'),
  ),
);

const trackScript = fc
  .tuple(
    fc.constantFrom('A', 'B'),
    script,
    lines(
      of('interval', seconds),
      of('timeout', seconds),
      of('weight', fc.constantFrom('5', '-5 reverse', '5 junk', 'x')),
      of('rise', count),
      of('fall', count),
      of('user', fc.constantFrom('root', 'nobody')),
    ),
  )
  .map(([name, command, more]) => `vrrp_script ${name} {\n    script ${command}\n${more}}\n`);

const group = fc
  .tuple(
    lines(
      flag('group {\n V1\n V2\n }', 'group { V1 V3 none }', 'sync_group_tracking_weight', 'global_tracking'),
      block(
        'track_script',
        fc.tuple(fc.constantFrom('A', 'B'), weight).map(pair => pair.join('')),
      ),
      of('notify', script),
    ),
  )
  .map(([text]) => `vrrp_sync_group G {\n${text}}\n`);

const vrrpInstance = fc
  .tuple(fc.integer({ min: 1, max: 3 }), instance, fc.array(address, { minLength: 1, maxLength: 3 }))
  .map(
    ([number, text, addresses]) =>
      `vrrp_instance V${number} {\n    interface eth${number - 1}\n    virtual_router_id ${number}\n${text}    virtual_ipaddress {\n${addresses.map(line => `        ${line}\n`).join('')}    }\n}\n`,
  );

export const runnableText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      globals.map(text => `global_defs {\n${text}}\n`),
      { weight: 3, arbitrary: vrrpInstance },
      trackScript,
      group,
      fc.constantFrom(
        'instance east\n',
        'child_wait_time 9\n',
        'use_pid_dir\n',
        'nonsense {\nx\n}\n',
        '@two instance west\n',
        'virtual_server 10.0.0.1 80 {\ndelay_loop 6\n}\n',
      ),
    ),
    { maxLength: 7 },
  )
  .map(parts => parts.join('\n'));
