import { describe, expect, it } from 'vitest';
import { seconds } from '../base/duration.ts';
import type { VirtualServerConfiguration } from '../lvs/configuration.ts';
import { realServer, virtualServer } from '../lvs/lvs.testkit.ts';
import { checkerOf, loaded, probeOf, real, service } from './balancing.testkit.ts';
import { tcpCheck, globals as usualGlobals } from './checker-process.testkit.ts';
import { load } from './configuration.testkit.ts';

function serverOf(text: string): VirtualServerConfiguration {
  return loaded(text).lvs.virtualServers[0]!;
}

describe('a virtual server', () => {
  it('has keepalived’s defaults', () => {
    const usual = virtualServer([realServer(1, { mail: true })], { mail: false });
    expect(serverOf(service(real()))).toEqual({ ...usual, service: { ...usual.service, scheduler: 'rr' } });
  });

  it('says what it takes where scheduler, method and protocol are missing', () => {
    const { lvs, codes } = loaded(service(real(), '192.0.2.1 80', ''));
    expect(codes).toEqual(['no-protocol', 'no-scheduler', 'no-forwarding']);
    expect(lvs.virtualServers[0]).toMatchObject({ name: '[192.0.2.1]:udp:80', service: { scheduler: 'wlc' } });
  });

  it('gets persistence where it serves every port', () => {
    const { lvs, codes } = loaded(service(real(), '192.0.2.1'));
    expect(codes).toEqual(['port-without-persistence']);
    expect(lvs.virtualServers[0]!.service.persistenceSeconds).toBe(360);
  });

  it.each([
    ['persistence_timeout', { persistenceSeconds: 360 }],
    ['persistence_timeout 7\npersistence_granularity 255.255.240.0', { persistencePrefix: 20 }],
    ['lvs_sched sh\nsh-port', { schedulerFlags: [false, true, false] }],
    ['lvs_sched mh\nmh-fallback\nflag-3', { schedulerFlags: [true, false, true] }],
  ])('reads %s', (lines, expected) => {
    expect(serverOf(service(`${lines}\n${real()}`)).service).toMatchObject(expected);
  });

  it('by a mark has neither protocol nor ports', () => {
    const text = service(
      `sorry_server 10.0.0.9 99\n${real('', '10.0.0.1 81')}`,
      'fwmark 7',
      'lvs_sched rr\nlvs_method DR',
    );
    const { lvs, codes } = loaded(text);
    expect(codes).toEqual(['port-reset', 'port-reset']);
    expect(lvs.virtualServers[0]).toMatchObject({
      name: 'FWM 7',
      keys: [{ type: 'fwmark', mark: 7, family: 4 }],
      protocol: undefined,
      sorryServer: { port: 0, forwarding: { type: 'dr' } },
      realServers: [{ name: '[10.0.0.1]:none:0', port: 0 }],
    });
  });

  it('of a group has a service for each address', () => {
    const group =
      'virtual_server_group g {\n192.0.2.254-255 80\n192.0.2.32/31 81\n192.0.3.255-192.0.4.0 82\nfwmark 5\n}\n';
    const { name, keys } = serverOf(group + service(real(), 'group g'));
    expect(name).toBe('[g]:0');
    expect(keys.map(key => (key.type === 'fwmark' ? key.mark : `${key.address}:${key.port}`))).toEqual([
      '192.0.2.254:80',
      '192.0.2.255:80',
      '192.0.2.32:81',
      '192.0.2.33:81',
      '192.0.3.255:82',
      '192.0.4.0:82',
      5,
    ]);
  });

  it('of a group counts the others of the group before it, and is one for each protocol', () => {
    const group = 'virtual_server_group g {\n192.0.2.1 80\n192.0.2.2 81\n}\n';
    const of = (protocol: string) => service(real(), 'group g', `lvs_sched rr\nlvs_method NAT\nprotocol ${protocol}`);
    const { lvs, codes } = loaded(`${group}${of('UDP')}${service(real())}${of('TCP')}${of('UDP')}`);
    expect(lvs.virtualServers.map(({ name }) => name)).toEqual(['[g]:0', '[192.0.2.1]:tcp:80', '[g]:1']);
    expect(codes).toEqual(['duplicate-service', 'duplicate-service']);
  });

  it('corrects a quorum and hysteresis that could never change', () => {
    const { lvs, codes } = loaded(service(`quorum 9\nhysteresis 4\n${real('weight 2')}`));
    expect(codes).toEqual(['quorum-too-large', 'hysteresis-too-large']);
    expect(lvs.virtualServers[0]).toMatchObject({ quorum: 2, hysteresis: 1 });
  });

  it('keeps a quorum that nobody can reach above nothing', () => {
    expect(serverOf(service(real('weight 0')))).toMatchObject({ quorum: 1, hysteresis: 0 });
  });

  it('that is defined twice is there once', () => {
    const { lvs, codes } = loaded(service(real()) + service(real('', '10.0.0.2 80')));
    expect(codes).toEqual(['duplicate-service']);
    expect(lvs.virtualServers).toHaveLength(1);
  });

  it.each([
    [real('', '2001:db8::1 80'), ['mixed-families', 'no-real-server']],
    ['', ['no-real-server']],
  ])('without real servers is left out: %j', (body, expected) => {
    const { lvs, codes } = loaded(service(body));
    expect(codes.sort()).toEqual(expected);
    expect(lvs.virtualServers).toEqual([]);
  });

  it('leads through a tunnel to another family', () => {
    const server = serverOf(service(real('lvs_method TUN type gue port 6080 csum', '2001:db8::1 80')));
    expect(server.realServers[0]!.forwarding).toEqual({
      type: 'tunnel',
      encapsulation: 'gue',
      port: 6080,
      checksum: 'checksum',
    });
  });
});

