import { describe, expect, it } from 'vitest';
import { seconds } from '../base/duration.ts';
import { instanceOf, instanceText, load } from '../engine/configuration.testkit.ts';

const secure = 'global_defs {\nenable_script_security\nscript_user root\n}\n';
const script = (lines = '', name = 's') => `vrrp_script ${name} {\nscript /bin/true\n${lines}\n}\n`;
const two = (lines = '') => instanceText(lines) + instanceText().replace('V', 'W').replace('_id 5', '_id 6');
const group = (lines: string, name = 'G') => `vrrp_sync_group ${name} {\ngroup {\nV\nW\n}\n${lines}\n}\n`;

describe('vrrp_script', () => {
  const of = (lines: string) =>
    load(secure + script(lines) + instanceText('track_script {\ns\n}')).configuration?.vrrp.scripts[0];

  it.each([
    ['', { interval: seconds(1), timeout: seconds(1), rise: 1, fall: 1 }],
    ['interval 3', { interval: seconds(3), timeout: seconds(3) }],
    ['interval 0.25\ntimeout 2\nrise 2\nfall 3', { interval: seconds(0.25), timeout: seconds(2), rise: 2, fall: 3 }],
    ['interval 0\ntimeout 0', { interval: seconds(1), timeout: seconds(1) }],
    ['rise 0\nfall x', { rise: 1, fall: 1 }],
  ])('%j', (lines, expected) => {
    expect(of(lines)).toMatchObject(expected);
  });

  it('is left out of the configuration while nobody tracks it', () => {
    const { configuration, codes } = load(secure + script() + instanceText());
    expect(configuration?.vrrp.scripts).toEqual([]);
    expect(codes).toEqual([]);
  });

  it('that comes second under a name is ignored', () => {
    expect(load(secure + script() + script('weight 5') + instanceText('track_script {\ns\n}')).codes).toEqual([
      'duplicate-name',
    ]);
  });
});

describe('track_file', () => {
  const read = (lines: string) => load(`track_file f {\n${lines}\n}\n${instanceText('track_file {\nf\n}')}`);

  it('names a file', () => {
    expect(read('file /run/load').configuration?.vrrp.files).toEqual([{ name: 'f', path: '/run/load' }]);
    expect(read('weight 2')).toMatchObject({ codes: ['bad-value', 'unknown-track-file'], testExitStatus: 5 });
  });

  it('is left out while nobody tracks it, and written at start all the same', () => {
    const { configuration, codes } = load(`vrrp_track_file f {\nfile /f\ninit_file -3 overwrite\n}\n${instanceText()}`);
    expect(codes).toEqual(['deprecated-keyword']);
    expect(configuration?.vrrp.files).toEqual([]);
    expect(configuration?.daemon.initialFiles).toEqual([{ path: '/f', value: -3, overwrite: true }]);
  });

  it.each([
    ['', []],
    ['init_file', [{ path: '/f', value: 0, overwrite: false }]],
    ['init_file 5', [{ path: '/f', value: 5, overwrite: false }]],
    ['init_file overwrite 5', [{ path: '/f', value: 5, overwrite: true }]],
    ['init_file five', [{ path: '/f', value: 0, overwrite: false }]],
  ])('begins with: %j', (lines, expected) => {
    expect(read(`file /f\n${lines}`).configuration?.daemon.initialFiles).toEqual(expected);
  });
});

