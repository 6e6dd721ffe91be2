import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rootGrammar } from '../engine/keywords.ts';
import { damagedText } from './configuration-texts.testkit.ts';
import { desk, path, textAt } from './editor.testkit.ts';
import { hoverAt } from './hover.ts';
import { definitionsAt, occurrenceAt, referencesTo, renamingAt } from './navigation.ts';
import { outlineOf } from './outline.ts';

const cluster = `$VIP=10.0.0.1
vrrp_script up {
    script "/usr/bin/check.x -a"
}
vrrp_instance A {
    virtual_ipaddress {
        $VIP
        \${VIP}0
    }
    track_script {
        up weight 5
    }
    notify /usr/bin/told.x
}
vrrp_sync_group G {
    group {
        A
        "B"
    }
}
include more.conf
`;
const others = {
  '/etc/more.conf': 'vrrp_instance B {\n    track_script {\n        up\n    }\n}\n',
  '/usr/bin/check.x': '',
  '/usr/bin/told.x': '',
};

/** The cluster with the cursor in the middle of the nth time that a word stands there. */
function at(word: string, nth = 1) {
  let place = -1;
  for (let count = 0; count < nth; count++) place = cluster.indexOf(word, place + 1);
  return desk(`${cluster.slice(0, place + 1)}|${cluster.slice(place + 1)}`, others);
}

function definitions(here: ReturnType<typeof desk>): readonly string[] {
  return definitionsAt(here.project, here.document, here.place, here.files, rootGrammar).map(
    found => `${found.path}:${found.range.start.line + 1}`,
  );
}

describe('go to definition', () => {
  it.each([
    ['up weight', '/etc/k.conf:2'],
    ['VIP\n', '/etc/k.conf:1'],
    ['VIP}', '/etc/k.conf:1'],
    ['A\n', '/etc/k.conf:5'],
    ['B"', '/etc/more.conf:1'],
    ['more.conf', '/etc/more.conf:1'],
    ['check.x', '/usr/bin/check.x:1'],
    ['told.x', '/usr/bin/told.x:1'],
  ])('of %j', (word, place) => {
    expect(definitions(at(word))).toEqual([place]);
  });

  it('finds none for keywords and for names that nobody defines', () => {
    expect(definitions(at('script "'))).toEqual([]);
    expect(definitions(desk('vrrp_sync_group G {\n group {\n  no|ne\n }\n}\n'))).toEqual([]);
  });
});

describe('references', () => {
  it('are found in all files, definitions first', () => {
    const here = at('up weight');
    const found = referencesTo(here.project, occurrenceAt(here.project, path, here.place)!);
    expect(found.map(place => `${place.role} ${place.path}:${place.range.start.line + 1}`)).toEqual([
      'definition /etc/k.conf:2',
      'reference /etc/k.conf:11',
      'reference /etc/more.conf:3',
    ]);
  });

  it('leave out what a repetition names itself', () => {
    const here = desk(`$i=x\n~SEQ(i,1,3) child_wait_time \${i}\nchild_wait_time $|i\n`);
    const found = referencesTo(here.project, occurrenceAt(here.project, path, here.place)!);
    expect(found.map(({ range }) => range.start.line)).toEqual([0, 2]);
  });
});

describe('renaming', () => {
  it('covers the name everywhere, quotes and marks left as they are', () => {
    const here = at('VIP');
    const renaming = renamingAt(here.project, path, here.place, 'ADDRESS');
    expect(renaming.ok && renaming.places.map(place => [place.range.start.line, textAt(cluster, place.range)])).toEqual(
      [
        [0, 'VIP'],
        [6, 'VIP'],
        [7, 'VIP'],
      ],
    );
    const quoted = at('B"');
    const places = renamingAt(quoted.project, path, quoted.place, 'C');
    expect(places.ok && places.places.map(place => place.path)).toEqual(['/etc/more.conf', '/etc/k.conf']);
    expect(places.ok && textAt(cluster, places.places[1]!.range)).toBe('B');
  });

  it.each([
    ['A\n', 'B', 'defined already'],
    ['A\n', 'two words', 'cannot be a name'],
    ['VIP', 'a-b', 'cannot be a name'],
    ['notify', 'x', 'no name here'],
  ])('%j to %j is refused', (word, name, reason) => {
    const here = at(word);
    expect(renamingAt(here.project, path, here.place, name)).toMatchObject({
      ok: false,
      reason: expect.stringContaining(reason),
    });
  });
});

describe('hover', () => {
  const hover = (here: ReturnType<typeof desk>) =>
    hoverAt(here.project, here.document, here.place, rootGrammar)?.markdown;

  it('says what the table knows about a keyword', () => {
    const text = hover(desk('vrrp_instance A {\n  nopre|empt\n}\n'));
    expect(text).toContain('*vrrp_instance*');
    expect(text).toContain('Cleared when state MASTER');
    expect(hover(desk('vrrp_instance A {\n  use_v|mac\n}\n'))).toContain('start and reload refuse');
    expect(hover(desk('vrrp_instance A {\n  v3_checksum|_as_v2\n}\n'))).toContain('Since keepalived 2.2.8');
    expect(hover(desk('vrrp_instance A {\n virtual_ipaddress {\n 10.0.0.1 la|bel x\n}\n}\n'))).toContain('IPv4 only');
  });

  it('shows what a name stands for', () => {
    expect(hover(at('up weight'))).toContain('script "/usr/bin/check.x -a"\n}');
    expect(hover(at('up weight'))).toContain('used 2 times');
    expect(hover(at('VIP}'))).toContain('$VIP=10.0.0.1');
    expect(hover(desk('vrrp_sync_group G {\n group {\n  no|ne\n }\n}\n'))).toContain('defined nowhere');
  });

  it('has nothing to say about values and comments', () => {
    expect(hover(desk('vrrp_instance A {\n  priority 1|00\n}\n'))).toBeUndefined();
    expect(hover(desk('# prior|ity\n'))).toBeUndefined();
  });

  it('answers at any place of any file', () => {
    fc.assert(
      fc.property(damagedText, fc.nat(), (text, place) => {
        const at = place % (text.length + 1);
        const here = desk(`${text.slice(0, at).replaceAll('|', '')}|${text.slice(at).replaceAll('|', '')}`);
        hover(here);
        definitions(here);
        outlineOf(here.document);
        renamingAt(here.project, path, here.place, 'other');
      }),
      { numRuns: 200, seed: 1 },
    );
  });
});

describe('the outline', () => {
  it('has blocks inside each other, and definitions', () => {
    const entries = outlineOf(at('VIP').document);
    expect(entries.map(({ name }) => name)).toEqual(['$VIP', 'vrrp_script up', 'vrrp_instance A', 'vrrp_sync_group G']);
    expect(entries[2]!.children.map(({ name }) => name)).toEqual(['virtual_ipaddress', 'track_script']);
    expect(entries[2]!.range).toEqual({ start: { line: 4, character: 0 }, end: { line: 12, character: 26 } });
  });
});
