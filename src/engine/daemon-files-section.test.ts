import { expect, it } from 'vitest';
import { load } from './configuration.testkit.ts';

const router = 'vrrp_instance V {\ninterface eth0\nvirtual_router_id 1\nvirtual_ipaddress {\n10.0.0.1/24\n}\n}\n';

function loaded(lines: string) {
  const { configuration, told } = load(`global_defs {\n${lines}\n}\n${router}`);
  return { files: configuration!.daemon.files, told };
}

it('the files of the daemon are none unless said', () => {
  expect(Object.values(loaded('').files).filter(value => value !== undefined)).toEqual([false]);
});

it('the files of the daemon are those that are said', () => {
  const { files, told } = loaded(
    'reload_time_file /run/when\nreload_repeat\nreload_file /run/marker\nreload_check_config /var/log/check\n' +
      'state_dump_file /d/state\nstats_dump_file /d/\njson_dump_file /d/j.json',
  );
  expect(files).toEqual({
    reloadTime: '/run/when',
    reloadRepeat: true,
    reloadMarker: '/run/marker',
    reloadCheck: { log: '/var/log/check' },
    stateDump: '/d/state',
    statisticsDump: '/d/',
    jsonDump: '/d/j.json',
  });
  expect(told).toEqual([]);
});

it('words may be left out where keepalived has something of its own', () => {
  const { files } = loaded('reload_file\nreload_check_config');
  expect(files).toMatchObject({ reloadMarker: 'default', reloadCheck: { log: undefined } });
});

it('a path that depends on a working directory is not used', () => {
  const { files, told } = loaded('reload_time_file when\nreload_file marker\nstate_dump_file state');
  expect(files).toMatchObject({ reloadTime: undefined, reloadMarker: undefined, stateDump: undefined });
  expect(told).toEqual(['bad-value 2:18', 'bad-value 3:13', 'bad-value 4:17']);
});

it('a reload_time_file of two words is none, as in keepalived', () => {
  const { files, told } = loaded('reload_time_file /run/when or-then');
  expect(files.reloadTime).toBeUndefined();
  expect(told).toHaveLength(1);
});
