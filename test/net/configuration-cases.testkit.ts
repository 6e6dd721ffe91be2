// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are substitutions of the language itself
// Small configurations, each with one thing to judge. keepalived's verdict on them is asked for, not remembered.

import { readFileSync } from 'node:fs';

export interface VerdictCase {
  readonly name: string;
  readonly text: string;
  /** Why our verdict is meant to differ; a row of docs/differences.md. */
  readonly differs?: string;
}

interface InstanceOptions {
  readonly name?: string;
  readonly state?: string;
  readonly interface?: string;
  readonly vrid?: string;
  readonly addresses?: string;
  readonly lines?: string;
}

function instance(options: InstanceOptions = {}): string {
  return `vrrp_instance ${options.name ?? 'V'} {
${options.state ?? 'state BACKUP'}
interface ${options.interface ?? 'eth0'}
virtual_router_id ${options.vrid ?? '5'}
${options.lines ?? ''}
virtual_ipaddress {
${options.addresses ?? '10.0.0.1'}
}
}
`;
}

const secure = 'global_defs {\nenable_script_security\nscript_user root\n}\n';
const globals = (lines: string): string => `global_defs {\n${lines}\n}\n${instance()}`;
const line = (name: string, lines: string): VerdictCase => ({ name, text: instance({ lines }) });
const address = (name: string, addresses: string): VerdictCase => ({ name, text: instance({ addresses }) });
const script = (command: string, lines = ''): string => `vrrp_script s {\nscript ${command}\n${lines}\n}\n`;
const tracking = 'track_script {\ns\n}';
const scripted = (name: string, command: string, lines = '', before = secure): VerdictCase => ({
  name,
  text: before + script(command, lines) + instance({ lines: tracking }),
});
const many = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_, i) => make(i)).join('\n');

const language: readonly VerdictCase[] = [
  { name: 'plain', text: instance() },
  { name: 'empty', text: '' },
  { name: 'comment only', text: '! nothing\n# at all\n' },
  {
    name: 'first line after the brace',
    text: 'vrrp_instance V { state BACKUP\ninterface eth0\nvirtual_router_id 5\nvirtual_ipaddress { 10.0.0.1 }\n}\n',
  },
  {
    name: 'braces joined to words',
    text: 'vrrp_instance V{\ninterface eth0\nvirtual_router_id 5\nvirtual_ipaddress{\n10.0.0.1\n}\n}\n',
  },
  {
    name: 'brace on the next line',
    text: 'vrrp_instance V\n\n{\ninterface eth0\nvirtual_router_id 5\nvirtual_ipaddress\n{\n10.0.0.1\n}\n}\n',
  },
  {
    name: 'two closing braces on a line',
    text: 'vrrp_instance V {\ninterface eth0\nvirtual_router_id 5\nvirtual_ipaddress {\n10.0.0.1 } }\n',
  },
  {
    name: 'a block after a closing brace',
    text: 'vrrp_instance V {\ninterface eth0\nvirtual_router_id 5\nvirtual_ipaddress {\n10.0.0.1\n} authentication {\nauth_type PASS\nauth_pass 1 } }\n',
  },
  { name: 'missing opening brace', text: instance().replace('vrrp_instance V {', 'vrrp_instance V') },
  { name: 'extra closing braces', text: `${instance()}}\n}\n` },
  { name: 'missing closing brace', text: instance().replace(/\}\n$/, '') },
  { name: 'two keywords on a line', text: instance({ lines: 'authentication { auth_type PASS auth_pass 1111 }' }) },
  { name: 'trailing words', text: instance({ lines: 'priority 100 x\nadvert_int 1 y\nnopreempt z' }) },
  {
    name: 'comments joined to words',
    text: 'vrrp_instance V { #x\ninterface eth0#x\nvirtual_router_id 5!x\nvirtual_ipaddress { !x\n10.0.0.1#x\n}#\n}\n',
  },
  { name: 'slash comment alone', text: instance({ lines: '// hello' }) },
  { name: 'slash comment after a value', text: instance({ lines: 'priority 100 // hello' }) },
  { name: 'slash comment in a block of lines', text: instance({ addresses: '10.0.0.1 // hello' }) },
  {
    name: 'slash comment after an opening brace',
    text: instance().replace('virtual_ipaddress {', 'virtual_ipaddress { // hello'),
  },
  { name: 'slash comment after a closing brace', text: instance().replace('}\n}', '} // hello\n}') },
  { name: 'quoted words', text: instance({ name: '"V 1"', interface: '"eth0"', vrid: '"5"' }) },
  { name: 'unknown keyword', text: instance({ lines: 'sttate BACKUP' }) },
  { name: 'unknown block', text: `unknown_block {\nstate MASTER\n}\n${instance()}` },
  { name: 'unknown block inside', text: instance({ lines: 'foo {\nbar {\nx\n}\n}' }) },
  { name: 'missing parameter', text: instance({ lines: 'priority' }) },
  { name: 'missing parameter of a block of its own', text: instance({ interface: '' }) },
  { name: 'a definition', text: `$IF=eth0\n${instance({ interface: '$IF' })}` },
  { name: 'a definition in braces', text: `$NET=10.0.0\n${instance({ addresses: '${NET}.1' })}` },
  {
    name: 'a multi-line definition',
    text: `$BODY= \\\ninterface eth0 \\\nvirtual_router_id 5\nvrrp_instance V {\n$BODY\nvirtual_ipaddress {\n10.0.0.1\n}\n}\n`,
  },
  { name: 'a sequence', text: instance({ addresses: '~SEQ(I, 3) 10.0.0.$I' }) },
  { name: 'a list', text: instance({ addresses: '~LST(I, 7, 8) 10.0.0.$I' }) },
  { name: 'a condition that fails', text: instance({ lines: '@nobody priority foo' }) },
  { name: 'a negative condition that holds', text: instance({ lines: '@^nobody priority foo' }) },
  { name: 'no instance name', text: instance({ name: '' }) },
  { name: 'two words as instance name', text: instance({ name: 'V extra' }) },
  { name: 'an include that matches nothing', text: `include /nonexistent/x.conf\n${instance()}` },
  { name: 'an includea that matches nothing', text: `includea /nonexistent/x.conf\n${instance()}` },
  { name: 'windows line ends', text: instance().replaceAll('\n', '\r\n') },
  { name: 'brace in a word', text: 'global_defs {\nrouter_id a{b\n}\n' },
  { name: 'unterminated quote', text: 'global_defs {\nrouter_id "ab\n}\n' },
];

