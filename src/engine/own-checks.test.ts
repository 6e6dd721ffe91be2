import { describe, expect, it } from 'vitest';
import { certificate } from '../probe/certificate.testkit.ts';
import { checkerOf, loaded, probeOf, real, service } from './balancing.testkit.ts';
import { load } from './configuration.testkit.ts';

const own = (text: string): string => text.replaceAll(/^(?=.)/gm, '@holdfast ');
const codesOf = (text: string): string[] => load(text).codes;
const page = 'url {\npath /\n}';
const files = { '/etc/ca.pem': certificate, '/etc/none.pem': 'nothing' };

describe('a shadow check', () => {
  const blocks = [
    'TCP_CHECK {\n}',
    'PING_CHECK {\n}',
    'UDP_CHECK {\n}',
    'DNS_CHECK {\n}',
    'SMTP_CHECK {\n}',
    `HTTP_GET {\n${page}\n}`,
    `SSL_GET {\n${page}\n}`,
    'MISC_CHECK {\nmisc_path /bin/true\n}',
    'FILE_CHECK {\ntrack_file f\n}',
    'BFD_CHECK {\nname b\n}',
    own('GRPC_CHECK {\n}').trim(),
  ];
  const before = 'track_file f {\nfile /run/f\n}\nbfd_instance b {\nneighbor_ip 10.0.0.1\n}\n';

  it.each(blocks)('may be any: %s', block => {
    const text = block.replace('{\n', '{\n@holdfast shadow\n');
    expect(checkerOf(text, '', before).shadow).toBe(true);
    expect(checkerOf(text.replace('shadow', 'shadow no'), '', before).shadow).toBe(false);
    expect(checkerOf(block, '', before).shadow).toBe(false);
  });

  it('of old SMTP host blocks is one for each', () => {
    const text = service(real('SMTP_CHECK {\n@holdfast shadow\nhost {\n}\nhost {\nconnect_port 26\n}\n}'));
    expect(loaded(text).health.checkers.map(({ shadow }) => shadow)).toEqual([true, true]);
  });

  it('alone leaves a server to itself, which is told', () => {
    const shadow = 'TCP_CHECK {\n@holdfast shadow\n}';
    expect(codesOf(service(real(shadow)))).toEqual(['only-shadow-checks']);
    expect(codesOf(service(real(`${shadow}\nPING_CHECK {\n}`)))).toEqual([]);
    expect(codesOf(service(real()))).toEqual([]);
  });
});

describe('HTTP/2', () => {
  it('is a version of HTTP_GET and SSL_GET', () => {
    const lines = `@holdfast http_protocol 2\nvirtualhost a.example\nurl {\npath /x\nstatus_code 204\nregex ok\n}`;
    expect(probeOf(`HTTP_GET {\n${lines}\n}`)).toMatchObject({
      type: 'http2',
      tls: undefined,
      path: '/x',
      host: 'a.example',
      statusRanges: [[204, 204]],
      pattern: { pattern: 'ok' },
      grpcService: undefined,
    });
    expect(probeOf(`SSL_GET {\nenable_sni\n${lines}\n}`)).toMatchObject({ tls: { serverName: 'a.example' } });
  });

  it('is told where keepalived would see it', () => {
    const text = service(real(`HTTP_GET {\nhttp_protocol 2\n${page}\n}`));
    expect(load(text)).toMatchObject({ codes: ['own-keyword'], testExitStatus: 5 });
    expect(load(text.replace('http_protocol 2', '@holdfast http_protocol 2'))).toMatchObject({
      codes: [],
      testExitStatus: 0,
    });
  });
});

