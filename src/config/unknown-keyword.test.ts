import { describe, expect, it } from 'vitest';
import { instanceText, load } from '../engine/configuration.testkit.ts';

const service = (check: string): string =>
  `virtual_server 10.0.0.1 80 {\nlb_algo rr\nlb_kind NAT\nprotocol TCP\nreal_server 10.0.0.2 80 {\n${check}\n}\n}\n`;

describe('an unknown keyword', () => {
  it('may be the old name of one that the block has', () => {
    const { text, told } = load(service('TCP_CHECK {\nnb_get_retry 3\n}'));
    expect(told).toEqual(['unknown-keyword 7:1']);
    expect(text).toContain('did you mean "retry"?');
  });

  it('may belong in another block', () => {
    expect(load(instanceText('delay_loop 6')).text).toContain('it belongs in a virtual_server block');
  });

  it('may be what a merge left behind', () => {
    const { told, text } = load(instanceText('<<<<<<< HEAD\npriority 5\n=======\npriority 5\n>>>>>>> 0a1b2c'));
    expect(told).toEqual(['unknown-keyword 4:1', 'unknown-keyword 6:1', 'unknown-keyword 8:1']);
    expect(text.match(/two versions of the file were merged/g)).toHaveLength(3);
  });

  it('may be a member of a sync group without its block', () => {
    const { text, codes } = load(`vrrp_sync_group G {\nV\n}\n${instanceText()}`);
    expect(codes).toContain('unknown-keyword');
    expect(text).toContain('group { NAME }');
  });
});

describe('an unknown keyword at the outside', () => {
  it('may be a line of a shell script, and is none where it has a block', () => {
    const hint = 'this is a line of a shell script';
    expect(load('service nginx restart\n').text).toContain(hint);
    expect(load('service nginx {\nstart yes\n}\n').text).not.toContain(hint);
  });

  it('may be of another LVS', () => {
    expect(load('local_address_group G {\n10.0.0.3\n}\n').text).toContain('another LVS (FULLNAT, DPVS)');
    expect(load(service('weight 1').replace('NAT', 'FNAT')).text).toContain('only LVS forks forward so (DPVS)');
  });
});

describe('a block keyword without a brace', () => {
  it('is shown with one', () => {
    const { text, told } = load(instanceText('track_interface eth1'));
    expect(told).toEqual(['missing-opening-brace 4:1']);
    expect(text).toContain('write track_interface { eth1 }');
  });
});

describe('words after the one that counts', () => {
  it.each([
    ['state BACKUP or MASTER', '"state" takes one value: what follows from "or" on is passed over'],
    ['priority 100 percent', '"priority" takes one value: "percent" is passed over'],
  ])('%s', (line, message) => {
    const { text, told, testExitStatus } = load(instanceText(line));
    expect(told).toEqual([expect.stringMatching(/^extra-words 4:/)]);
    expect(text).toContain(message);
    expect(testExitStatus).toBe(0);
  });

  it('are the value of others', () => {
    expect(load(`global_defs {\nrouter_id one two\n}\n${instanceText('')}`).codes).not.toContain('extra-words');
  });
});

describe('a keyword of the past', () => {
  it('has its fate in its hint', () => {
    const { text, testExitStatus } = load('global_defs {\nlvs_id LVS_1\n}\n');
    expect(text).toContain('"lvs_id" is a keyword of the past [obsolete-keyword]');
    expect(text).toContain('= it is called router_id now');
    expect(testExitStatus).toBe(5);
  });

  it('that still works has its successor there', () => {
    const { text } = load(service('HTTP_GET {\nurl {\npath /\nstatus_code 200\n}\nnb_get_retry 3\n}'));
    expect(text).toContain('"nb_get_retry" is deprecated [deprecated-keyword]');
    expect(text).toContain('= write "retry"');
  });
});

describe('a keyword without a value', () => {
  it('is not switched off by one', () => {
    const { told, text } = load('global_defs {\nenable_script_security 0\nscript_user root\n}\n');
    expect(told).toEqual(['without-effect 2:24']);
    expect(text).toContain('"enable_script_security" takes no value: "0" does not switch it off');
    expect(load(instanceText('nopreempt 1')).codes).toEqual([]);
  });
});

describe('a block without its name', () => {
  it('says how it is written', () => {
    expect(load('vrrp_script {\n}\n').text).toContain('write "vrrp_script NAME {"; keepalived ends at once');
    expect(load('vrrp_instance {\n}\n').text).toContain('write "vrrp_instance NAME {"');
  });
});