describe('a group with nftables_ipvs', () => {
  const globalDefinitions = (text: string): string => `global_defs {\n${text}\n}\n`;
  const group = (lines: string): string => `virtual_server_group g {\n${lines}\n}\n`;
  const six = real('', 'fd00::1 80');

  it('has ranges of addresses, beside its services', () => {
    const text = group('192.0.2.254-255 80\n192.0.2.32/31') + service(real(), 'group g');
    expect(serverOf(text).marked).toBeUndefined();
    const { marked, keys } = serverOf(globalDefinitions('nftables_ipvs') + text);
    expect(marked).toEqual([
      { first: '192.0.2.254', last: '192.0.2.255', port: 80 },
      { first: '192.0.2.32', last: '192.0.2.33', port: 0 },
    ]);
    expect(keys).toHaveLength(4);
  });

  it('may be as large as it likes', () => {
    const text =
      group('fd09::/64 80\n10.0.0.0/8 80') + service(six, 'group g', 'lvs_sched rr\nlvs_method TUN\nprotocol TCP');
    expect(load(text).codes).toEqual(['too-many-addresses', 'too-many-addresses']);
    const { lvs, codes } = loaded(globalDefinitions('nftables_ipvs') + text);
    expect(codes).toEqual([]);
    expect(lvs.virtualServers[0]).toMatchObject({
      keys: [],
      marked: [
        { first: 'fd09::', last: 'fd09::ffff:ffff:ffff:ffff' },
        { first: '10.0.0.0', last: '10.255.255.255' },
      ],
    });
  });

  it('is as without where it has a mark of its own', () => {
    const text = group('192.0.2.1 80\nfwmark 7');
    expect(serverOf(globalDefinitions('nftables_ipvs') + text + service(real(), 'group g')).marked).toBeUndefined();
    expect(load(globalDefinitions('nftables_ipvs') + group('10.0.0.0/8 80\nfwmark 7')).codes).toEqual([
      'too-many-addresses',
    ]);
  });

  it('is marked as the settings say', () => {
    const marking = (text: string) => {
      const { lvs, codes } = loaded(globalDefinitions(text) + service(real()));
      return { ...lvs.global.marking, codes };
    };
    const usual = { table: 'keepalived_ipvs', priority: -1, counters: false, startMark: 1_000, codes: [] };
    expect(marking('nftables_counters\nnftables_ipvs_priority 5')).toEqual({ codes: [] });
    expect(marking('nftables_ipvs')).toEqual(usual);
    expect(
      marking(
        'nftables_ipvs_start_fwmark 4294967295\nnftables_ipvs lb\nnftables_ipvs_priority -300\nnftables_counters',
      ),
    ).toEqual({ table: 'lb', priority: -300, counters: true, startMark: 4_294_967_295, codes: [] });
    expect(marking('nftables_ipvs\nnftables_ipvs_start_fwmark 0')).toEqual({ ...usual, codes: ['bad-value'] });
    expect(marking(`nftables_ipvs ${'t'.repeat(256)}`)).toEqual({ ...usual, codes: ['bad-value'] });
  });
});