describe('GRPC_CHECK', () => {
  it('asks for the server, or for one service', () => {
    expect(probeOf(own('GRPC_CHECK {\n}'))).toMatchObject({
      type: 'http2',
      tls: undefined,
      host: '10.0.0.1:80',
      grpcService: '',
      statusRanges: [[200, 200]],
    });
    const block = own('GRPC_CHECK {\nservice shop.Cart\nvirtualhost a.example:443\ntls\nenable_sni\ntls_verify\n}');
    expect(probeOf(block)).toMatchObject({
      host: 'a.example:443',
      grpcService: 'shop.Cart',
      tls: { serverName: 'a.example', verify: { authorities: 'system', name: 'a.example' } },
    });
  });

  it('has what every checker has', () => {
    const block = own('GRPC_CHECK {\nconnect_port 5\nretry 4\nalpha\nlog_all_failures\n}');
    expect(checkerOf(block, 'delay_loop 3')).toMatchObject({
      keyword: 'GRPC_CHECK',
      logAllFailures: true,
      schedule: { retries: 4, alpha: true, delayLoop: 3_000_000 },
      probe: { endpoint: { port: 5 } },
    });
  });

  it('is told where keepalived would see it, or a part of it', () => {
    expect(load(service(real('GRPC_CHECK {\n}')))).toMatchObject({ codes: ['own-block'], testExitStatus: 0 });
    const half = service(real('@holdfast GRPC_CHECK {\nservice x\n@holdfast }'));
    expect(load(half)).toMatchObject({ codes: ['own-block-half'], testExitStatus: 5 });
    const included = { '/etc/grpc.conf': 'GRPC_CHECK {\nservice x\n}\n' };
    expect(load(service(real('@holdfast include grpc.conf')), { files: included }).codes).toEqual([]);
    expect(load(service(real('include grpc.conf')), { files: included }).codes).toEqual(['own-block']);
  });

  it('in the clear has nothing to verify', () => {
    expect(codesOf(service(real(own('GRPC_CHECK {\ntls_verify_name a.example\n}'))))).toEqual(['without-effect']);
  });
});

describe('verification of certificates', () => {
  const verify = (lines: string, ssl = '') => {
    const before = ssl === '' ? '' : `SSL {\n${ssl}\n}\n`;
    const text = before + service(real(`SSL_GET {\n${lines}\n${page}\n}`));
    const result = load(text, { files });
    const checker = result.configuration?.health.checkers[0];
    const probe = checker?.kind === 'urls' ? checker.probes[0] : undefined;
    return { ...result, verify: probe?.type === 'http' ? probe.tls?.verify : undefined };
  };

  it('is not done unless asked for', () => {
    expect(verify('').verify).toBeUndefined();
    expect(verify('@holdfast tls_verify no', '@holdfast tls_verify').verify).toBeUndefined();
  });

  it('goes by the authorities of the machine, of the SSL block or its own, nearest first', () => {
    expect(verify('@holdfast tls_verify').verify).toEqual({ authorities: 'system', name: undefined });
    expect(verify('@holdfast tls_verify', 'ca /etc/ca.pem').verify?.authorities).toEqual({ file: '/etc/ca.pem' });
    expect(verify('', '@holdfast tls_verify\nca /etc/ca.pem').verify?.authorities).toEqual({ file: '/etc/ca.pem' });
    expect(verify('@holdfast tls_ca /etc/ca.pem', 'ca /etc/other.pem').verify?.authorities).toEqual({
      file: '/etc/ca.pem',
    });
  });

  it('goes by the name that is asked for, unless another is given', () => {
    expect(verify('@holdfast tls_verify\nvirtualhost a.example:8443').verify?.name).toBe('a.example');
    expect(verify('@holdfast tls_verify\nenable_sni\nsni_name b.example\nvirtualhost a.example').verify?.name).toBe(
      'b.example',
    );
    expect(verify('@holdfast tls_verify_name c.example\nvirtualhost a.example').verify?.name).toBe('c.example');
  });

  it.each(['/nowhere', '/etc/none.pem'])('by authorities that are not there is refused: %s', file => {
    expect(verify(`@holdfast tls_ca ${file}`)).toMatchObject({ codes: ['file-not-usable'], startExitStatus: 2 });
    expect(verify('@holdfast tls_verify', `ca ${file}`)).toMatchObject({
      codes: ['file-not-usable'],
      startExitStatus: 2,
    });
  });

  it('is told about where it is in vain', () => {
    expect(verify('', 'ca /etc/ca.pem').codes).toEqual(['without-effect']);
    expect(verify('@holdfast tls_verify no\n@holdfast tls_ca /etc/ca.pem').codes).toEqual(['without-effect']);
    expect(verify('tls_verify').codes).toEqual(['own-keyword']);
  });
});