const instances: readonly VerdictCase[] = [
  { name: 'unknown state', text: instance({ state: 'state FOO' }) },
  { name: 'state twice', text: instance({ state: 'state MASTER\nstate BACKUP' }) },
  { name: 'state MASTER without priority', text: instance({ state: 'state MASTER' }) },
  ...['0', '256', '5x', '0x5', '05', '+5', '-1'].map(vrid => ({ name: `vrid ${vrid}`, text: instance({ vrid }) })),
  { name: 'no vrid', text: instance().replace('virtual_router_id 5', '') },
  { name: 'no interface', text: instance().replace('interface eth0', '') },
  { name: 'interface that does not exist', text: instance({ interface: 'eth9' }) },
  { name: 'interface that may come', text: `global_defs {\ndynamic_interfaces\n}\n${instance({ interface: 'eth9' })}` },
  { name: 'loopback', text: instance({ interface: 'lo' }) },
  { name: 'two instances of one name', text: instance() + instance({ vrid: '6' }) },
  { name: 'two instances of one vrid', text: instance() + instance({ name: 'W' }) },
  { name: 'one vrid in two families', text: instance() + instance({ name: 'W', addresses: 'fe80::1' }) },
  { name: 'one vrid in two groups', text: instance() + instance({ name: 'W', lines: 'mcast_dst_ip 224.0.0.20' }) },
  {
    name: 'one vrid, unicast and multicast',
    text: instance({ lines: 'unicast_peer {\n10.0.0.7\n}' }) + instance({ name: 'W' }),
  },
  {
    name: 'one vrid, different peers',
    text:
      instance({ lines: 'unicast_peer {\n10.0.0.7\n}' }) +
      instance({ name: 'W', lines: 'unicast_peer {\n10.0.0.8\n}' }),
  },
  {
    name: 'one vrid, the same peers',

    text:
      instance({ lines: 'unicast_peer {\n10.0.0.7\n}' }) +
      instance({ name: 'W', lines: 'unicast_peer {\n10.0.0.7\n}' }),
  },
  line('priority 0', 'priority 0'),
  line('priority 256', 'priority 256'),
  line('priority junk', 'priority 100abc'),
  ...['0', '0.4', '1.7', '256', '300', '255', '2s', '.5'].map(value =>
    line(`advert_int ${value}`, `advert_int ${value}`),
  ),
  ...['0.004', '0.01', '1.234', '40.95', '41', '255'].map(value =>
    line(`version 3, advert_int ${value}`, `version 3\nadvert_int ${value}`),
  ),
  line('version 4', 'version 4'),
  line('version junk', 'version 3x'),
  { name: 'version 2 with IPv6', text: instance({ lines: 'version 2', addresses: 'fe80::5' }) },
  { name: 'IPv6', text: instance({ addresses: 'fe80::5' }) },
  {
    name: 'nopreempt of an owner',
    text: instance({ state: 'state MASTER', lines: 'priority 255\nnopreempt\npreempt_delay 5' }),
  },
  { name: 'nopreempt with MASTER', text: instance({ state: 'state MASTER', lines: 'priority 150\nnopreempt' }) },
  {
    name: 'preempt_delay with MASTER',
    text: instance({ state: 'state MASTER', lines: 'priority 150\npreempt_delay 5' }),
  },
  line('nopreempt', 'nopreempt'),
  line('preempt_delay with nopreempt', 'nopreempt\npreempt_delay 5'),
  line('preempt_delay', 'preempt_delay 5.5'),
  line('preempt_delay too long', 'preempt_delay 1001'),
  line('preempt_delay junk', 'preempt_delay 7y'),
  line('owner without MASTER', 'priority 255'),
  line('authentication', 'authentication {\nauth_type PASS\nauth_pass secret\n}'),
  line('authentication without password', 'authentication {\nauth_type PASS\n}'),
  line('authentication of an unknown type', 'authentication {\nauth_type FOO\nauth_pass 1\n}'),
  line('authentication without type', 'authentication {\nauth_pass 123\n}'),
  line('long password', 'authentication {\nauth_type PASS\nauth_pass 123456789\n}'),
  line('authentication in version 3', 'version 3\nauthentication {\nauth_type PASS\nauth_pass 123\n}'),
  line('unicast source without peers', 'unicast_src_ip 10.0.0.9'),
  line('empty unicast_peer', 'unicast_peer {\n}'),
  line('fault without peers', 'unicast_peer {\n}\nunicast_fault_no_peer'),
  line('unicast_ttl without peers', 'unicast_ttl 5'),
  line('check_unicast_src without peers', 'check_unicast_src'),
  line('bad peer', 'unicast_peer {\n10.0.0\n10.0.0.8\n}'),
  line('bad peer option', 'unicast_peer {\n10.0.0.7 foo\n}'),
  line('bad peer ttl', 'unicast_peer {\n10.0.0.7 min_ttl 300\n}'),
  line('peer of the other family', 'unicast_peer {\n10.0.0.7\nfe80::1\n}'),
  line('peer bounds crossed', 'unicast_peer {\n10.0.0.7 min_ttl 4 max_ttl 3\n}'),
  line('own address as peer', 'unicast_src_ip 10.0.0.9\nunicast_peer {\n10.0.0.9\n10.0.0.7\n}'),
  line('unicast_ttl too large', 'unicast_ttl 256\nunicast_peer {\n10.0.0.7\n}'),
  line('bad source', 'unicast_src_ip 10.0.0.300\nunicast_peer {\n10.0.0.7\n}'),
  line('source of the other family', 'mcast_src_ip fe80::1'),
  line('group that is no group', 'mcast_dst_ip 10.0.0.1'),
  line('multicast group', 'mcast_dst_ip 224.0.0.19'),
  line('track_src_ip without source', 'track_src_ip'),
  line('zero repeats', 'garp_master_repeat 0\ngarp_master_refresh_repeat 0'),
  line('zero lower-priority repeats', 'garp_lower_prio_repeat 0\ngarp_master_delay 0'),
  line('fraction of a second', 'garp_lower_prio_delay 2.5'),
  line('negative delay', 'garp_master_delay -1'),
  line('bad boolean', 'lower_prio_no_advert foo'),
  line('booleans', 'lower_prio_no_advert\nhigher_prio_send_advert yes\nskip_check_adv_addr off'),
  line('down_timer_adverts 0', 'down_timer_adverts 0'),
  line('down_timer_adverts', 'down_timer_adverts 5'),
  line('preempt and accept', 'preempt\naccept'),
  line('native_ipv6', 'native_ipv6'),
  line('deprecated interface for the sync daemon', 'lvs_sync_daemon_interface eth0'),
  line('debug', 'debug 3'),
  line('notify_deleted alone', 'notify_deleted'),
  line('promote_secondaries', 'promote_secondaries'),
  line('dont_track_primary', 'dont_track_primary'),
];

