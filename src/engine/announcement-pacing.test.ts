import { expect, it } from 'vitest';
import { milliseconds, seconds, zero } from '../base/duration.ts';
import { link } from '../ports/network.testkit.ts';
import { AnnouncementPacing, longestGap } from './announcement-pacing.ts';
import { load } from './configuration.testkit.ts';
import { NetworkView } from './network-view.ts';

function pacing(text: string) {
  const network = new NetworkView();
  for (const [index, name] of ['eth0', 'eth1', 'eth2'].entries()) network.setLink(link(index, name));
  const { configuration, told } = load(text, { interfaces: ['eth0', 'eth1', 'eth2'] });
  return { network, told, vrrp: configuration!.vrrp, pacing: new AnnouncementPacing(network, configuration!.vrrp) };
}

const globals = 'global_defs {\nvrrp_garp_interval 0.01\nvrrp_gna_interval 0.02\n}\n';
const group = 'garp_group {\ngarp_interval 0.5\ninterfaces {\neth0\neth1\n}\n}\n';

it('is that of global_defs on each interface by itself', () => {
  const { pacing: each, vrrp } = pacing(globals);
  expect(each.laneOf(0, 4)).toEqual({ name: '0 4', gap: milliseconds(10) });
  expect(each.laneOf(1, 6)).toEqual({ name: '1 6', gap: milliseconds(20) });
  expect(longestGap(vrrp)).toBe(milliseconds(20));
});

it('is shared by the interfaces of a garp_group, in place of that', () => {
  const { pacing: each, vrrp, told } = pacing(globals + group);
  expect(told).toEqual([]);
  expect(each.laneOf(0, 4)).toEqual({ name: 'group 0 4', gap: milliseconds(500) });
  expect(each.laneOf(1, 4)).toEqual(each.laneOf(0, 4));
  // What a group does not say is none.
  expect(each.laneOf(1, 6)).toEqual({ name: 'group 0 6', gap: zero });
  expect(each.laneOf(2, 4)).toEqual({ name: '2 4', gap: milliseconds(10) });
  expect(longestGap(vrrp)).toBe(milliseconds(500));
});

it('goes by the names that interfaces have', () => {
  const { network, pacing: each } = pacing(group);
  network.setLink(link(2, 'eth7'));
  network.setLink(link(0, 'eth9'));
  network.setLink(link(5, 'eth0'));
  expect([0, 5, 77].map(index => each.laneOf(index, 4).name)).toEqual(['0 4', 'group 0 4', '77 4']);
});

it('is for an interface that of the first group which names it', () => {
  const { vrrp, told } = pacing(
    `${group}garp_group {\ngna_interval 2\ngna_interval x\ninterface eth1\ninterface eth2\n}\ngarp_group {\ninterface eth2\n}\n`,
  );
  expect(vrrp.garpGroups).toEqual([
    { interfaces: ['eth0', 'eth1'], garpInterval: milliseconds(500), gnaInterval: zero },
    { interfaces: ['eth2'], garpInterval: zero, gnaInterval: seconds(2) },
  ]);
  expect(told.map(text => text.split(' ')[0])).toEqual(['bad-value', 'bad-value', 'bad-value']);
});
