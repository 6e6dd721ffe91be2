import { expect, it } from 'vitest';
import { load } from '../engine/configuration.testkit.ts';
import { renderDaemonConfiguration } from './daemon-text.ts';

const router = 'vrrp_instance V {\ninterface eth0\nvirtual_router_id 1\nvirtual_ipaddress {\n10.0.0.1/24\n}\n}\n';
const linesOf = (globals: string): string[] =>
  renderDaemonConfiguration(load(`global_defs {\n${globals}\n}\n${router}`).configuration!.daemon);

it('says what is said of the processes, and no more', () => {
  const usual = linesOf('');
  const said = linesOf(
    'checker_process_name c\nbfd_process_name b\nvrrp_priority -3\nvrrp_cpu_affinity 0 2\nbfd_rt_priority 7\n' +
      'bfd_rlimit_rttime 20000000\nchecker_no_swap\nmax_auto_priority 9\nreload_time_file /run/when\nreload_repeat\n' +
      'reload_file\nreload_check_config\nstate_dump_file /d/',
  );
  expect(said.filter(line => !usual.includes(line))).toEqual([
    ' Checker process name = c',
    ' BFD process name = b',
    ' VRRP scheduling = niceness -3, processors 0 2',
    ' Checker scheduling = memory locked',
    ' BFD scheduling = real-time priority 7, at most 20 sec at a time',
    ' Automatic priority = up to 9, when 1 sec late',
    ' Reload time file = /run/when, repeated',
    ' Reload file = default',
    ' Reload check = not logged',
    ' State dump file = /d/',
  ]);
});