const addresses: readonly VerdictCase[] = [
  { name: 'no address', text: instance({ addresses: '' }) },
  { name: 'no address in version 3', text: instance({ addresses: '', lines: 'version 3' }) },
  address('two addresses on a line', '10.0.0.1 10.0.0.2'),
  address('bad address', '10.0.0'),
  address('leading zero', '10.0.0.01\n10.0.0.2'),
  address('mixed families', '10.0.0.1\nfe80::1'),
  address('prefix too long', '10.0.0.1/33'),
  address('prefix junk', '10.0.0.1/24x'),
  address('prefix empty', '10.0.0.1/'),
  address('prefix zero', '10.0.0.1/0'),
  address('double slash', '10.0.0.1//24'),
  address('device', '10.0.0.1 dev eth1'),
  address('device that does not exist', '10.0.0.1 dev eth7\n10.0.0.2'),
  address('scope names', '10.0.0.1 scope link\n10.0.0.2 scope 200\n10.0.0.3 scope nowhere'),
  address('bad scope', '10.0.0.1 scope foo'),
  address('scope too large', '10.0.0.1 scope 300'),
  address('broadcast', '10.0.0.1/24 brd +\n10.0.0.2/24 brd -\n10.0.0.3/24 brd 10.0.0.255'),
  address('broadcast without value', '10.0.0.1 brd'),
  address('broadcast without room', '10.0.0.1 brd -'),
  address('bad broadcast', '10.0.0.1 brd 1.2.3'),
  address('broadcast for IPv6', 'fe80::1 brd +'),
  address('label', '10.0.0.1 label eth0:1'),
  address('label without value', '10.0.0.1 label'),
  address('label too long', '10.0.0.1 label eth0:thisisalonglabel'),
  address('label for IPv6', 'fe80::1 label x'),
  address('peer', '10.0.0.1 peer 10.0.0.2'),
  { ...address('peer with prefix', '10.0.0.1 peer 10.0.0.2/24'), differs: 'later releases take a prefix length' },
  address('prefix and peer', '10.0.0.3/24 peer 10.0.0.4'),
  address('flags', 'fe80::1 home -nodad mngtmpaddr noprefixroute autojoin no_track'),
  address('lifetimes', 'fe80::1 preferred_lft forever\nfe80::2 preferred_lft 70'),
  address('bad lifetime', 'fe80::1 preferred_lft x'),
  address('unknown option', '10.0.0.1 foo'),
  address('upper case', 'FE80::1/64 dev eth0'),
  address('the same twice', '10.0.0.1\n10.0.0.1/24'),
  address(
    '300 addresses',
    many(300, index => `10.0.${index >> 7}.${(index & 127) + 1}`),
  ),
  address(
    '100 IPv6 addresses',
    many(100, index => `fe80::${(index + 1).toString(16)}`),
  ),
  { name: 'excluded addresses', text: instance({ lines: 'virtual_ipaddress_excluded {\nfe80::7\n10.0.0.9\n}' }) },
  { name: 'two blocks of addresses', text: instance({ lines: 'virtual_ipaddress {\n10.0.0.5\n}' }) },
];

