// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are substitutions of the language itself
import { describe, expect, it } from 'vitest';
import { Diagnostics } from './diagnostic.ts';
import { memoryFiles } from './memory-files.testkit.ts';
import { type ReadingOptions, readLines } from './reader.ts';

const usual: ReadingOptions = {
  conditionIds: ['one', 'holdfast'],
  configId: 'one',
  allIncludesStrict: false,
  randomSeed: 1,
};

function read(
  files: string | Readonly<Record<string, string>>,
  options: Partial<ReadingOptions> = {},
  environment: Readonly<Record<string, string>> = {},
) {
  const diagnostics = new Diagnostics();
  const all = typeof files === 'string' ? { '/etc/main.conf': files } : files;
  const reading = readLines('/etc/main.conf', memoryFiles(all, environment), { ...usual, ...options }, diagnostics);
  return {
    lines: reading.ok ? [...reading.lines].map(line => line.text) : undefined,
    places: reading.ok ? [...reading.lines].map(line => `${line.source.file}:${line.source.number}`) : [],
    codes: diagnostics.all.map(diagnostic => diagnostic.code),
    diagnostics,
  };
}

describe('lines', () => {
  it('loses blanks, comments and empty lines, and keeps its number', () => {
    const { lines, places } = read('! one\n\n  a b \t\r\n# two\nc#d\n');
    expect(lines).toEqual(['a b', 'c']);
    expect(places).toEqual(['/etc/main.conf:3', '/etc/main.conf:5']);
  });

  it('keeps comment marks in quotes and after a backslash', () => {
    expect(read('a "b # c" d\ne\\#f g\\!\n').lines).toEqual(['a "b # c" d', 'e#f g!']);
  });

  it('takes // for a comment, and says so where it stands alone', () => {
    const { lines, codes } = read('// 全局\na 1 // b\na 1 //b\npath //x\na "//"\n');
    expect(lines).toEqual(['a 1', 'a 1', 'path //x', 'a "//"']);
    expect(codes).toEqual(['slash-comment']);
  });

  it('drops a line with a NUL byte and reads past a byte order mark', () => {
    const { lines, codes } = read('\ufeffa\nb\0\nc\n');
    expect(lines).toEqual(['a', 'c']);
    expect(codes).toEqual(['byte-order-mark', 'null-byte']);
  });

  it('reads lines longer than keepalived does, up to a bound', () => {
    const { lines, codes, diagnostics } = read(`a ${'x'.repeat(2_000)}\nb ${'x'.repeat(70_000)}\nc\n`);
    expect(lines).toHaveLength(2);
    expect(codes).toEqual(['long-line', 'line-too-long']);
    expect(diagnostics.refused).toBe(true);
  });

  it('says why a file cannot be read', () => {
    expect(readLines('/nowhere', memoryFiles({}), usual, new Diagnostics())).toEqual({ ok: false, reason: 'ENOENT' });
  });
});

describe('conditions', () => {
  it('keep a line for the right id', () => {
    expect(read('@one a\n@two b\n@^one c\n@^two d\n@holdfast e\n@^holdfast f\n').lines).toEqual(['a', 'd', 'e']);
  });

  it('may follow one another', () => {
    expect(read('@one @^two a\n@one @two b\n').lines).toEqual(['a']);
  });
});

