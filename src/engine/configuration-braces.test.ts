import { describe, expect, it } from 'vitest';
import { instanceText, load } from './configuration.testkit.ts';

const names = (text: string): readonly string[] =>
  load(text).configuration?.vrrp.instances.map(({ name }) => name) ?? [];

describe('braces', () => {
  it.each([
    [
      'on the keyword line',
      'vrrp_instance V {\ninterface eth0\nvirtual_router_id 5\nvirtual_ipaddress {\n10.0.0.1\n}\n}',
    ],
    [
      'on a line of their own',
      'vrrp_instance V\n\n{\ninterface eth0\nvirtual_router_id 5\nvirtual_ipaddress\n{\n10.0.0.1\n}\n}',
    ],
    ['joined to words', 'vrrp_instance V{\ninterface eth0\nvirtual_router_id 5\nvirtual_ipaddress{10.0.0.1}}'],
    [
      'with a keyword after them',
      'vrrp_instance V { interface eth0\nvirtual_router_id 5\nvirtual_ipaddress { 10.0.0.1 } }',
    ],
  ])('may stand %s', (_, text) => {
    expect(load(text).told).toEqual([]);
    expect(names(text)).toEqual(['V']);
  });
});

describe('a block that is not closed', () => {
  it('is not closed by a brace that is not indented while what follows belongs into the block around it', () => {
    const text = `global_defs {\n  notification_email {\n    a@example.com\n}\n  router_id one\n}\n\n${instanceText().replace(/}\s*$/, '')}`;
    expect(load(text).codes).toEqual(['unclosed-block']);
  });

  it('is found by a keyword that belongs one block further out', () => {
    const text = `global_defs {\n   notification_email {\n   smtp_server 127.0.0.1\n   router_id one\n}\n\n${instanceText()}`;
    const { told, text: shown, testExitStatus, startExitStatus } = load(text);
    expect(told[0]).toBe('unclosed-block 2:4');
    expect(shown).toContain('"}" is missing before line 3, "smtp_server 127.0.0.1", which does not belong in it');
    expect({ testExitStatus, startExitStatus }).toEqual({ testExitStatus: 5, startExitStatus: 2 });
  });

  it.each([
    [
      'authentication',
      'vrrp_instance V {\ninterface eth0\nauthentication {\nauth_type PASS\nauth_pass x\nvirtual_router_id 5\nvirtual_ipaddress {\n10.0.0.1\n}\n}\n',
      '3:1',
    ],
    [
      'virtual_ipaddress',
      'vrrp_instance V {\ninterface eth0\nvirtual_ipaddress {\n10.0.0.1\nvirtual_router_id 5\n}\n',
      '3:1',
    ],
    [
      'vrrp_instance',
      `vrrp_instance V {\ninterface eth0\nvirtual_router_id 5\nvirtual_ipaddress {\n10.0.0.1\n}\n${instanceText().replace('V', 'W').replace('_id 5', '_id 6')}`,
      '1:1',
    ],
    [
      'url',
      'virtual_server 10.0.0.1 80 {\nprotocol TCP\nlvs_sched rr\nlvs_method NAT\nreal_server 10.0.0.2 80 {\nHTTP_GET {\nurl {\npath /\nconnect_timeout 3\n}\n}\n}\n',
      '7:1',
    ],
  ])('is found: %s', (_, text, place) => {
    expect(load(text).told.filter(told => !told.startsWith('not-built'))).toEqual([`unclosed-block ${place}`]);
  });

  it('is found by indentation where keywords say nothing', () => {
    const text = [
      'vrrp_sync_group G {',
      '  group {',
      '    V',
      '    W',
      '}',
      instanceText(),
      instanceText().replace('V', 'W').replace('_id 5', '_id 6'),
    ].join('\n');
    const { told, text: shown } = load(text);
    expect(told).toEqual(['unclosed-block 2:3']);
    expect(shown).toContain('"}" is missing before line 5');
  });

  it('may be the last one, whose end nobody doubts', () => {
    const text = instanceText().replace(/\}\n$/, '');
    const { told, configuration, testExitStatus } = load(text);
    expect(told).toEqual(['unclosed-block 1:1']);
    expect(testExitStatus).toBe(5);
    expect(configuration?.vrrp.instances).toHaveLength(1);
  });
});

describe('a closing brace too many', () => {
  it('at the end of the file harms nobody', () => {
    const { told, configuration, testExitStatus } = load(`${instanceText()}}\n`);
    expect(told).toEqual(['extra-brace 9:1']);
    expect(testExitStatus).toBe(5);
    expect(configuration?.vrrp.instances).toHaveLength(1);
  });

  it('is found by the keywords that it locks out', () => {
    const text = 'vrrp_instance V {\ninterface eth0\n}\nvirtual_router_id 5\nvirtual_ipaddress {\n10.0.0.1\n}\n}\n';
    const { told, configuration } = load(text);
    expect(told).toEqual(['extra-brace 3:1']);
    expect(configuration).toBeUndefined();
  });
});