const globalCases: readonly VerdictCase[] = [
  ...[
    'vrrp_garp_master_delay x',
    'vrrp_garp_master_delay 3',
    'vrrp_garp_master_repeat 0',
    'vrrp_version 5',
    'vrrp_version 3',
    'vrrp_mcast_group4 1.2.3.4',
    'vrrp_mcast_group4 224.0.0.99',
    'vrrp_mcast_group6 224.0.0.1',
    'vrrp_garp_interval 0.5',
    'vrrp_garp_interval 0',
    'vrrp_gna_interval 0',
    'vrrp_startup_delay 5.5',
    'vrrp_startup_delay x',
    'vrrp_min_garp',
    'vrrp_lower_prio_no_advert foo',
    'vrrp_down_timer_adverts 101',
    'vrrp_rx_bufs_policy MTU\nvrrp_rx_bufs_multiplier 4',
    'vrrp_rx_bufs_policy foo',
    'vrrp_rx_bufs_multiplier 0',
    'vrrp_netlink_cmd_rcv_bufs 65536\nvrrp_netlink_cmd_rcv_bufs_force',
    'umask 0022',
    'umask IRGRP|IROTH',
    'umask foo',
    'script_user',
    'script_user nosuchuser',
    'script_user root nosuchgroup',
    'startup_script_timeout 0',
    'startup_script_timeout 5',
    'process_name aVeryLongProcessName',
    'router_id',
    'router_id "two words"',
    'dynamic_interfaces allow_if_changes',
    'log_unknown_vrids\nvrrp_check_unicast_src\nvrrp_skip_check_adv_addr',
    'random_seed 5',
    'random_seed x',
    'include_check +match',
    'notification_email {\na@b\n}\nsmtp_server 127.0.0.1\nsmtp_connect_timeout 30',
    'enable_snmp_vrrp\nenable_traps',
    'vrrp_priority -10\nvrrp_rt_priority 50\nvrrp_no_swap',
    'unknown_word 5',
  ].map(lines => ({ name: `global: ${lines.split('\n')[0]}`, text: globals(lines) })),
  { name: 'child_wait_time', text: `child_wait_time 3\ninstance one\nuse_pid_dir\n${instance()}` },
  { name: 'child_wait_time junk', text: `child_wait_time x\n${instance()}` },
];