describe('a real server', () => {
  it('inherits from its virtual server, also what stands below it', () => {
    const [first, second] = serverOf(
      service(
        `inhibit_on_failure\n${real('weight 0\nalpha')}${real('inhibit_on_failure no', '10.0.0.2')}alpha\nweight 4`,
      ),
    ).realServers;
    expect(first).toMatchObject({ weight: 0, alpha: true, inhibitOnFailure: true });
    expect(second).toMatchObject({ port: 80, weight: 4, alpha: true, inhibitOnFailure: false });
  });

  it('is there once', () => {
    const { lvs, codes } = loaded(service(real() + real('weight 3')));
    expect(codes).toEqual(['duplicate-real-server']);
    expect(lvs.virtualServers[0]!.realServers).toHaveLength(1);
  });

  it('is not the virtual server itself', () => {
    expect(loaded(service(real('', '192.0.2.1 80'))).codes).toEqual(['server-is-service']);
  });

  it('without NAT is checked at its own port', () => {
    const text = service(
      real('TCP_CHECK {\n}', '10.0.0.1 81'),
      '192.0.2.1 80',
      'lvs_sched rr\nlvs_method DR\nprotocol TCP',
    );
    const { lvs, health } = loaded(text);
    expect(lvs.virtualServers[0]!.realServers[0]).toMatchObject({ name: '[10.0.0.1]:tcp:80', port: 80 });
    expect(health.checkers[0]).toMatchObject({ probe: { endpoint: { port: 81 } } });
  });
});