describe('definitions', () => {
  it('replace a name before a blank or the end, and in braces', () => {
    const { lines, codes } = read('$IF=eth0\na $IF b $IF\nc ${IF}.1\nd $IF.1\ne "$IF x"\n');
    expect(lines).toEqual(['a eth0 b eth0', 'c eth0.1', 'd $IF.1', 'e "eth0 x"']);
    expect(codes).toEqual(['definition-not-expanded']);
  });

  it('are expanded when used, from inside out, and may be empty or changed', () => {
    expect(read('$A=${B}x\n$B=1\na ${A}\n$B=2\na ${A}\n$B=\na ${A}\n').lines).toEqual(['a 1x', 'a 2x', 'a x']);
  });

  it('leave unknown names alone', () => {
    expect(read('a $NOBODY "${NOBODY}"\n').lines).toEqual(['a $NOBODY "${NOBODY}"']);
  });

  it('know the predefined names', () => {
    const { lines } = read(
      'a ${_PWD} ${_INSTANCE} ${_HASH}${_BANG} ${_ENV HOME} ${_RANDOM 3 3}\n',
      {},
      { HOME: '/root' },
    );
    expect(lines).toEqual(['a /etc one #! /root 3']);
  });

  it('draw the same random numbers from the same seed', () => {
    const { lines } = read('random_seed 5\na ${_RANDOM}\nrandom_seed 5\na ${_RANDOM}\n');
    expect(lines![1]).toBe(lines![3]);
    expect(Number(lines![1]!.slice(2))).toBeLessThan(32_768);
  });

  it('may have lines of their own, put in where the name stands alone', () => {
    const { lines, places } = read('$BODY= \\\na $X \\\n  b\n$X=1\nv {\n$BODY\n}\n');
    expect(lines).toEqual(['v {', 'a 1', 'b', '}']);
    expect(places[1]).toBe('/etc/main.conf:6');
  });

  it.each([
    ['$A=$A\na $A\n', 'definition-loop'],
    ['$A=$B\n$B=$A\na $A\n', 'definition-loop'],
    ['$A= \\\n$A \\\nx\n$A\n', 'definition-loop'],
    [`$A=${'x'.repeat(1_000)}\n$B=${'${A}'.repeat(100)}\na \${B}\n`, 'expansion-too-long'],
    [`$A=\n$B=${'${A}'.repeat(100)}\n$C=${'${B}'.repeat(100)}\na \${C}\n`, 'expansion-too-long'],
  ])('are refused when they do not end: %#', (text, code) => {
    const { codes, diagnostics } = read(text);
    expect(codes).toContain(code);
    expect(diagnostics.refused).toBe(true);
  });
});

describe('repetitions', () => {
  it.each([
    ['~SEQ(I, 3) a $I', ['a 1', 'a 2', 'a 3']],
    ['~SEQ(I, 4, 2) a $I', ['a 4', 'a 3', 'a 2']],
    ['~SEQ(I, 1, 2, 5) a $I', ['a 1', 'a 3', 'a 5']],
    ['~SEQ(I, -2) a $I', ['a -1', 'a -2']],
    ['~SEQx(I, 0x9, 11) a $I', ['a 9', 'a a', 'a b']],
    ['~LST(I, x, y) a $I', ['a x', 'a y']],
    ['~LST({A,B}, {1,x}, {2,y}) a $A $B', ['a 1 x', 'a 2 y']],
    ['~SEQ(I, 2)~LST(J, x, y) a ${I}$J', ['a 1x', 'a 1y', 'a 2x', 'a 2y']],
  ])('%s', (text, lines) => {
    expect(read(text).lines).toEqual(lines);
  });

  it('repeat lines of a definition', () => {
    expect(read('$V= \\\nv $I { \\\n}\n~SEQ(I, 2) $V\n').lines).toEqual(['v 1 {', '}', 'v 2 {', '}']);
  });

  it.each([
    '~SEQ(I) a',
    '~SEQ(, 3) a',
    '~SEQ(I, 1, 0, 3) a',
    '~SEQ(I, 1, -1, 3) a',
    '~SEQx(I, -3) a',
    '~SEQ(I, 3 a',
    '~LST({A,B}, {1}) a',
  ])('are refused when they make no sense: %s', text => {
    const { codes, diagnostics } = read(text);
    expect(codes).toEqual(['bad-repetition']);
    expect(diagnostics.refused).toBe(true);
  });

  it('are bounded', () => {
    const { codes, diagnostics } = read('~SEQ(A,100000)~SEQ(B,100000)~SEQ(C,100000) a $A\n~SEQ(A,100000) b\n');
    expect(codes).toEqual(['expansion-too-long']);
    expect(diagnostics.refused).toBe(true);
  });
});