const trackers: readonly VerdictCase[] = [
  line('tracked interface', 'track_interface {\neth1\neth2 weight 5\n}'),
  line('tracked interface that does not exist', 'track_interface {\neth9\n}'),
  line('tracked interface twice', 'track_interface {\neth1\neth1 weight 2\n}'),
  line('tracked interface with unknown option', 'track_interface {\neth1 foo\n}'),
  line('tracked interface reversed', 'track_interface {\neth2 weight 0 reverse\n}'),
  line('reverse without weight', 'track_interface {\neth0 reverse\n}'),
  line('unknown script', 'track_script {\nnope\n}'),
  scripted('script', '/bin/true'),
  scripted('script without security', '/bin/true', '', ''),
  scripted('script with arguments', `"/bin/true 'a b' \\"c\\""`),
  scripted('script, unquoted arguments', '/bin/true a b'),
  scripted('script in single quotes', "'/bin/true x'"),
  scripted('script found on the path', 'true'),
  scripted('script that does not exist', '/nonexistent'),
  scripted('script not on the path', 'nonexistent'),
  scripted('script that is a directory', '/tmp'),
  scripted('script that is not executable', '/etc/passwd'),
  scripted('script without a command', '""'),
  scripted('shell words', '"[ -f /x ] && exit 1 || exit 0"'),
  scripted('shell words without security', '"[ -f /x ] && exit 1 || exit 0"', '', ''),
  scripted('shell words of a built-in', '"cd /x && ls"'),
  scripted('tcp connection', '"</dev/tcp/127.0.0.1/80"', '', ''),
  scripted('file that opens', '"</etc/passwd"', '', ''),
  scripted('script values', '/bin/true', 'interval 2\ntimeout 3\nrise 2\nfall 3\nweight -15'),
  scripted('script values of zero', '/bin/true', 'interval 0\ntimeout 0\nrise 0\nfall 0'),
  {
    ...scripted('script interval with a fraction', '/bin/true', 'interval 0.5'),
    differs: 'later releases take fractions',
  },
  scripted('script weight too large', '/bin/true', 'weight 300'),
  scripted('script weight reversed', '/bin/true', 'weight 5 reverse'),
  scripted('script with a user', '/bin/true', 'user root root'),
  scripted('script with an unknown user', '/bin/true', 'user nosuchuser'),
  scripted('script with an unknown group', '/bin/true', 'user root nosuchgroup'),
  scripted('script that begins failed', '/bin/true', 'init_fail'),
  scripted('security without a user', '/bin/true', '', 'global_defs {\nenable_script_security\n}\n'),
  { name: 'script that nobody tracks', text: script('/bin/true') + instance() },
  { name: 'missing script that nobody tracks', text: script('/nonexistent') + instance() },
  { name: 'script without script', text: `${secure}vrrp_script s {\ninterval 1\n}\n${instance({ lines: tracking })}` },
  {
    name: 'two scripts of one name',
    text: secure + script('/bin/true') + script('/bin/false') + instance({ lines: tracking }),
  },
  {
    name: 'tracked twice',
    text: secure + script('/bin/true') + instance({ lines: 'track_script {\ns\ns weight 3\n}' }),
  },
  {
    name: 'weight without value',
    text: secure + script('/bin/true') + instance({ lines: 'track_script {\ns weight\n}' }),
  },
  { name: 'notify', text: secure + instance({ lines: 'notify "/bin/true a"\nnotify_master /bin/true root root' }) },
  { name: 'notify without security', text: instance({ lines: 'notify_master /bin/true' }) },
  { name: 'notify of a missing script', text: instance({ lines: 'notify_master /nonexistent' }) },
  { name: 'notify with unquoted arguments', text: secure + instance({ lines: 'notify_master /bin/true master' }) },
  { name: 'notify without a script', text: secure + instance({ lines: 'notify_master' }) },
];

