import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rootGrammar } from '../engine/keywords.ts';
import { literals, proposalsAt } from './completion.ts';
import { damagedText } from './configuration-texts.testkit.ts';
import { desk, textAt } from './editor.testkit.ts';

const interfaces = ['eth0', 'lo'];

function proposals(marked: string) {
  const { document, place, project } = desk(marked);
  return proposalsAt(document, place, rootGrammar, project.occurrences, interfaces);
}

const labels = (marked: string): readonly string[] => proposals(marked).map(({ label }) => label);

describe('completion', () => {
  it('proposes the keywords of the block that the cursor stands in', () => {
    expect(labels('vrrp_instance A {\n  pri|\n}\n')).toContain('priority');
    expect(labels('vrrp_instance A {\n  |\n}\n')).toContain('virtual_ipaddress');
    expect(labels('vrrp_instance A {\n  |\n}\n')).not.toContain('vrrp_instance');
    expect(labels('|')).toEqual([...rootGrammar.rows.keys()]);
    expect(labels('vrrp_instance A {\n authentication {\n|\n}\n}\n')).toEqual(['auth_type', 'auth_pass']);
  });

  it('says what a keyword takes, and all that the table knows', () => {
    const row = proposals('vrrp_instance A {\n  prio|\n}\n').find(({ label }) => label === 'priority')!;
    expect(row.detail).toBe('1..255');
    expect(row.documentation).toContain('Default: `100, or 255 with state MASTER`');
    expect(textAt('vrrp_instance A {\n  prio\n}\n', row.range)).toBe('prio');
    const block = proposals('|').find(({ label }) => label === 'vrrp_instance')!;
    expect(block).toMatchObject({ kind: 'block', takesName: true });
  });

  it('finds the block in a file that is not finished', () => {
    expect(labels('vrrp_instance A {\n  virtual_router_id 5\n  p|')).toContain('priority');
    expect(labels('vrrp_instance A {\n  p|\nvrrp_instance B {\n  state MASTER\n}\n')).toContain('priority');
    expect(labels('vrrp_instance A {\n  virtual_ipaddress {\n    10.0.0.1 |\n}\n')).toContain('label');
    expect(labels('@one vrrp_instance A {\n@two vrrp_instance B {\n  p|\n}\n')).toContain('priority');
  });

  it('proposes values where the table lists them', () => {
    expect(labels('vrrp_instance A {\n state |\n}')).toEqual(['MASTER', 'BACKUP']);
    expect(labels('vrrp_instance A {\n lower_prio_no_advert |\n}')).toEqual(['on', 'off']);
    expect(labels('vrrp_instance A {\n interface e|\n}')).toEqual(interfaces);
    expect(labels('virtual_server 10.0.0.1 80 {\n lb_algo |\n}')).toContain('wrr');
    expect(labels('vrrp_instance A {\n priority |\n}')).toEqual([]);
  });

  it('proposes names that are defined', () => {
    const text = 'vrrp_script up {\n}\nvrrp_script down {\n}\nvrrp_instance A {\n track_script {\n  |\n }\n}\n';
    expect(labels(text)).toEqual(['up', 'down']);
    expect(labels('vrrp_instance A {\n}\nvrrp_sync_group G {\n group {\n  |\n }\n}\n')).toEqual(['A']);
    expect(labels('virtual_server_group W {\n}\nvirtual_server group |')).toEqual(['W']);
    expect(labels('$VIP=10.0.0.1\nvrrp_instance A {\n virtual_ipaddress {\n  $V|\n }\n}\n')).toEqual(['VIP']);
    expect(labels('$VIP=10.0.0.1\n$X=a ${|\n')).toEqual(expect.arrayContaining(['VIP', 'X', '_PWD']));
  });

  it('proposes options of lines, and interfaces after dev', () => {
    expect(labels('vrrp_instance A {\n virtual_ipaddress {\n 10.0.0.1 dev |\n }\n}\n')).toEqual(interfaces);
    expect(labels('vrrp_instance A {\n track_interface {\n eth0 w|\n }\n}\n')).toEqual(['weight', 'reverse']);
    expect(labels('vrrp_instance A {\n track_interface {\n |\n }\n}\n')).toEqual(interfaces);
  });

  it('keeps quiet in comments, includes and paths', () => {
    expect(labels('# a |')).toEqual([]);
    expect(labels('vrrp_instance A { # pri|\n}\n')).toEqual([]);
    expect(labels('include |')).toEqual([]);
    expect(labels('vrrp_instance A {\n notify |\n}')).toEqual([]);
  });

  it('tells values from prose in the table', () => {
    const values = (text: string) => literals({ ...rootGrammar.rows.get('instance')!, arguments: text });
    expect(values('MASTER or BACKUP')).toEqual(['MASTER', 'BACKUP']);
    expect(values('1.0, 1.0C or 1.1')).toEqual(['1.0', '1.0C', '1.1']);
    expect(values('NAT, DR or TUN [options]')).toEqual(['NAT', 'DR', 'TUN']);
    expect(values('MTU or ADVERT or BYTES')).toEqual(['MTU', 'ADVERT']);
    expect(values('low medium high')).toEqual(['low', 'medium', 'high']);
    expect(values('[never]')).toEqual(['never']);
    for (const prose of ['name or number', 'same as lb_algo', '[up to 6 set names]', 'IP [PORT]', 'SECS 0..1000']) {
      expect(values(prose)).toEqual([]);
    }
    expect(labels('virtual_server 10.0.0.1 80 {\n lvs_sched |\n}')).toContain('wrr');
  });

  it('answers at any place of any file', () => {
    const anywhere = fc.tuple(damagedText, fc.nat()).map(([text, place]) => {
      const at = place % (text.length + 1);
      return `${text.slice(0, at).replaceAll('|', '')}|${text.slice(at).replaceAll('|', '')}`;
    });
    fc.assert(
      fc.property(anywhere, marked => {
        for (const { label } of proposals(marked)) expect(label).not.toBe('');
      }),
      { numRuns: 200, seed: 1 },
    );
  });
});
