import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSimulate } from './main.ts';

const fixtures = fileURLToPath(new URL('../../../test/fixtures/configurations/', import.meta.url));
const nginx = [`m=${fixtures}004-nginx-nopreempt-master.conf`, `b=${fixtures}004-nginx-nopreempt-backup.conf`];
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'simulate-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function simulate(...words: string[]) {
  let said = '';
  let told = '';
  const status = await runSimulate(words, { say: text => (said += text), tell: line => (told += `${line}\n`) });
  return { status, said, told };
}
const file = (name: string, text: string): string => {
  writeFileSync(path.join(folder, name), text);
  return path.join(folder, name);
};
const pair = () =>
  ['a', 'b'].map((name, place) =>
    file(
      `${name}.conf`,
      `vrrp_instance VI_1 {\n interface eth0\n virtual_router_id 51\n priority ${150 - 50 * place}\n virtual_ipaddress {\n 192.0.2.100\n }\n}\n`,
    ),
  );

describe('every single fault', () => {
  it('shows the counter-example first: nginx dies and the address stays', async () => {
    const { status, said } = await simulate('--every-single-fault', ...nginx);
    expect(status).toBe(0);
    expect(said.split('\n').slice(0, 4)).toEqual([
      'counter-example: script check_nginx on m fails for 25s',
      '  script check_nginx on m fails for 25s, and 180.101.115.139 stays on m',
      '  script check_nginx on m fails for 25s, and 218.98.38.29 stays on m',
      '  to see it: --do "at 25s script check_nginx on m fails for 25s" --events',
    ]);
    expect(said).toMatch(/^power-off m for 25s +180\.101\.115\.139 +m +b +b +3\.\d\ds +-$/m);
    expect(said).toMatch(/^cut m for 25s +180\.101\.115\.139 +m +m\+b +m /m);
  });

  it('has nothing to object to in a plain pair', async () => {
    const { status, said } = await simulate('--every-single-fault', '--expect', 'gap < 4s', ...pair());
    expect(said).toMatch(/\d\d faults: none leaves anything amiss; longest gap 3\.\d\ds\n$/);
    expect(status).toBe(0);
  });

  it('finds an address on an interface that nobody tracks', async () => {
    const nodes = ['a', 'b'].map((name, place) =>
      file(
        `${name}-lan.conf`,
        `vrrp_instance VI_1 {\n interface eth0\n virtual_router_id 51\n priority ${150 - 50 * place}\n virtual_ipaddress {\n 192.0.2.100\n 10.1.0.1/24 dev eth1\n }\n}\n`,
      ),
    );
    const { said } = await simulate('--every-single-fault', ...nodes.map((path, place) => `${'ab'[place]}=${path}`));
    expect(said).toMatch(
      /^counter-example: unplug a eth1 for 20s\n {2}unplug a eth1 for 20s, and 10\.1\.0\.1 stays on a, which does not answer$/m,
    );
  });

  it('holds the table to an expectation', async () => {
    const { status, said } = await simulate('--every-single-fault', '--expect', 'gap < 1s', ...pair());
    expect(status).toBe(1);
    expect(said).toMatch(/^counter-example: /);
    expect(said).toContain('expect gap < 1s: gap of 3.');
  });

  it('answers in JSON', async () => {
    const { said } = await simulate('--every-single-fault', '--json', ...pair());
    const outcomes = JSON.parse(said);
    const power = outcomes.find(({ faults }: { faults: string[] }) => faults[0]?.startsWith('power-off a'));
    expect(power.addresses).toEqual([
      {
        address: '192.0.2.100',
        before: ['a'],
        during: ['b'],
        after: ['a'],
        gapSeconds: expect.closeTo(3.4, 0),
        lost: false,
        dualSeconds: expect.closeTo(0, 2),
      },
    ]);
  });
});

it('every pair of faults: both machines without power are nobody’s fault', async () => {
  const { status, said } = await simulate('--every-pair-of-faults', ...pair());
  expect(status).toBe(0);
  expect(said).toMatch(/^power-off a for 20s \+ power-off b for 20s +192\.0\.2\.100 +a +nobody +a /m);
});

describe('a scenario', () => {
  it('is drawn as lanes and judged', async () => {
    const { status, said } = await simulate(
      ...pair(),
      '--do',
      'at 20s cut a for 10s',
      '--expect',
      'gap < 4s',
      '--events',
    );
    expect(status).toBe(0);
    expect(said).toMatch(/^a VI_1 +·?─+█+$/m);
    expect(said).toMatch(/^b VI_1 +·?─+█+─+$/m);
    expect(said).toMatch(/^192\.0\.2\.100 +=+_+2+=+$/m);
    expect(said).toMatch(/ {6}20s {2}> {8}cut a for 10s\n/);
    expect(said).toMatch(/every invariant and expectation holds\n$/);
  });

  it('comes from a file, and reloads with files beside it', async () => {
    const nodes = pair();
    file('more.conf', readFileSync(nodes[0]!, 'utf8').replace('192.0.2.100', '192.0.2.100\n192.0.2.101'));
    const scenario = file(
      'scenario.txt',
      'at 20s reload a with more\nexpect holder a of 192.0.2.100 at 30s\nexpect gap < 1ms\n',
    );
    const { status, said } = await simulate(...nodes, '-s', scenario);
    expect(said).toMatch(/every invariant and expectation holds\n$/);
    expect(status).toBe(0);
  });

  it('says which expectation was missed, and by how much', async () => {
    const { status, said } = await simulate(...pair(), '--do', 'at 20s power-off a', '--expect', 'gap < 2s');
    expect(status).toBe(1);
    expect(said).toMatch(/expected and missed: expect gap < 2s: gap of 3\.\d+s for 192\.0\.2\.100\n/);
  });

  it('becomes a page that needs nothing else', async () => {
    const page = path.join(folder, 'page.html');
    await simulate(...pair(), '--do', 'at 20s crash a', '--html', page);
    const html = readFileSync(page, 'utf8');
    expect(html).toContain('<svg id="chart"');
    expect(html.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|src=|href=/);
    const data = JSON.parse(/<script type="application\/json" id="data">(.*)<\/script>/.exec(html)![1]!);
    expect(data.lanes.map(({ node }: { node: string }) => node)).toEqual(['a', 'b']);
  });

  it('is the same every time, and another with another seed', async () => {
    const hash = async (...words: string[]) =>
      JSON.parse((await simulate(...pair(), '--do', 'at 20s freeze a 5s', '--json', ...words)).said).hash;
    const first = await hash();
    expect(await hash()).toBe(first);
    expect(await hash('--seed', '2')).not.toBe(first);
  });
});

describe('what cannot be used is refused with status 2', () => {
  it.each([
    [['--do', 'at 20s explode a'], '"at 20s explode a": "explode" is nothing that can happen'],
    [['--do', 'at 20s freeze z 1s'], 'there is no node "z"'],
    [['--expect', 'gap < 1s for 10.0.0.1'], '10.0.0.1 is no virtual address of these nodes'],
    [['-s', '/nowhere/at/all'], '/nowhere/at/all: ENOENT'],
  ])('%j', async (words, message) => {
    const { status, told } = await simulate(...pair(), ...words);
    expect(told).toContain(message);
    expect(status).toBe(2);
  });

  it('a file that is not there', async () => {
    const { status, told } = await simulate(pair()[0]!, '/nowhere/b.conf');
    expect(told).toContain('the configuration cannot be read (ENOENT)');
    expect(status).toBe(2);
  });
});
