import { describe, expect, it } from 'vitest';
import { cluster, instance, script } from './cluster.testkit.ts';

const both = (lines: string, others = lines) =>
  cluster(instance(`priority 100\n${lines}`), instance(`priority 90\n${others}`));
const tracking = (priority: number, tracker = 's', more = '') =>
  instance(`priority ${priority}\n${more}\ntrack_script {\n${tracker}\n}`);

describe('nodes that do not fit together', () => {
  it.each([
    ['version 2', 'version 3', ['error nodes-differ-version']],
    ['advert_int 1', 'advert_int 2', ['error nodes-differ-interval']],
    ['version 3\nadvert_int 1', 'version 3\nadvert_int 2', ['advice nodes-differ-interval']],
    ['', 'authentication {\nauth_type PASS\nauth_pass x\n}', ['error nodes-differ-authentication']],
    ['nopreempt', '', ['advice nodes-differ-preempt']],
    ['', 'mcast_dst_ip 224.0.0.19', ['error nodes-differ-destination']],
    ['', 'unicast_peer {\n10.0.0.8\n}', ['error nodes-differ-destination']],
    ['state MASTER', 'state MASTER', ['advice initial-states']],
    ['state BACKUP', 'state MASTER', ['advice initial-states']],
    ['state MASTER', 'state BACKUP', []],
    ['', 'preempt_delay 10', ['advice useless-preempt-delay']],
    ['preempt_delay 10', '', []],
  ])('%j and %j', (left, right, expected) => {
    expect(both(left, right).told).toEqual(expected);
  });

  it('compare passwords as far as the wire carries them, and show none', () => {
    const pass = (text: string) => `authentication {\nauth_type PASS\nauth_pass ${text}\n}`;
    const { told, messages } = both(pass('swordfish'), pass('sw0rdfis'));
    expect(told).toEqual(['error nodes-differ-authentication']);
    expect(messages).toEqual(['"V" has authentication password A on a, password B on b']);
    expect(both(pass('swordfish'), pass('swordfis')).told).toEqual([]);
  });

  it('by their VRID are still recognised by their addresses or their name', () => {
    const { told, messages } = cluster(instance('priority 100'), instance('priority 90', { name: 'W', vrid: 6 }));
    expect(told).toEqual(['error nodes-differ-vrid']);
    expect(messages).toEqual(['"V" has virtual_router_id 5 on a, 6 on b']);
  });

  it('are not confused by instances that have changed names', () => {
    const two = (first: string, second: string) =>
      instance('priority 100', { name: first, vrid: 5 }) +
      instance('priority 90', { name: second, vrid: 6, addresses: '10.0.0.2/24' });
    const { told, forecasts } = cluster(two('V', 'W'), two('W', 'V').replaceAll('100', '80'));
    expect(told).toEqual(['advice equal-priorities']);
    expect(forecasts).toHaveLength(2);
  });

  it('in their addresses', () => {
    const { told, messages } = cluster(
      instance('priority 100', { addresses: '10.0.0.1/24\n10.0.0.2/24' }),
      instance('priority 90', { addresses: '10.0.0.1/25\n10.0.0.3/24' }),
    );
    expect(told).toEqual([
      'advice nodes-differ-addresses',
      'warning nodes-differ-addresses',
      'warning nodes-differ-addresses',
    ]);
    expect(messages).toEqual([
      '"V" has 10.0.0.1 differently: /24 on a, /25 on b',
      '"V" lacks 10.0.0.2 on b',
      '"V" lacks 10.0.0.3 on a',
    ]);
  });

  it('in the order of their addresses: nothing to say', () => {
    const addresses = ['10.0.0.1/24\n10.0.0.2/24', '10.0.0.2/24\n10.0.0.1/24'];
    const [left, right] = addresses.map((text, index) => instance(`priority ${100 + index}`, { addresses: text }));
    expect(cluster(left!, right!).told).toEqual([]);
  });

  it('in what they track', () => {
    expect(cluster(script('weight -20') + tracking(100), instance('priority 90')).told).toEqual([
      'advice nodes-differ-tracking',
    ]);
  });

  it('have a virtual router that no other has', () => {
    const other = instance('', { name: 'W', vrid: 6, addresses: '10.0.0.2/24' });
    const { told, messages } = cluster(instance('priority 100') + other, instance('priority 90'));
    expect(told).toEqual(['warning only-one-node']);
    expect(messages).toEqual(['only a has "W": nobody can take its addresses over']);
  });
});

describe('unicast', () => {
  const node = (priority: number, source: string, ...peers: string[]) =>
    instance(`priority ${priority}\n${source && `unicast_src_ip ${source}`}\nunicast_peer {\n${peers.join('\n')}\n}`);

  it.each([
    ['each names the other', ['10.0.0.8', '10.0.0.9'], ['10.0.0.9', '10.0.0.8'], []],
    ['one is wrong', ['10.0.0.8', '10.0.0.7'], ['10.0.0.9', '10.0.0.8'], ['error peer-missing', 'advice peer-unknown']],
    [
      'a copied file',
      ['10.0.0.8', '10.0.0.9'],
      ['10.0.0.8', '10.0.0.9'],
      ['error nodes-share-source', 'advice peer-unknown', 'advice peer-unknown'],
    ],
    ['both the same and no source', ['', '10.0.0.9'], ['', '10.0.0.9'], ['error peer-missing']],
    ['no source, both name both', ['', '10.0.0.8', '10.0.0.9'], ['', '10.0.0.8', '10.0.0.9'], []],
    ['no source, each another', ['', '10.0.0.8'], ['', '10.0.0.9'], []],
  ])('%s', (_name, [one = '', ...onePeers], [two = '', ...twoPeers], expected) => {
    expect(cluster(node(100, one, ...onePeers), node(90, two, ...twoPeers)).told).toEqual(expected);
  });
});