const two = instance() + instance({ name: 'W', vrid: '6' });
const group = (lines: string, name = 'G'): string => `vrrp_sync_group ${name} {\n${lines}\n}\n`;
const groups: readonly VerdictCase[] = [
  { name: 'group', text: group('group {\nV\nW\n}') + two },
  { name: 'group on one line', text: group('group {\nV W\n}') + two },
  { name: 'group of one', text: group('group {\nV\n}') + two },
  { name: 'group with an unknown member', text: group('group {\nV\nW\nX\n}') + two },
  { name: 'group without members', text: group('') + two },
  { name: 'group without a name', text: group('group {\nV\nW\n}', '') + two },
  { name: 'two groups of the same members', text: group('group {\nV\nW\n}') + group('group {\nV\nW\n}', 'H') + two },
  { name: 'global_tracking', text: group('group {\nV\nW\n}\nglobal_tracking') + two },
  {
    name: 'weights in a group',
    text: `${secure}${script('/bin/true', 'weight 5')}${group('group {\nV\nW\n}')}${instance({ lines: 'track_script {\ns\n}\ntrack_interface {\neth2 weight 4\n}' })}${instance({ name: 'W', vrid: '6' })}`,
  },
  {
    name: 'weights kept in a group',
    text: `${secure}${script('/bin/true', 'weight 5')}${group('sync_group_tracking_weight\ngroup {\nV\nW\n}')}${instance({ lines: tracking })}${instance({ name: 'W', vrid: '6' })}`,
  },
];

const balanced = (checker: string): string =>
  `virtual_server 10.0.0.1 80 {\nlvs_sched rr\nlvs_method NAT\nprotocol TCP\nreal_server 10.0.0.2 80 {\n${checker}\n}\n}\n${instance()}`;
const page = 'url {\npath /\n}';
const own: readonly VerdictCase[] = [
  { name: 'our own keyword under a condition', text: balanced('TCP_CHECK {\n@holdfast shadow\n}') },
  { name: 'our own value under a condition', text: balanced(`HTTP_GET {\n@holdfast http_protocol 2\n${page}\n}`) },
  { name: 'our own value in sight', text: balanced(`HTTP_GET {\nhttp_protocol 2\n${page}\n}`) },
  { name: 'our own block', text: balanced('@holdfast GRPC_CHECK {\n@holdfast service x\n@holdfast }') },
  { name: 'a line of our own block in sight', text: balanced('@holdfast GRPC_CHECK {\nservice x\n@holdfast }') },
  { name: 'a brace of our own block in sight', text: balanced('@holdfast GRPC_CHECK {\n@holdfast service x\n}') },
  {
    name: 'the examples say how',
    text: readFileSync(new URL('../../examples/load-balancer.conf', import.meta.url), 'utf8').replace('@lb1', '@one'),
  },
];

