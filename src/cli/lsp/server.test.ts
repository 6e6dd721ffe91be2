import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver/node';
import { configurationHost } from '../../linux/configuration-host.ts';
import { Editor, edited, uri } from './client.testkit.ts';
import { serve } from './server.ts';
import { editBetween } from './translation.ts';

let folder = '';
let editor: Editor;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'holdfast-lsp-'));
  const [toServer, toEditor] = [new PassThrough(), new PassThrough()];
  serve(
    createConnection(new StreamMessageReader(toServer), new StreamMessageWriter(toEditor)),
    configurationHost({ PATH: '/bin' }),
    '0.0.0',
  );
  editor = new Editor(new StreamMessageReader(toEditor), new StreamMessageWriter(toServer));
});
afterEach(() => {
  editor.end();
  rmSync(folder, { recursive: true });
});

function file(name: string, text: string): string {
  const target = path.join(folder, name);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, text);
  return target;
}

const text = `vrrp_instance A {
  prioritty 5
  virtual_router_id 5
  interface eth0
  virtual_ipaddress { 10.0.0.1 }
}
`;

describe('the language server', () => {
  it('says what is wrong as it is typed, where it is', async () => {
    const name = file('keepalived.conf', text);
    await editor.initialize();
    await editor.open(name, text);
    const [found] = await editor.diagnostics(name, list => list.length > 0);
    expect(found).toMatchObject({
      code: 'unknown-keyword',
      source: 'holdfast',
      severity: 1,
      range: { start: { line: 1, character: 2 }, end: { line: 1, character: 11 } },
      message: expect.stringContaining('did you mean "priority"?'),
    });
    await editor.type(name, 1, 2, 11, 'priority');
    expect(await editor.diagnostics(name, list => list.length === 0)).toEqual([]);
    await editor.close(name);
  });

  it('counts characters as editors do', async () => {
    const name = file('keepalived.conf', '');
    await editor.initialize();
    await editor.open(name, 'global_defs {\n router_id "😀😀" ; nonsense\n}\nvrrp_instance "😀" extra {\n}\n');
    const found = await editor.diagnostics(name, list => list.some(({ code }) => code === 'extra-words'));
    const range = found.find(({ code }) => code === 'extra-words')!.range;
    expect(range).toEqual({ start: { line: 3, character: 19 }, end: { line: 3, character: 24 } });
  });

  it('reads includes from disk, unsaved texts first, and shows problems in each file', async () => {
    const main = file('keepalived.conf', 'include conf.d/*.conf\n');
    const part = file('conf.d/a.conf', 'global_defs {\nnonsense\n}\n');
    await editor.initialize();
    await editor.open(main, 'include conf.d/*.conf\n');
    expect(await editor.diagnostics(part, list => list.length === 1)).toMatchObject([
      { range: { start: { line: 1 } } },
    ]);
    await editor.open(part, 'global_defs {\nrouter_id a\nmore_nonsense\n}\n');
    const found = await editor.diagnostics(part, list => list[0]?.range.start.line === 2);
    expect(found[0]!.message).toContain('more_nonsense');
    await editor.close(main);
    await editor.close(part);
    expect(await editor.diagnostics(part, list => list.length === 0)).toEqual([]);
  });

  it('knows which configuration an included file belongs to', async () => {
    file('keepalived.conf', 'vrrp_script up {\n script /bin/true\n}\ninclude conf.d/*.conf\n');
    const part = file('conf.d/a.conf', 'vrrp_instance A {\n track_script {\n  up\n }\n}\n');
    await editor.initialize();
    await editor.open(part, 'vrrp_instance A {\n track_script {\n  up\n }\n}\n');
    const [found] = await editor.definition(part, 2, 3);
    expect(found).toMatchObject({ uri: uri(path.join(folder, 'keepalived.conf')), range: { start: { line: 0 } } });
  });

  it('completes, with blocks as snippets, and hovers', async () => {
    const name = file('keepalived.conf', '');
    await editor.initialize();
    await editor.open(name, 'vrrp_instance A {\n  pri\n  sta\n}\n\n');
    const items = await editor.completion(name, 1, 5);
    const priority = items.find(({ label }) => label === 'priority')!;
    expect(priority.textEdit).toMatchObject({
      newText: 'priority',
      range: { start: { line: 1, character: 2 }, end: { line: 1, character: 5 } },
    });
    const block = (await editor.completion(name, 4, 0)).find(({ label }) => label === 'vrrp_script')!;
    expect(block.textEdit!.newText).toBe(`vrrp_script \${1:NAME} {\n\t$0\n}`);
    expect(await editor.hover(name, 0, 3)).toMatchObject({
      contents: { value: expect.stringContaining('virtual router') },
    });
    expect(await editor.hover(name, 1, 3)).toBeNull();
  });

  it('renames in all files, and says why not', async () => {
    const main = file('keepalived.conf', 'include a.conf\nvrrp_script up {\n}\n');
    const part = file('a.conf', 'vrrp_instance A {\n track_script {\n  up\n }\n}\n');
    await editor.initialize();
    await editor.open(main, 'include a.conf\nvrrp_script up {\n}\n');
    expect(await editor.prepareRename(main, 1, 13)).toMatchObject({ start: { character: 12 }, end: { character: 14 } });
    const { changes } = await editor.rename(main, 1, 13, 'alive');
    expect(Object.keys(changes!)).toEqual([uri(main), uri(part)]);
    expect(changes![uri(part)]).toMatchObject([{ newText: 'alive', range: { start: { line: 2, character: 2 } } }]);
    expect(await editor.references(main, 1, 13)).toHaveLength(1);
    await expect(editor.rename(main, 1, 13, 'two words')).rejects.toThrow('cannot be a name');
    expect(await editor.prepareRename(main, 1, 3)).toBeNull();
  });

  it('formats with the indentation of the editor, and refuses broken braces', async () => {
    const name = file('keepalived.conf', '');
    const crooked = '# kept\n\nglobal_defs{\nrouter_id   a\n}\n';
    await editor.initialize();
    await editor.open(name, crooked);
    const edits = await editor.format(name);
    expect(edits).toMatchObject([{ range: { start: { line: 2, character: 0 }, end: { line: 4, character: 0 } } }]);
    expect(edited(crooked, edits)).toBe('# kept\n\nglobal_defs {\n  router_id a\n}\n');
    expect(edited(crooked, await editor.format(name, false))).toContain('\n\trouter_id a\n');
    await editor.type(name, 4, 0, 1, '');
    await expect(editor.format(name)).rejects.toThrow('braces do not balance');
  });

  it('offers to write what was meant', async () => {
    const name = file('keepalived.conf', '');
    await editor.initialize();
    await editor.open(name, text);
    const found = await editor.diagnostics(name, list => list.length > 0);
    const [fix] = await editor.fixes(name, found);
    expect(fix).toMatchObject({ title: 'Write priority', kind: 'quickfix' });
    expect(edited(text, fix!.edit!.changes![uri(name)]!)).toBe(text.replace('prioritty', 'priority'));
  });

  it('has an outline', async () => {
    const name = file('keepalived.conf', '');
    await editor.initialize();
    await editor.open(name, text);
    expect(await editor.symbols(name)).toMatchObject([
      { name: 'vrrp_instance A', children: [{ name: 'virtual_ipaddress', children: [] }] },
    ]);
  });

  it('makes one text of another by whole lines', () => {
    const line = fc.constantFrom('a', 'b', '');
    const textOf = fc
      .tuple(fc.array(line, { maxLength: 6 }), fc.boolean())
      .map(([lines, end]) => lines.join('\n') + (end ? '\n' : ''));
    fc.assert(
      fc.property(textOf, textOf, (before, after) => {
        expect(edited(before, editBetween(before, after))).toBe(after);
      }),
      { numRuns: 2_000 },
    );
  });
});