describe('weights', () => {
  it('that do not reach: the arithmetic, and the weight that would', () => {
    const { told, messages, hints, diagnostics } = cluster(
      script('weight -5') + tracking(101),
      script('weight -5') + tracking(95),
    );
    expect(told).toEqual(['warning no-failover']);
    expect(messages).toEqual(['no failover will happen when s fails on a: 101 - 5 = 96 > 95 of b']);
    expect(hints[0]).toMatch(/^write weight -7,/);
    expect(diagnostics[0]).toMatchObject({ line: 15, excerpt: 's' });
    expect(cluster(script('weight -7') + tracking(101), script('weight -7') + tracking(95)).told).toEqual([]);
  });

  it('that end in a tie do not reach either', () => {
    const { messages } = cluster(script('weight -6') + tracking(101), script('weight -6') + tracking(95));
    expect(messages).toEqual([
      'no failover will happen when s fails on a: 101 - 6 = 95 = 95 of b, and an equal does not take over',
    ]);
  });

  it('that are added and do not reach', () => {
    const { messages, hints } = cluster(script('weight 2') + tracking(110), script('weight 2') + tracking(100));
    expect(messages).toEqual(['no failover will happen when s fails on a: 110 > 100 + 2 = 102 of b']);
    expect(hints[0]).toMatch(/^write weight 11 on all nodes,/);
    expect(cluster(script('weight 11') + tracking(110), script('weight 11') + tracking(100)).told).toEqual([]);
  });

  it('under nopreempt: never', () => {
    const text = (priority: number) => script('weight -50') + tracking(priority, 's', 'nopreempt');
    const { told, messages } = cluster(text(100), text(90));
    expect(told).toEqual(['warning no-failover', 'warning no-failover']);
    expect(messages[0]).toBe('no failover will happen when s fails on a: 100 - 50 = 50 < 90 of b, but b has nopreempt');
  });

  it('that reach together only', () => {
    const scripts =
      script('weight -6') +
      script('weight -6')
        .replace('vrrp_script s', 'vrrp_script t')
        .replace(/^global[^}]*}\n/, '');
    const text = (priority: number) => scripts + tracking(priority, 's\nt');
    expect(cluster(text(100), text(90)).told).toEqual(['advice no-failover', 'advice no-failover']);
  });

  it('that turn the order of the nodes round', () => {
    const { told, messages } = cluster(instance('priority 100'), script('weight 20') + tracking(90));
    expect(told).toEqual(['advice nodes-differ-tracking', 'warning weights-turn-order']);
    expect(messages[1]).toBe('"V": with all well b beats a, which has the higher priority: 90 + 20 = 110 > 100');
  });

  it('of an owner', () => {
    const { told } = cluster(script('weight -50') + tracking(255), script('weight -50') + tracking(90));
    expect(told).toEqual(['warning no-failover']);
  });
});

it('equals', () => {
  expect(cluster(instance(''), instance('')).told).toEqual(['advice equal-priorities']);
  expect(cluster(instance('priority 255'), instance('priority 255')).told).toEqual(['error two-owners']);
  expect(cluster(instance('priority 100'), instance('priority 90'), instance('priority 90')).told).toEqual([]);
});

it('a node that is never able', () => {
  const { told } = cluster(
    instance('priority 100\nunicast_fault_no_peer'),
    instance('priority 90\nunicast_fault_no_peer'),
  );
  expect(told).toEqual(['warning always-in-fault', 'warning always-in-fault']);
});

describe('sync groups', () => {
  const two = (first: number, second: number) =>
    instance(`priority ${first}`) + instance(`priority ${second}`, { name: 'W', vrid: 6, addresses: '10.0.0.2/24' });
  const group = (members = 'V\nW') => `vrrp_sync_group G {\ngroup {\n${members}\n}\n}\n`;

  it('that fit', () => {
    expect(cluster(two(100, 100) + group(), two(90, 90) + group()).told).toEqual([]);
  });

  it('that are pulled apart', () => {
    const { told, messages } = cluster(two(100, 90) + group(), two(90, 100) + group());
    expect(told).toEqual(['error group-torn']);
    expect(messages).toEqual(['the priorities pull sync group "G" apart: "V" to a, "W" to b']);
  });

  it('of equals, which each interface would decide anew', () => {
    const { told, messages } = cluster(two(100, 100) + group(), two(90, 90) + group(), two(90, 90) + group());
    expect(told).toEqual(['warning group-of-equals']);
    expect(messages).toEqual(['sync group "G": b and c are equal when a is gone']);
    expect(cluster(two(100, 100) + group(), two(100, 100) + group()).messages).toContain(
      'sync group "G": a and b are equal when all start together',
    );
  });

  it('that are not the same everywhere', () => {
    const { told, messages } = cluster(two(100, 100) + group(), two(90, 90) + group('V'));
    expect(told).toEqual(['warning nodes-differ-groups']);
    expect(messages).toEqual(['sync group "G" of a is not together on b: "V" is in "G", "W" is in no group']);
    expect(cluster(two(100, 100) + group(), two(90, 90)).told).toEqual(['warning nodes-differ-groups']);
  });
});