describe('an opening brace', () => {
  it('that is missing is found by what follows', () => {
    const text = instanceText().replace('virtual_ipaddress {', 'virtual_ipaddress');
    const { told, configuration } = load(text);
    expect(told).toEqual(['missing-opening-brace 5:1']);
    expect(configuration).toBeUndefined();
  });

  it('after a keyword without a block is refused', () => {
    const { told, startExitStatus } = load(instanceText('priority 100 {\nfoo\n}'));
    expect(told).toEqual(['unexpected-brace 4:14']);
    expect(startExitStatus).toBe(2);
  });

  it('before any keyword is refused', () => {
    expect(load('{\nfoo\n}\n').told).toEqual(['unexpected-brace 1:1']);
  });

  it('may not be repeated without end', () => {
    expect(load('a {'.repeat(10_000)).codes).toContain('too-deep');
    expect(load('}'.repeat(100_000)).testExitStatus).toBe(5);
  });
});

describe('keywords', () => {
  it('unknown ones are named with what was meant, and loading goes on', () => {
    const { text, told, configuration, testExitStatus } = load(instanceText('prioritty 100\nsmtp_server x\nfoo bar'));
    expect(told).toEqual(['unknown-keyword 4:1', 'unknown-keyword 5:1', 'unknown-keyword 6:1']);
    expect(text).toContain('did you mean "priority"?');
    expect(text).toContain('it belongs in a global_defs block');
    expect(testExitStatus).toBe(5);
    expect(configuration?.vrrp.instances[0]?.priority).toBe(100);
  });

  it('unknown blocks are passed over whole', () => {
    const { told, configuration } = load(`foo {\nbar {\nx\n}\npriority 7\n}\n${instanceText()}`);
    expect(told).toEqual(['unknown-keyword 1:1']);
    expect(configuration?.vrrp.instances).toHaveLength(1);
  });

  it('a second one on a line is not lost silently', () => {
    const { told, text } = load(instanceText('authentication { auth_type PASS auth_pass 1111 }'));
    expect(told).toContain('second-keyword-on-line 4:33');
    expect(text).toContain('write one keyword per line');
  });

  it('without their parameter end keepalived, so they refuse', () => {
    expect(load(instanceText('priority'))).toMatchObject({
      told: ['missing-parameter 4:1'],
      testExitStatus: 2,
      startExitStatus: 2,
    });
  });

  it('that are harmless while unbuilt are reported once per topic', () => {
    const { told, text, testExitStatus } = load(
      `global_defs {\nsnmp_socket x\nenable_snmp_vrrp\nenable_dbus\n}\n${instanceText()}`,
    );
    expect(told).toEqual(['not-built 2:1', 'not-built 4:1']);
    expect(text).toContain('"snmp_socket", "enable_snmp_vrrp" have no effect yet');
    expect(testExitStatus).toBe(0);
  });

  it('are told of one by one where they have no topic', () => {
    const { text } = load(`${instanceText()}global_defs {\nprocess_monitor_rcv_bufs 65536\n}\n`);
    expect(text).toContain('"process_monitor_rcv_bufs" has no effect yet');
    expect(text).toContain('what it would do: SO_RCVBUF of the proc connector socket');
  });

  it.each([
    ['global_defs {\nvrrp_strict\n}', 'not-built-refused 2:1'],
    ['net_namespace x', 'not-built-refused 1:1'],
    ['interface_up_down_delays {\neth0 2\n}', 'not-built-refused 1:1'],
    [instanceText('use_vmac'), 'not-built-refused 4:1'],
    [instanceText('strict_mode'), 'not-built-refused 4:1'],
    [instanceText('no_accept'), 'not-built-refused 4:1'],
    [instanceText('timer_expired_backup'), 'not-built-refused 4:1'],
    [instanceText('auth_hmac {\nkey 1 x\n}'), 'not-built-refused 4:1'],
    [instanceText('authentication {\nauth_type AH\nauth_pass x\n}'), 'not-built-refused 5:1'],
    [instanceText('garp_extra_if all 5'), 'not-built-refused 4:1'],
    [instanceText('old_unicast_checksum\nunicast_peer {\n10.0.0.9\n}'), 'not-built-refused 4:1'],
    [instanceText('', '10.0.0.1 use_vmac'), 'not-built-refused 6:10'],
  ])('that must not be passed over refuse: %#', (text, told) => {
    const loaded = load(text);
    const harmless = loaded.told.filter(line => !line.startsWith('not-built '));
    expect({ ...loaded, told: harmless }).toMatchObject({
      told: [told],
      testExitStatus: 0,
      startExitStatus: 2,
      configuration: undefined,
    });
  });

  it.each([
    'global_defs {\nvrrp_strict no\n}',
    instanceText('strict_mode off'),
    instanceText('garp_extra_if 5'),
    instanceText('old_unicast_checksum never\nunicast_peer {\n10.0.0.9\n}'),
  ])('that are switched off refuse nothing: %#', text => {
    expect(load(text)).toMatchObject({ told: [], startExitStatus: undefined });
  });

  it('of the past are told apart from unknown ones', () => {
    const { told } = load(
      'virtual_server 10.0.0.1 80 {\nnat_mask 255.255.255.0\nprotocol TCP\nlvs_sched rr\nlvs_method NAT\nreal_server 10.0.0.2 80 {\nfoo\n}\n}\n',
    );
    expect(told).toEqual(['obsolete-keyword 2:1', 'unknown-keyword 7:1']);
  });
});
