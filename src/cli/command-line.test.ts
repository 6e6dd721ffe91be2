import { describe, expect, it } from 'vitest';
import { parseCommandLine } from './command-line.ts';
import { optionTable } from './option-table.ts';

const parse = (...words: string[]) => parseCommandLine('holdfast', words);

function run(...words: string[]) {
  const invocation = parse(...words);
  if (invocation.type !== 'run') throw new Error(`not a run: ${JSON.stringify(invocation)}`);
  return invocation;
}

describe('the command line', () => {
  it('has harmless defaults', () => {
    expect(run()).toEqual({
      type: 'run',
      warnings: [],
      options: {
        configurationFile: undefined,
        configId: undefined,
        allIncludesStrict: false,
        foreground: false,
        startAll: false,
        only: undefined,
        noBfd: false,
        respawn: true,
        keepAddresses: false,
        keepServices: false,
        dumpConfiguration: false,
        logAddressChanges: false,
        ignoreInterrupt: false,
        parentPidFile: undefined,
        vrrpPidFile: undefined,
        checkerPidFile: undefined,
        bfdPidFile: undefined,
        umask: undefined,
        log: { console: false, detail: false, syslogFacility: 3, file: undefined },
      },
    });
  });

  it('reads bundled flags, attached and separate values, long names and their beginnings', () => {
    const { options } = run(
      '-nlDf',
      'a.conf',
      '-p/run/p.pid',
      '--vrrp_pid=/run/v.pid',
      '--config-i',
      'east',
      '--dont-res',
    );
    expect(options).toMatchObject({
      foreground: true,
      configurationFile: 'a.conf',
      parentPidFile: '/run/p.pid',
      vrrpPidFile: '/run/v.pid',
      configId: 'east',
      respawn: false,
      log: { console: true, detail: true, syslogFacility: 3 },
    });
  });

  it('names the parts that may run', () => {
    expect(run('-P').options.only).toEqual(['vrrp']);
    expect(run('-C', '-c', '/run/c.pid', '-I').options).toMatchObject({
      only: ['checker'],
      checkerPidFile: '/run/c.pid',
      keepServices: true,
    });
    expect(run('-PC').options.only).toEqual(['checker', 'vrrp']);
  });

  it('takes a value that looks like an option', () => {
    expect(run('-f', '-n').options).toMatchObject({ configurationFile: '-n', foreground: false });
  });

  it('accepts --no-syslog, which is no negation', () => {
    expect(run('--no-syslog').options.log.syslogFacility).toBeUndefined();
    expect(run('-G', '-g', '/var/log/h.log').options.log).toMatchObject({ file: '/var/log/h.log' });
  });

  it.each([
    ['3', 19],
    ['local7', 23],
    ['user', 1],
    ['daemon', 3],
  ])('maps facility %s', (text, facility) => {
    expect(run('-S', text).options.log.syslogFacility).toBe(facility);
  });

  it('says that a facility or a mask is wrong and goes on, as keepalived does', () => {
    const { options, warnings } = run('-S', 'mail', '-u', '7777');
    expect(options.log.syslogFacility).toBe(3);
    expect(options.umask).toBeUndefined();
    expect(warnings).toHaveLength(2);
  });

  it.each([
    ['022', 0o22],
    ['0x12', 0x12],
    ['63', 63],
    ['0', 0],
  ])('reads the mask %s as C does', (text, mask) => {
    expect(run('-u', text).options.umask).toBe(mask);
  });

  it('lets -X win over -V', () => {
    expect(run('-V').options.keepAddresses).toBe(true);
    expect(run('-V', '-X').options.keepAddresses).toBe(false);
  });
});

describe('-t', () => {
  it('takes a log file only when attached', () => {
    expect(parse('-tout.log', '-f', 'a')).toMatchObject({ type: 'test', logFile: 'out.log' });
    expect(parse('--config-test=out.log')).toMatchObject({ type: 'test', logFile: 'out.log' });
    expect(parse('-t', '-f', 'a')).toMatchObject({
      type: 'test',
      logFile: undefined,
      options: { configurationFile: 'a' },
    });
  });

  it('never takes a configuration for its log file', () => {
    expect(parse('-t', 'a.conf')).toEqual({
      type: 'refusal',
      text: 'holdfast: unexpected argument: a.conf (did you mean -f a.conf?)',
    });
    expect(parseCommandLine('keepalived', ['-t', 'a.conf'])).toMatchObject({
      type: 'test',
      logFile: undefined,
      warnings: ['Unexpected argument(s): a.conf'],
    });
  });
});

describe('the form of findings', () => {
  it.each([
    ['-t', { format: 'text', strict: false }],
    ['-t --json', { format: 'json' }],
    ['--sarif -t', { format: 'sarif' }],
    ['-t --strict', { format: 'text', strict: true }],
    ['-tout.json --json', { format: 'json', logFile: 'out.json' }],
  ])('%s', (words, expected) => {
    expect(parse(...words.split(' '))).toMatchObject({ type: 'test', ...expected });
  });

  it('goes with -t, and is one', () => {
    expect(parse('--json', '--strict')).toEqual({
      type: 'refusal',
      text: 'holdfast: --json and --strict: only with -t',
    });
    expect(parse('-t', '--json', '--sarif')).toMatchObject({ type: 'refusal' });
  });
});

describe('answers', () => {
  it.each([
    ['STOP', '15\n'],
    ['RELOAD', '1\n'],
    ['DATA', '10\n'],
    ['STATS', '12\n'],
    ['STATS_CLEAR', '63\n'],
    ['JSON', '36\n'],
  ])('--signum=%s', (name, text) => {
    expect(parse(`--signum=${name}`)).toEqual({ type: 'answer', text });
  });

  it('refuses an unknown signal name', () => {
    expect(parse('--signum=HUP')).toMatchObject({
      type: 'refusal',
      text: expect.stringContaining('Unknown sigfunc HUP'),
    });
  });

  it('prints the version for -v', () => {
    expect(parse('-v')).toEqual({ type: 'version' });
  });

  it('shows every option, grouped, with examples', () => {
    const help = parse('--help');
    if (help.type !== 'answer') throw new Error('no help');
    for (const row of optionTable) {
      expect(help.text).toContain(`--${row.long}`);
      expect(help.text).toContain(row.group);
    }
    expect(help.text).toContain('Examples:');
    expect(Math.max(...help.text.split('\n').map(line => line.length))).toBeLessThanOrEqual(120);
  });
});

describe('options that are not built', () => {
  it('refuses those without which something else would happen', () => {
    expect(parse('-s', 'red')).toMatchObject({ type: 'refusal', text: expect.stringContaining('-s') });
  });

  it('names the harmless ones and starts', () => {
    const { warnings } = run('-x', '-A', '/run/agentx', '-m', '--debug=D');
    expect(warnings).toHaveLength(4);
    expect(warnings.join('\n')).toContain('-x, --snmp');
  });
});

describe('mistakes', () => {
  it('refuses -T anywhere but in front', () => {
    expect(parse('-n', '-T')).toMatchObject({ type: 'refusal', text: expect.stringContaining('comes first') });
  });

  it.each([['--bogus'], ['-z'], ['-nz'], ['-f'], ['--dont-fork=1'], ['--log']])('refuses %s', word => {
    expect(parse(word)).toMatchObject({ type: 'refusal', text: expect.stringMatching(/^holdfast: /) });
  });
});