describe('a checker', () => {
  it('has keepalived’s defaults', () => {
    expect(checkerOf('TCP_CHECK {\n}')).toEqual(tcpCheck(1, { delayLoop: seconds(60), warmup: seconds(60) }));
  });

  it.each([
    ['HTTP_GET {\nurl {\npath /\n}\n}', { retries: 1, delayBeforeRetry: seconds(3) }],
    ['DNS_CHECK {\n}', { retries: 3, delayBeforeRetry: seconds(8) }],
    ['MISC_CHECK {\nmisc_path /bin/true\n}', { retries: 0, delayBeforeRetry: seconds(1) }],
    ['PING_CHECK {\nretry 0\nwarmup 2.5\n}', { retries: 0, warmup: seconds(2.5) }],
  ])('of its kind has its own: %s', (block, expected) => {
    expect(checkerOf(block, 'delay_loop 8').schedule).toMatchObject({ delayLoop: seconds(8), ...expected });
  });

  it('takes the nearest setting', () => {
    const text = service(
      `retry 7\ndelay_before_retry 4\nwarmup 9\n${real('retry 3\nalpha\nTCP_CHECK {\nwarmup 0\n}')}`,
    );
    expect(loaded(text).health.checkers[0]!.schedule).toEqual({
      delayLoop: seconds(60),
      delayBeforeRetry: seconds(4),
      retries: 3,
      warmup: 0,
      alpha: true,
    });
  });

  it('of a web page knows host, statuses, digest and pattern', () => {
    const block = `SSL_GET {
enable_sni
virtualhost b.example
url {
path "/a b"
status_code 200 300-302
digest 9B3A0C85A887A256D6939DA88AABD8CD
regex "a \\"b\\" \\\\d"
regex_options caseless
regex_no_match
regex_min_offset 4
}
}`;
    expect(probeOf(block, 'virtualhost a.example')).toMatchObject({
      type: 'http',
      version: '1.0',
      tls: { serverName: 'b.example', verify: undefined, compliantShutdown: false },
      path: '/a b',
      host: 'b.example',
      statusRanges: [
        [200, 200],
        [300, 302],
      ],
      digest: '9b3a0c85a887a256d6939da88aabd8cd',
      pattern: {
        pattern: 'a "b" \\d',
        options: ['caseless'],
        minimumOffset: 4,
        maximumOffset: undefined,
        negate: true,
      },
    });
  });

  it('refuses a pattern that makes no sense', () => {
    const { codes, startExitStatus, testExitStatus } = load(
      service(real('HTTP_GET {\nurl {\npath /\nregex "a("\n}\n}')),
    );
    expect({ codes, startExitStatus, testExitStatus }).toEqual({
      codes: ['pattern-invalid'],
      startExitStatus: 2,
      testExitStatus: 0,
    });
  });

  it('of old SMTP host blocks is one for each', () => {
    const block = 'SMTP_CHECK {\nhelo_name me\nretry 4\nhost {\nconnect_ip 10.0.0.7\n}\nhost {\nconnect_port 26\n}\n}';
    const { health, lvs } = loaded(service(real(block)));
    expect(health.checkers).toMatchObject([
      { schedule: { retries: 4 }, probe: { heloName: 'me', endpoint: { address: '10.0.0.7', port: 80 } } },
      { schedule: { retries: 4 }, probe: { heloName: 'me', endpoint: { address: '10.0.0.1', port: 26 } } },
    ]);
    expect(lvs.virtualServers[0]!.realServers[0]!.checkers).toEqual([0, 1]);
  });

  it('of datagrams sends and expects bytes', () => {
    expect(probeOf('UDP_CHECK {\npayload 01 2a\nrequire_reply x1 ff\n}')).toMatchObject({
      payload: Uint8Array.of(1, 0x2a),
      requireReply: true,
      reply: [undefined, 1, 15, 15],
      maximumReplyLength: 255,
    });
    expect(probeOf('DNS_CHECK {\ntype aaaa\nname www.example.\n}')).toMatchObject({
      queryType: 28,
      name: 'www.example',
    });
  });

  it('by a script has its user in a keyword of its own', () => {
    const block = 'MISC_CHECK {\nmisc_path "/bin/true a"\nuser www\nmisc_timeout 4\nmisc_dynamic\n}';
    const { health } = loaded(service(real(block)), { users: { www: { uid: 33, gid: 34 } } });
    expect(health.checkers[0]).toMatchObject({
      probe: {
        type: 'script',
        timeout: seconds(4),
        dynamic: true,
        script: { command: { argv: ['/bin/true', 'a'] }, identity: { uid: 33, gid: 34 } },
      },
    });
  });

  it('by a file takes its weight from the file’s block', () => {
    const file = 'track_file f {\nfile /run/f\nweight 3 reverse\n}\n';
    expect(checkerOf('FILE_CHECK {\ntrack_file f\n}', '', file)).toMatchObject({
      kind: 'file',
      file: '/run/f',
      weight: 3,
      reverse: true,
    });
  });

  it.each([
    ['HTTP_GET {\n}', 'checker-incomplete'],
    ['FILE_CHECK {\ntrack_file none\n}', 'unknown-track-file'],
    ['BFD_CHECK {\nname none\n}', 'unknown-bfd-instance'],
    ['MISC_CHECK {\n}', 'script-without-command'],
  ])('that lacks something is left out: %s', (block, code) => {
    const { health, codes } = loaded(service(real(block)));
    expect(codes).toEqual([code]);
    expect(health.checkers).toEqual([]);
  });
});

describe('global settings of balancing', () => {
  const globals = (lines: string) => loaded(`global_defs {\n${lines}\n}\n`).lvs.global;

  it('have keepalived’s defaults', () => {
    expect(globals('')).toEqual(usualGlobals);
  });

  it('are read', () => {
    expect(
      globals('lvs_flush\nlvs_flush_on_stop VS\nlvs_timeouts tcp 5 udp 7\nrs_init_notifies\nlvs_sync_daemon eth0 id 3'),
    ).toMatchObject({
      flushAtStart: true,
      stop: 'services',
      timeouts: { tcp: 5, tcpFin: 0, udp: 7 },
      notifyAtStart: true,
      syncDaemon: { interface: 'eth0', instance: undefined, syncId: 3, port: 0 },
    });
  });

  it('let the sync daemon follow a virtual router and take its id', () => {
    const router = 'vrrp_instance V {\ninterface eth0\nvirtual_router_id 5\nvirtual_ipaddress {\n10.0.0.1\n}\n}\n';
    const { lvs } = loaded(`global_defs {\nlvs_sync_daemon eth1 V\n}\n${router}`);
    expect(lvs.global.syncDaemon).toMatchObject({ interface: 'eth1', instance: 'V', syncId: 5 });
  });
});
