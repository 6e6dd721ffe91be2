import { describe, expect, it } from 'vitest';
import { instanceText, load } from './configuration.testkit.ts';

const service =
  'virtual_server 192.0.2.1 80 {\nprotocol TCP\nlvs_sched rr\nlvs_method NAT\nreal_server 10.0.0.1 80 {\n}\n}\n';
const globals = (lines: string) => `global_defs {\nscript_user root\n${lines}\n}\n`;
const pathsOf = (fifos: readonly { path: string }[] | undefined) => fifos?.map(({ path }) => path);

describe('notify_fifo', () => {
  it('is for routers and services, the others for one of them', () => {
    const lines = 'notify_fifo /all\nvrrp_notify_fifo /vrrp\nlvs_notify_fifo /lvs';
    const { configuration, codes } = load(globals(lines) + instanceText() + service);
    expect(codes).toEqual([]);
    expect(pathsOf(configuration?.vrrp.fifos)).toEqual(['/all', '/vrrp']);
    expect(pathsOf(configuration?.lvs.fifos)).toEqual(['/all', '/lvs']);
  });

  it('is read by one process only', () => {
    const text = globals('notify_fifo /all\nnotify_fifo_script /bin/true');
    const both = load(text + instanceText() + service).configuration;
    expect(both?.vrrp.fifos?.[0]?.reader?.text).toBe('/bin/true');
    expect(both?.lvs.fifos?.[0]?.reader).toBeUndefined();
    expect(load(text + service).configuration?.lvs.fifos?.[0]?.reader?.text).toBe('/bin/true');
  });

  it('belongs to whom its line names, else to script_user', () => {
    const text = globals('notify_fifo /a\nvrrp_notify_fifo /b monitor') + instanceText();
    const { configuration } = load(text, { users: { monitor: { uid: 7, gid: 8 } } });
    expect(configuration?.vrrp.fifos?.map(({ owner }) => owner?.uid)).toEqual([0, 7]);
  });

  it('has settings for priorities and reloads', () => {
    const settings = (global: string, own = '') => {
      const vrrp = load(globals(global) + instanceText(own)).configuration?.vrrp;
      return [vrrp?.instances[0]?.notify.priorityChanges, vrrp?.statesOnReload];
    };
    expect(settings('')).toEqual([false, false]);
    expect(settings('vrrp_notify_priority_changes on\nfifo_write_vrrp_states_on_reload')).toEqual([true, true]);
    expect(settings('vrrp_notify_priority_changes')).toEqual([true, false]);
    expect(settings('vrrp_notify_priority_changes on', 'notify_priority_changes off')).toEqual([false, false]);
    expect(settings('', 'notify_priority_changes')).toEqual([true, false]);
  });
});
