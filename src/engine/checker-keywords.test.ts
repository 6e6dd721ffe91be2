import { describe, expect, it } from 'vitest';
import { seconds } from '../base/duration.ts';
import { checkerOf, loaded, probeOf, real, service } from './balancing.testkit.ts';
import { load } from './configuration.testkit.ts';

const url = (...lines: string[]): string => `url {\npath /\n${lines.join('\n')}\n}`;

/** The least that a checker needs. */
const least: Readonly<Record<string, string>> = {
  TCP_CHECK: '',
  PING_CHECK: '',
  UDP_CHECK: '',
  DNS_CHECK: '',
  SMTP_CHECK: '',
  HTTP_GET: url(),
  SSL_GET: url(),
  MISC_CHECK: 'misc_path /bin/true',
};
const connecting = Object.keys(least).filter(keyword => keyword !== 'MISC_CHECK');

describe.each(connecting)('%s', keyword => {
  it('connects where, from where and for how long as it is told', () => {
    const lines = ['connect_ip 10.0.0.9', 'connect_port 81', 'bindto 10.0.0.8', 'bind_port 82', 'bind_if eth1'];
    const more = ['fwmark 7', 'connect_timeout 2.5'];
    const probe = probeOf(`${keyword} {\n${[...lines, ...more, least[keyword]].join('\n')}\n}`);
    const isPing = keyword === 'PING_CHECK';
    expect(probe && 'endpoint' in probe && probe.endpoint).toEqual({
      address: '10.0.0.9',
      port: isPing ? 0 : 81,
      bindAddress: '10.0.0.8',
      bindPort: isPing ? undefined : 82,
      bindInterface: 'eth1',
      fwmark: 7,
      timeout: seconds(2.5),
    });
  });

  it('waits for as long as its server says, unless it says so itself', () => {
    const timeout = (block: string, lines: string) => {
      const probe = probeOf(block, lines);
      return probe && 'endpoint' in probe ? probe.endpoint.timeout : undefined;
    };
    const block = (lines: string): string => `${keyword} {\n${lines}\n${least[keyword]}\n}`;
    expect(timeout(block(''), 'connect_timeout 9')).toBe(seconds(9));
    expect(timeout(block('connect_timeout 3'), 'connect_timeout 9')).toBe(seconds(3));
  });
});

it.each(Object.keys(least))('%s logs all failures where it, or everybody, is told to', keyword => {
  const block = (lines: string): string => `${keyword} {\n${lines}\n${least[keyword]}\n}`;
  const everybody = 'global_defs {\nchecker_log_all_failures\n}\n';
  expect(checkerOf(block('')).logAllFailures).toBe(false);
  expect(checkerOf(block('log_all_failures')).logAllFailures).toBe(true);
  expect(checkerOf(block(''), '', everybody).logAllFailures).toBe(true);
  expect(checkerOf(block('log_all_failures no'), '', everybody).logAllFailures).toBe(false);
  expect(checkerOf(block(''), '', everybody.replace('failures', 'failures no')).logAllFailures).toBe(false);
});

it.each([
  ['A', 1],
  ['NS', 2],
  ['CNAME', 5],
  ['SOA', 6],
  ['MX', 15],
  ['TXT', 16],
  ['AAAA', 28],
  ['RRSIG', 46],
  ['DNSKEY', 48],
])('DNS_CHECK asks for %s', (type, queryType) => {
  expect(probeOf(`DNS_CHECK {\ntype ${type}\n}`)).toMatchObject({ queryType });
});

