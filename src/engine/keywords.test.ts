import { describe, expect, it } from 'vitest';
import type { BlockGrammar } from '../config/grammar.ts';
import { rootGrammar } from './keywords.ts';

/** What keepalived knows per block: counted apart from our own words. */
const expected: Record<string, number> = {
  root: 25,
  track_group: 1,
  global_defs: 140,
  vrrp_sync_group: 15,
  garp_group: 4,
  vrrp_instance: 70,
  'vrrp_instance.authentication': 2,
  'vrrp_instance.auth_hmac': 5,
  vrrp_script: 8,
  vrrp_track_process: 9,
  SSL: 4,
  virtual_server: 39,
  'virtual_server.real_server': 26,
  'virtual_server.real_server.MISC_CHECK': 10,
  'virtual_server.real_server.SMTP_CHECK': 15,
  'virtual_server.real_server.UDP_CHECK': 17,
  'virtual_server.real_server.DNS_CHECK': 15,
  'virtual_server.real_server.FILE_CHECK': 2,
  'virtual_server.real_server.BFD_CHECK': 2,
  bfd_instance: 15,
  track_file: 3,
  vrrp_track_file: 3,
  'virtual_server.real_server.TCP_CHECK': 13,
  'virtual_server.real_server.PING_CHECK': 13,
  'virtual_server.real_server.HTTP_GET': 20,
  'virtual_server.real_server.SSL_GET': 21,
  'virtual_server.real_server.SMTP_CHECK.host': 13,
  'virtual_server.real_server.HTTP_GET.url': 10,
  'virtual_server.real_server.SSL_GET.url': 11,
  'vrrp_instance.virtual_ipaddress': 15,
  'vrrp_instance.virtual_ipaddress_excluded': 15,
  static_ipaddress: 15,
  'vrrp_instance.virtual_routes': 48,
  static_routes: 49,
  'vrrp_instance.virtual_rules': 35,
  static_rules: 36,
  'vrrp_instance.unicast_peer': 3,
  'vrrp_instance.track_interface': 2,
  'vrrp_instance.track_script': 3,
  'vrrp_instance.track_file': 3,
  'vrrp_instance.track_process': 3,
  'vrrp_instance.track_bfd': 3,
  'vrrp_sync_group.track_interface': 2,
  'vrrp_sync_group.track_script': 3,
  'vrrp_sync_group.track_file': 3,
  'vrrp_sync_group.track_process': 3,
  'vrrp_sync_group.track_bfd': 3,
  linkbeat_interfaces: 1,
  interface_up_down_delays: 1,
  virtual_server_group: 2,
  'garp_group.interfaces': 1,
};

/** Blocks that keepalived does not have. */
const isOwn = (path: string): boolean => path === 'holdfast' || path.endsWith('.GRPC_CHECK');

function* blocks(grammar: BlockGrammar): Generator<BlockGrammar> {
  yield grammar;
  for (const child of grammar.blocks.values()) yield* blocks(child);
}

describe('rootGrammar', () => {
  it('knows each of the 780 words of keepalived, and classifies it', () => {
    const counted: Record<string, number> = {};
    for (const block of blocks(rootGrammar)) {
      const known = [...block.rows.values()].filter(({ own }) => !own).length;
      if (!isOwn(block.path) && known > 0) counted[block.path] = known;
    }
    expect(counted).toEqual(expected);
    expect(Object.values(counted).reduce((sum, count) => sum + count)).toBe(780);
  });

  it('gives every block its own rows where its keyword stands', () => {
    for (const block of blocks(rootGrammar)) {
      for (const name of block.blocks.keys()) expect(block.rows.has(name), `${block.path} ${name}`).toBe(true);
    }
  });

  it('lets nothing that changes the wire, the election, addresses or privilege pass while it is unbuilt', () => {
    const refused = [...blocks(rootGrammar)].flatMap(block =>
      [...block.rows.values()].flatMap(row =>
        row.standing.type === 'refused' ? [`${block.path}.${row.keyword}`] : [],
      ),
    );
    for (const name of ['use_vmac', 'use_ipvlan', 'vrf', 'no_accept', 'auth_hmac']) {
      expect(refused).toContain(`vrrp_instance.${name}`);
    }
    expect(refused).toContain('root.net_namespace');
    expect(refused).toContain('static_routes.vrf');
  });
});
