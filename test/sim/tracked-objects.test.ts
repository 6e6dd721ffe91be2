import { describe, expect, it } from 'vitest';
import { configuration, play } from './scenario.testkit.ts';

const file = (weight: number) => `track_file load {\n  file /run/load\n  weight ${weight}\n}\n`;
const nginx = 'vrrp_track_process nginx {\n  process nginx\n  quorum 2\n  terminate_delay 2\n}\n';

describe('tracked files', () => {
  const node = (priority: number, weight: number) => file(weight) + configuration(priority, 'track_file {\nload\n}');

  it('move the address by what they say', () => {
    play(
      { a: node(110, -1), b: node(100, -1) },
      `at 20s file load on a says 5 for 20s
       at 50s file load on a says 11 for 20s
       expect holder a at 39s
       expect holder b at 69s
       expect holder a at 90s
       until 100s`,
    );
  });

  it('mean FAULT with weight 0', () => {
    play(
      { a: node(110, 0), b: node(100, 0) },
      'at 20s file load on a says 1\nexpect holder b at 40s\nexpect gap < 1s\nuntil 60s',
    );
  });

  it('keep what they say while the daemon is replaced', () => {
    play(
      { a: node(110, 0), b: node(100, 0) },
      'at 20s file load on a says 1\nat 30s crash a\nexpect holder b at 25s\nexpect holder b at 59s\nuntil 60s',
    );
  });
});

describe('tracked processes', () => {
  const node = (priority: number) => nginx + configuration(priority, 'track_process {\nnginx\n}');

  it('take the address with them, after their delay', () => {
    play(
      { a: node(110), b: node(100) },
      `at 20s process nginx on a runs 1 times for 20s
       expect holder a at 21.9s
       expect holder b at 30s
       expect holder a at 60s
       until 80s`,
    );
  });

  it('may be away for less than their delay', () => {
    const result = play(
      { a: node(110), b: node(100) },
      'at 20s process nginx on a stops for 1s\nexpect quiet from 10s\nuntil 40s',
    );
    expect(result.violations).toEqual([]);
  });
});