describe('vrrp_track_process', () => {
  const read = (lines: string) => load(`vrrp_track_process p {\n${lines}\n}\n${instanceText('track_process {\np\n}')}`);
  const any = { match: 'any' };

  it.each([
    ['process nginx', { command: 'nginx', wholeCommand: false, parameters: any }],
    ['process nginx\nfull_command', { command: 'nginx', wholeCommand: true, parameters: any }],
    [
      'process "my prog" a "b c"',
      { command: 'my prog', wholeCommand: true, parameters: { match: 'exact', words: ['a', 'b c'] } },
    ],
    [
      'process x a\nparam_match initial',
      { command: 'x', wholeCommand: true, parameters: { match: 'initial', words: ['a'] } },
    ],
    [
      'process x a\nparam_match partial',
      { command: 'x', wholeCommand: true, parameters: { match: 'partial', words: ['a'] } },
    ],
    ['process x\nparam_match', { command: 'x', wholeCommand: true, parameters: { match: 'exact', words: [] } }],
    ['process x\nparam_match junk', { command: 'x', wholeCommand: false, parameters: any }],
  ])('%j', (lines, pattern) => {
    expect(read(lines).configuration?.vrrp.processes[0]?.pattern).toEqual(pattern);
  });

  it.each([
    ['', { quorum: 1, maximum: undefined, forkDelay: 0, terminateDelay: 0 }, 0],
    ['quorum 3\nquorum_max 5', { quorum: 3, maximum: 5 }, 0],
    ['quorum_max 0', { quorum: 0, maximum: 0 }, 0],
    ['quorum 2\nquorum_max 0', { quorum: 0, maximum: 0 }, 0],
    ['quorum 3\nquorum_max 2', { quorum: 3, maximum: undefined }, 5],
    ['quorum_max 2\nquorum 3', { quorum: 1, maximum: 2 }, 5],
    ['delay 1.5', { forkDelay: seconds(1.5), terminateDelay: seconds(1.5) }, 0],
    ['delay 2\nfork_delay 3', { forkDelay: seconds(3), terminateDelay: seconds(2) }, 0],
    ['terminate_delay 0', { terminateDelay: 0 }, 5],
  ])('%j', (lines, expected, status) => {
    const { configuration, testExitStatus } = read(`process x\n${lines}`);
    expect(configuration?.vrrp.processes[0]).toMatchObject(expected);
    expect(testExitStatus).toBe(status);
  });

  it('without a process is left out', () => {
    expect(read('quorum 2').codes).toEqual(['bad-value', 'unknown-track-process']);
  });
});

describe('trackers', () => {
  const tracked = (lines: string, definition = '') =>
    instanceOf(secure + script(definition) + instanceText(`track_script {\n${lines}\n}`)).trackScripts;

  it.each([
    ['s', '', [{ script: 's', weight: 0, reverse: false }]],
    ['s', 'weight -15', [{ script: 's', weight: -15, reverse: false }]],
    ['s', 'weight 5 reverse', [{ script: 's', weight: 5, reverse: true }]],
    ['s weight 7', 'weight 5 reverse', [{ script: 's', weight: 7, reverse: false }]],
    ['s weight 7 reverse', '', [{ script: 's', weight: 7, reverse: true }]],
    ['s weight 7 noreverse', 'weight 5 reverse', [{ script: 's', weight: 7, reverse: false }]],
    ['s weight', '', []],
    ['s foo', '', []],
    ['nobody', '', []],
  ])('of scripts: %s, %j', (line, definition, expected) => {
    expect(tracked(line, definition)).toEqual(expected);
  });

  const filed = (lines: string, definition = '') =>
    instanceOf(`track_file f {\nfile /tmp/f\n${definition}\n}\n${instanceText(`track_file {\n${lines}\n}`)}`)
      .trackFiles;

  it.each([
    ['f', '', [{ file: 'f', weight: 1, reverse: false }]],
    ['f', 'weight 0', [{ file: 'f', weight: 0, reverse: false }]],
    ['f weight -254', 'weight 2', [{ file: 'f', weight: -254, reverse: false }]],
    // Unlike a script's, its reverse stays whatever weight a line gives.
    ['f weight 7', 'weight 5 reverse', [{ file: 'f', weight: 7, reverse: true }]],
    ['f weight 7 noreverse', 'weight 5 reverse', [{ file: 'f', weight: 7, reverse: false }]],
    ['f weight 255', 'weight 5', [{ file: 'f', weight: 5, reverse: false }]],
    ['f foo', '', []],
    ['nobody', '', []],
  ])('of files: %s, %j', (line, definition, expected) => {
    expect(filed(line, definition)).toEqual(expected);
  });

  const counted = (lines: string, definition = '') =>
    instanceOf(
      `vrrp_track_process p {\nprocess nginx\n${definition}\n}\n${instanceText(`track_process {\n${lines}\n}`)}`,
    ).trackProcesses;

  it.each([
    ['p', '', [{ process: 'p', weight: 0, reverse: false }]],
    ['p', 'weight -15', [{ process: 'p', weight: -15, reverse: false }]],
    ['p weight 7', 'weight 5 reverse', [{ process: 'p', weight: 7, reverse: true }]],
    ['p weight', '', []],
    ['nobody', '', []],
  ])('of processes: %s, %j', (line, definition, expected) => {
    expect(counted(line, definition)).toEqual(expected);
  });

  it('of what is defined only further down work, and keepalived complains', () => {
    const files = load(`${instanceText('track_file {\nf\n}')}track_file f {\nfile /tmp/f\n}\n`);
    expect(files.codes).toEqual(['unknown-track-file']);
    expect(files.configuration?.vrrp.instances[0]?.trackFiles).toHaveLength(1);
    const processes = load(`${instanceText('track_process {\np\n}')}vrrp_track_process p {\nprocess x\n}\n`);
    expect(processes.codes).toEqual(['unknown-track-process']);
    expect(processes.configuration?.vrrp.instances[0]?.trackProcesses).toHaveLength(1);
  });

  it('name interfaces', () => {
    const lines = 'track_interface {\neth1\neth2 weight -20\nens33 weight 0 reverse\neth1 weight 5\n}';
    expect(instanceOf(instanceText(lines)).trackInterfaces).toEqual([
      { interface: 'eth1', weight: 0, reverse: false },
      { interface: 'eth2', weight: -20, reverse: false },
      { interface: 'ens33', weight: 0, reverse: true },
    ]);
    expect(load(instanceText(lines)).codes).toEqual(['duplicate-tracker']);
  });

  it('of the own interface are left out', () => {
    const { configuration, codes } = load(
      instanceText('dont_track_primary\ntrack_interface {\neth0 weight 20\neth1\n}'),
    );
    expect(configuration?.vrrp.instances[0]?.trackInterfaces).toEqual([
      { interface: 'eth1', weight: 0, reverse: false },
    ]);
    expect(codes).toEqual(['own-interface-tracked']);
    expect(load(group('track_interface {\neth0\n}') + two()).codes).toEqual(['tracked-twice', 'tracked-twice']);
  });

  it('of an interface that does not exist refuse', () => {
    expect(load(instanceText('track_interface {\neth9\n}'))).toMatchObject({
      codes: ['no-such-interface'],
      startExitStatus: 2,
    });
  });
});

