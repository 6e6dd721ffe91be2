import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { seconds } from '../../src/base/duration.ts';
import { load, type Machine } from '../../src/engine/configuration.testkit.ts';

const folder = new URL('../fixtures/configurations/', import.meta.url);

function field(name: string, machine: Machine = {}) {
  return load(readFileSync(new URL(name, folder), 'utf8'), machine);
}

/** As on the machines they come from: their scripts exist. */
const furnished: Machine = {
  status: {
    '/export': { kind: 'directory' },
    '/export/Shell': { kind: 'directory' },
    '/export/Shell/keepalived': { kind: 'directory' },
    '/export/Shell/keepalived/alive.sh': {},
    '/export/Shell/keepalived/to_master.sh': {},
    '/export/Shell/keepalived/to_backup.sh': {},
    '/export/Shell/keepalived/fault.sh': {},
    '/export/Shell/keepalived/notify.sh': {},
    '/etc/keepalived': { kind: 'directory' },
    '/etc/keepalived/keepalived_notify.sh': {},
    '/etc/keepalived/scripts': { kind: 'directory' },
    '/etc/keepalived/scripts/check_nginx.sh': {},
  },
};

describe('a configuration from the field', () => {
  // The exit statuses are keepalived 2.2.7's for the same files.
  it.each([
    [
      '000-sync-group-unicast.conf',
      5,
      [
        'sync-group-of-one 5:1',
        'script-missing 12:12',
        'deprecated-keyword 21:5',
        'script-missing 41:20',
        'script-missing 42:20',
        'script-missing 43:20',
        'script-missing 44:20',
      ],
    ],
    [
      '001-s1-broken-braces.conf',
      5,
      ['unclosed-block 3:4', 'deprecated-keyword 10:4', 'not-built 10:4', 'zero-interval 11:4', 'zero-interval 12:4'],
    ],
    ['001-s2.conf', 5, ['deprecated-keyword 11:4', 'not-built 11:4', 'zero-interval 12:4', 'zero-interval 13:4']],
    ['002-dual-master-179.conf', 6, ['script-security-off 13:8', 'shell-command 13:8']],
    ['002-dual-master-180.conf', 6, ['script-security-off 13:8', 'shell-command 13:8']],
    [
      '002-lvs-nat-three-services.conf',
      5,
      [
        'bad-value 5:1',
        'unknown-keyword 33:1',
        'obsolete-keyword 38:1',
        'deprecated-keyword 55:1',
        'deprecated-keyword 86:1',
        'deprecated-keyword 103:1',
        'obsolete-keyword 113:1',
        'deprecated-keyword 133:1',
        'deprecated-keyword 154:1',
      ],
    ],
    [
      '003-two-vips-each-185.conf',
      5,
      [
        'slash-comment 10:47',
        'slash-comment 16:25',
        'slash-comment 17:19',
        'slash-comment 18:18',
        'slash-comment 20:24',
        'password-truncated 21:19',
        'slash-comment 21:34',
        'slash-comment 23:5',
        'slash-comment 24:5',
        'password-truncated 39:19',
      ],
    ],
    ['003-two-vips-each-186.conf', 5, ['password-truncated 20:19', 'password-truncated 36:19']],
    [
      '004-nginx-nopreempt-backup.conf',
      5,
      [
        'script-missing 6:12',
        'script-missing 31:16',
        'script-missing 32:16',
        'script-missing 33:15',
        'script-missing 34:14',
      ],
    ],
    [
      '004-nginx-nopreempt-master.conf',
      5,
      [
        'script-missing 6:12',
        'script-missing 31:16',
        'script-missing 32:16',
        'script-missing 33:15',
        'script-missing 34:14',
      ],
    ],
  ])('%s: what is said, and where', (name, testExitStatus, told) => {
    const loaded = field(name);
    expect([...loaded.told].sort()).toEqual([...told].sort());
    expect(loaded.testExitStatus).toBe(testExitStatus);
  });

  it('001-s1 is refused, with the brace that is missing', () => {
    const { configuration, startExitStatus, text } = field('001-s1-broken-braces.conf');
    expect({ configuration, startExitStatus }).toEqual({ configuration: undefined, startExitStatus: 2 });
    expect(text).toContain(
      [
        '/etc/k.conf:3:4: error: the block of "notification_email" is never closed [unclosed-block]',
        '  3 |    notification_email {',
        '    |    ^^^^^^^^^^^^^^^^^^',
        '  = "}" is missing before line 4, "notification_email_from root@mylinuxops.com", which does not belong in it',
      ].join('\n'),
    );
  });

  it('000: unicast with itself among the peers, a sync group of one, nopreempt', () => {
    const { configuration } = field('000-sync-group-unicast.conf', furnished);
    expect(configuration?.vrrp).toMatchObject({
      global: { routerId: 'backup_172.18.117.31' },
      syncGroups: [{ name: 'VG_1', members: ['VG_1'] }],
      scripts: [{ name: 'chk_alive', interval: seconds(1), rise: 3, fall: 3 }],
      instances: [
        {
          vrid: 87,
          priority: 150,
          preempt: false,
          destination: { type: 'unicast', peers: [{ address: '172.18.117.30' }, { address: '172.18.117.31' }] },
          addresses: [{ address: '17.18.117.33', prefixLength: 24, interface: 'eth0', label: 'eth0:0' }],
          trackScripts: [{ script: 'chk_alive', weight: 0 }],
          notify: { generic: { text: '/export/Shell/keepalived/notify.sh' }, stop: undefined },
        },
      ],
    });
  });

  it('001-s2: unicast, no gap between gratuitous ARPs', () => {
    expect(field('001-s2.conf').configuration?.vrrp).toMatchObject({
      global: { garpInterval: 0, gnaInterval: 0 },
      instances: [
        {
          interface: 'ens33',
          advertisementInterval: seconds(2),
          skipCheckAdvertAddresses: true,
          source: '172.20.27.11',
          destination: { type: 'unicast', peers: [{ address: '172.20.27.10' }] },
          addresses: [{ address: '172.20.27.100', label: 'ens33:0' }],
        },
      ],
    });
  });

  it('002: two routers, each weakened by a down-file', () => {
    expect(field('002-dual-master-179.conf').configuration?.vrrp).toMatchObject({
      scripts: [{ script: { command: { type: 'shell', text: '[ -f /etc/keepalived/down ] && exit 1 || exit 0' } } }],
      instances: [
        { name: 'VI_1', initialState: 'backup', priority: 90, trackScripts: [{ weight: -15 }] },
        { name: 'VI_2', initialState: 'master', priority: 100, trackScripts: [{ weight: -15 }] },
      ],
    });
  });

  it('003: both nodes truncate their passwords to the same eight bytes', () => {
    const passwords = ['185', '186'].map(number => {
      const { configuration } = field(`003-two-vips-each-${number}.conf`);
      return configuration?.vrrp.instances.map(({ authentication, addresses }) => ({ authentication, addresses }));
    });
    expect(passwords[0]).toHaveLength(2);
    expect(passwords[0]).toEqual(passwords[1]);
    expect(passwords[0]![0]!.authentication).toEqual({ type: 'password', bytes: new TextEncoder().encode('1-intern') });
  });

  it('004: notify scripts with their arguments, weight 2', () => {
    const { configuration, codes } = field('004-nginx-nopreempt-master.conf', { ...furnished, interfaces: ['eth2'] });
    expect(codes).toEqual(['script-security-off']);
    expect(configuration?.vrrp).toMatchObject({
      instances: [
        {
          preempt: false,
          priority: 100,
          trackScripts: [{ script: 'check_nginx', weight: 2 }],
          notify: {
            master: { command: { argv: ['/etc/keepalived/keepalived_notify.sh', 'master'] } },
            stop: { command: { argv: ['/etc/keepalived/keepalived_notify.sh', 'stop'] } },
          },
        },
      ],
    });
  });
});