describe('web checks', () => {
  it.each([
    ['1.0', '1.0'],
    ['1.0C', '1.0C'],
    ['1.0c', '1.0C'],
    ['1.1', '1.1'],
  ])('speak HTTP %s', (written, version) => {
    expect(probeOf(`HTTP_GET {\nhttp_protocol ${written}\n${url()}\n}`)).toMatchObject({ type: 'http', version });
  });

  it.each([
    ['', '', '', '10.0.0.1:80'],
    ['virtualhost a.example', '', '', 'a.example'],
    ['virtualhost a.example', 'virtualhost b.example', '', 'b.example'],
    ['virtualhost a.example', 'virtualhost b.example', 'virtualhost c.example', 'c.example'],
  ])('ask the nearest virtual host: %s, %s, %s', (ofService, ofChecker, ofUrl, host) => {
    expect(probeOf(`HTTP_GET {\n${ofChecker}\n${url(ofUrl)}\n}`, ofService)).toMatchObject({ host });
  });

  it('send the server name that is given, or the virtual host, if they are to', () => {
    const serverName = (lines: string) => {
      const probe = probeOf(`SSL_GET {\n${lines}\n${url('virtualhost u.example')}\n}`);
      return probe?.type === 'http' ? probe.tls?.serverName : undefined;
    };
    expect(serverName('sni_name s.example')).toBeUndefined();
    expect(serverName('enable_sni')).toBe('u.example');
    expect(serverName('enable_sni\nsni_name s.example')).toBe('s.example');
  });

  it('end TLS as the check or the URL says', () => {
    const block = `SSL_GET {\ntls_compliant\n${url()}\n${url('tls_compliant no')}\n}`;
    const checker = checkerOf(block);
    const ends = checker.kind === 'urls' && checker.probes.map(probe => probe.type === 'http' && probe.tls);
    expect(ends).toMatchObject([{ compliantShutdown: true }, { compliantShutdown: false }]);
  });

  it('look for a pattern between two places', () => {
    const lines = ['regex here', 'regex_min_offset 5', 'regex_max_offset 9', 'regex_options caseless dotall'];
    expect(probeOf(`HTTP_GET {\n${url(...lines)}\n}`)).toMatchObject({
      pattern: { minimumOffset: 5, maximumOffset: 9, options: ['caseless', 'dotall'], negate: false },
    });
  });

  it('make haste where they are told to', () => {
    expect(checkerOf(`HTTP_GET {\nfast_recovery\n${url()}\n}`)).toMatchObject({ fastRecovery: true });
  });

  it('show the certificate of the SSL block, if all of it can be read', () => {
    const files = { '/c.pem': 'certificate', '/k.pem': 'key' };
    const client = (lines: string) => {
      const { configuration, codes } = load(`SSL {\n${lines}\n}\n${service(real(`SSL_GET {\n${url()}\n}`))}`, {
        files,
      });
      const checker = configuration?.health.checkers[0];
      const probe = checker?.kind === 'urls' ? checker.probes[0] : undefined;
      return { codes, client: probe?.type === 'http' ? probe.tls?.client : undefined };
    };
    expect(client('certificate /c.pem\nkey /k.pem\npassword secret')).toEqual({
      codes: [],
      client: { certificate: 'certificate', key: 'key', password: 'secret' },
    });
    expect(client('certificate /c.pem')).toEqual({ codes: ['checker-incomplete'], client: undefined });
    expect(client('certificate /c.pem\nkey /none.pem')).toEqual({ codes: ['file-not-usable'], client: undefined });
  });
});

it('SMTP_CHECK greets by the name of all, unless it has its own', () => {
  const everybody = 'global_defs {\nsmtp_helo_name all.example\n}\n';
  expect(probeOf('SMTP_CHECK {\n}', '', everybody)).toMatchObject({ heloName: 'all.example' });
  expect(probeOf('SMTP_CHECK {\nhelo_name own.example\n}', '', everybody)).toMatchObject({ heloName: 'own.example' });
});

it('a real server has limits of connections', () => {
  const { lvs } = loaded(service(real('uthreshold 9\nlthreshold 3')));
  expect(lvs.virtualServers[0]!.realServers[0]).toMatchObject({ upperThreshold: 9, lowerThreshold: 3 });
});