describe('includes', () => {
  it('are read where they stand, relative to their file', () => {
    const { lines, places } = read({
      '/etc/main.conf': 'a\ninclude sub/*.conf\nb\n',
      '/etc/sub/1.conf': 'one\ninclude more.conf\n',
      '/etc/sub/2.conf': 'two\n',
      '/etc/sub/more.conf': 'more\n',
    });
    expect(lines).toEqual(['a', 'one', 'more', 'two', 'more', 'b']);
    expect(places[2]).toBe('/etc/sub/more.conf:1');
  });

  it.each([
    ['include', 'x.conf', 'ignores'],
    ['includer', 'x.conf', 'ignores'],
    ['includem', 'x.conf', 'unreadable'],
    ['includem', 'x*.conf', 'ignores'],
    ['includew', 'x*.conf', 'unreadable'],
    ['includeb', '{sub,x}.conf', 'unreadable'],
    ['includea', 'x.conf', 'unreadable'],
    ['include', 'run.sh', 'ignores'],
    ['includer', 'run.sh', 'unreadable'],
  ])('%s %s', (keyword, pattern, keepalivedClass) => {
    const { diagnostics } = read({
      '/etc/main.conf': `${keyword} ${pattern}\n`,
      '/etc/sub.conf': '',
      '/etc/run.sh': '',
    });
    expect(diagnostics.all.map(diagnostic => diagnostic.keepalivedClass)).toEqual([keepalivedClass]);
    expect(diagnostics.startExitStatus).toBe(keepalivedClass === 'unreadable' ? 6 : undefined);
  });

  it('may stand under a condition, and come out of definitions and repetitions', () => {
    const { lines, codes } = read({
      '/etc/main.conf':
        '@one include a.conf\n@two include b.conf\n$D=sub\ninclude ${D}/c.conf\n~SEQ(i, 2) include d.conf\n',
      '/etc/a.conf': 'a\n',
      '/etc/b.conf': 'b\n',
      '/etc/sub/c.conf': 'c\n',
      '/etc/d.conf': 'd ${i}\n',
    });
    expect(lines).toEqual(['a', 'c', 'd 1', 'd 2']);
    expect(codes).toEqual([]);
  });

  it('tell what keepalived passes over, because it stands under a condition of ours', () => {
    const files = {
      '/etc/main.conf': 'a\n@one b\n@holdfast c\n@^two d\n@holdfast include own.conf\ninclude shared.conf\n',
      '/etc/own.conf': 'e\n@one f # g\ninclude more.conf\n',
      '/etc/more.conf': 'h\n',
      '/etc/shared.conf': 'i\n',
    };
    const reading = readLines('/etc/main.conf', memoryFiles(files), usual, new Diagnostics());
    const hidden = reading.ok ? [...reading.lines].filter(line => line.ownOnly).map(line => line.text) : [];
    expect(hidden).toEqual(['c', 'e', 'f', 'h']);
  });

  it('are as strict as include_check says, in this file and what it includes', () => {
    const { codes, diagnostics } = read({
      '/etc/main.conf': 'include sub.conf\ninclude x.conf\ninclude_check +match\ninclude sub.conf\n',
      '/etc/sub.conf': 'include y.conf\n',
    });
    expect(codes).toEqual(['include-failed', 'include-failed', 'include-failed']);
    expect(diagnostics.all.map(diagnostic => diagnostic.keepalivedClass)).toEqual(['ignores', 'ignores', 'unreadable']);
  });

  it('of a directory say how to name the files in it', () => {
    const { codes, diagnostics } = read({ '/etc/main.conf': 'include conf.d\n', '/etc/conf.d': '' });
    expect(codes).toEqual(['include-failed']);
    expect(diagnostics.all[0]?.message).toContain('"/etc/conf.d/*.conf" names those in it');
    expect(diagnostics.testExitStatus).toBe(0);
  });

  it('are all strict with -e', () => {
    const { diagnostics } = read('include x.conf\n', { allIncludesStrict: true });
    expect(diagnostics.testExitStatus).toBe(6);
  });

  it('must not go in circles', () => {
    const { codes, diagnostics } = read({
      '/etc/main.conf': 'a\ninclude b.conf\n',
      '/etc/b.conf': 'include main.conf\n',
    });
    expect(codes).toEqual(['include-loop']);
    expect(diagnostics.refused).toBe(true);
  });

  it('must not multiply', () => {
    const files: Record<string, string> = { '/etc/main.conf': 'include 0.conf\n' };
    for (let index = 0; index < 30; index++) {
      files[`/etc/${index}.conf`] = `include ${index + 1}.conf\ninclude ${index + 1}.conf\n`;
    }
    const { codes } = read(files);
    expect(codes).toContain('include-loop');
  });
});