/** What people's files have again and again. */
const field: readonly VerdictCase[] = [
  line('placeholder of a template', 'priority {{ priority }}'),
  line('placeholder for a person', 'priority <priority>'),
  line('definition that is none', 'priority ${PRIORITY}'),
  { name: 'template around a block', text: `{% for x in y %}\n${instance({ name: '{{ x }}' })}{% endfor %}\n` },
  line('unfinished merge', '<<<<<<< one\npriority 5\n=======\npriority 6\n>>>>>>> two'),
  line('no-break space', 'priority\u00a0100'),
  line('remark without a mark', 'priority 100 the better one\ntrack_interface { those that matter\neth1\n}'),
  line('value of two words after a brace', 'authentication { auth_type PASS\nauth_pass 1234 }'),
  line('sync daemon of an instance', 'lvs_sync_daemon_interface eth1'),
  line('sync daemon on the next line', 'lvs_sync_daemon_interface\neth1'),
  line('debug of an instance', 'debug 2'),
  line('debug beyond', 'debug 9'),
  line('flag that is to be off', 'nopreempt no'),
  line('values twice', 'priority 5\npriority 6\ninterface eth1'),
  line('password that a mark cuts', 'authentication {\nauth_type PASS\nauth_pass a!b\n}'),
  line('notify with an open quote', 'notify "/bin/true a'),
  { name: 'interface of 16 bytes', text: instance({ interface: 'e123456789abcdef', lines: 'notify /bin/true' }) },
  {
    name: 'interface of 16 bytes that may come',
    text: globals('dynamic_interfaces') + instance({ interface: 'e123456789abcdef' }),
  },
  line('two states', 'state BACKUP or MASTER'),
  line('two interfaces', 'interface eth1 eth2'),
  line('placeholder like a condition', 'unicast_peer {\n@PEER@\n}'),
  line('use_vmac off', 'use_vmac no'),
  line('block without a brace', 'track_interface eth1'),
  {
    name: 'brace that is not indented',
    text: `global_defs {\n notification_email {\n  a@example.com\n}\n router_id one\n}\n${instance().replace(/}\s*$/, '')}`,
  },
  {
    name: 'weighted script of an address owner',
    text: secure + script('/bin/true', 'weight 5') + instance({ lines: `priority 255\n${tracking}` }),
  },
  {
    name: 'weighted interface of an address owner',
    text: instance({ lines: 'priority 255\ntrack_interface {\neth1 weight 5\n}' }),
  },
  {
    name: 'weighted file of an address owner',
    text: `track_file F {\nfile /tmp/f\n}\n${instance({ lines: 'priority 255\ntrack_file {\nF\n}' })}`,
  },
  {
    name: 'weighted process of an address owner',
    text: `vrrp_track_process P {\nprocess x\n}\n${instance({ lines: 'priority 255\ntrack_process {\nP weight 5\n}' })}`,
  },
  {
    name: 'weighted script of a group',
    text: `${secure}${script('/bin/true', 'weight 5')}${instance()}vrrp_sync_group G {\ngroup {\nV\n}\n${tracking}\n}\n`,
  },
  { name: 'member without its block', text: `vrrp_sync_group G {\nV\n}\n${instance()}` },
  { name: 'missing interface, scripts', text: script('/bin/true') + instance({ interface: 'eth9', lines: tracking }) },
  { name: 'missing interface, notify', text: instance({ interface: 'eth9', lines: 'notify /bin/true' }) },
  {
    name: 'missing interface, checking script',
    text: balanced('notify_down /bin/true').replace('interface eth0', 'interface eth9'),
  },
  {
    name: 'missing device, scripts',
    text: script('/bin/true') + instance({ lines: tracking, addresses: '10.0.0.1 dev eth9' }),
  },
  { name: 'scripts of services only', text: balanced('MISC_CHECK {\nmisc_path /bin/true\n}') },
  { name: 'retry by its old name', text: balanced('TCP_CHECK {\nnb_get_retry 3\n}') },
  { name: 'no persistence by a zero', text: balanced('').replace('protocol', 'persistence_timeout 0\nprotocol') },
  { name: 'forwarding in lower case', text: balanced('').replace('NAT', 'nat') },
  { name: 'scheduler in upper case', text: balanced('').replace('rr', 'RR') },
  { name: 'port after a colon', text: balanced('').replace('10.0.0.2 80', '10.0.0.2:80') },
  { name: 'lvs_id', text: globals('lvs_id one') },
  { name: 'FIFO without an owner', text: globals('enable_script_security\nvrrp_notify_fifo /tmp/f') },
  { name: 'FIFO with an owner', text: globals('enable_script_security\nvrrp_notify_fifo /tmp/f root') },
  { name: 'reader of a FIFO', text: globals('vrrp_notify_fifo /tmp/f\nvrrp_notify_fifo_script /bin/true') },
  { name: 'reader of another FIFO', text: globals('lvs_notify_fifo /tmp/f\nlvs_notify_fifo_script /bin/true') },
  { name: 'remarks in other languages', text: `; one\n-- two\n/* three */\n${instance()}` },
];

export const verdictCases: readonly VerdictCase[] = [
  ...own,
  ...field,
  ...language,
  ...instances,
  ...addresses,
  ...globalCases,
  ...trackers,
  ...groups,
];