describe('vrrp_sync_group', () => {
  it('has its members in order', () => {
    const { configuration, codes } = load(group('notify "/bin/true"') + two());
    expect(codes).toEqual(['script-security-off']);
    expect(configuration?.vrrp.syncGroups).toMatchObject([
      { name: 'G', members: ['V', 'W'], trackingWeight: false, notify: { generic: { text: '/bin/true' } } },
    ]);
  });

  it.each([
    [group('').replace('W\n', '') + two(), ['sync-group-of-one'], 1],
    [group('').replace('W\n', 'X\n') + two(), ['sync-group-of-one', 'unknown-instance'], 1],
    [group('').replace('V\nW\n', '') + two(), ['sync-group-empty'], 0],
    [group('').replace('W\n', 'V\nW\n') + two(), ['duplicate-member'], 1],
    [group('') + group('', 'H') + two(), ['sync-group-empty', 'duplicate-member', 'duplicate-member'], 1],
    [group('') + group('') + two(), ['duplicate-name'], 1],
  ])('%#', (text, expected, count) => {
    const { codes, configuration } = load(text);
    expect([...codes].sort()).toEqual([...expected].sort());
    expect(configuration?.vrrp.syncGroups).toHaveLength(count);
  });

  it.each([
    ['', 0],
    ['priority 255', 5],
  ])('tells weights of its own as keepalived does, whose members have "%s"', (lines, testExitStatus) => {
    const loaded = load(secure + script('weight 5') + group('track_script {\ns\n}') + two(lines));
    expect({ codes: loaded.codes, testExitStatus: loaded.testExitStatus }).toEqual({
      codes: ['weight-in-sync-group'],
      testExitStatus,
    });
  });

  it('takes the weights of its members’ trackers', () => {
    const lines = 'track_script {\ns\n}\ntrack_interface {\neth1\neth2 weight 4\n}';
    const { configuration, codes } = load(secure + script('weight 5') + group('') + two(lines));
    expect(codes).toEqual(['weight-in-sync-group', 'weight-in-sync-group']);
    expect(configuration?.vrrp.instances[0]).toMatchObject({
      trackScripts: [],
      trackInterfaces: [
        { interface: 'eth1', weight: 0 },
        { interface: 'eth2', weight: 0 },
      ],
    });
    expect(configuration?.vrrp.scripts).toEqual([]);
  });

  it('keeps weights when told, and tracks once what both track', () => {
    const lines = 'track_script {\ns weight 4\n}\ntrack_interface {\neth2 weight 4\n}';
    const tracking = 'sync_group_tracking_weight\ntrack_script {\ns\n}';
    const { configuration, codes } = load(secure + script('weight 5') + group(tracking) + two(lines));
    expect(codes).toEqual(['tracked-twice']);
    expect(configuration?.vrrp.syncGroups[0]).toMatchObject({
      trackScripts: [{ script: 's', weight: 5 }],
      trackingWeight: true,
    });
    expect(configuration?.vrrp.instances[0]).toMatchObject({ trackScripts: [], trackInterfaces: [{ weight: 4 }] });
  });
});
