import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver-protocol/node';
import { Editor, edited, uri } from '../../src/cli/lsp/client.testkit.ts';

const program = path.join(import.meta.dirname, '../../bin/holdfast');

it('an editor starts holdfast lsp, works with it over standard input and output, and ends it', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'holdfast-lsp-'));
  const name = path.join(folder, 'keepalived.conf');
  const text =
    'vrrp_script up {\n  script /bin/true\n}\nvrrp_instance A {\n  stat MASTER\n  track_script {\n    up\n  }\n}\n';
  writeFileSync(name, text);
  const server = spawn(process.execPath, [program, 'lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const complaints: string[] = [];
  server.stderr.on('data', data => complaints.push(String(data)));
  const ended = once(server, 'exit');
  try {
    const editor = new Editor(new StreamMessageReader(server.stdout), new StreamMessageWriter(server.stdin));
    const { serverInfo, capabilities } = await editor.initialize({ configId: 'east', thisMachine: false });
    expect(serverInfo?.name).toBe('holdfast');
    expect(capabilities).toMatchObject({
      renameProvider: {},
      completionProvider: {},
      documentFormattingProvider: true,
    });

    await editor.open(name, text);
    const unknown = (list: readonly { readonly code?: string | number }[]) =>
      list.some(({ code }) => code === 'unknown-keyword');
    const before = await editor.diagnostics(name, unknown);
    expect(before.find(({ code }) => code === 'unknown-keyword')!.range).toEqual({
      start: { line: 4, character: 2 },
      end: { line: 4, character: 6 },
    });
    await editor.type(name, 4, 2, 6, 'state');
    await editor.diagnostics(name, list => !unknown(list));

    await editor.type(name, 4, 13, 13, '\n  ');
    const items = await editor.completion(name, 5, 2);
    expect(items.map(({ label }) => label)).toContain('virtual_router_id');
    await editor.type(name, 5, 2, 2, 'virtual_router_id 5');
    expect(await editor.hover(name, 5, 5)).toMatchObject({ contents: { value: expect.stringContaining('1..255') } });
    expect(await editor.definition(name, 7, 5)).toMatchObject([{ uri: uri(name), range: { start: { line: 0 } } }]);
    const { changes } = await editor.rename(name, 7, 5, 'alive');
    expect(changes![uri(name)]).toHaveLength(2);
    const current = text.replace('stat MASTER', 'state MASTER\n  virtual_router_id 5');
    expect(edited(current, await editor.format(name))).toBe(current);
    expect((await editor.symbols(name)).map(symbol => symbol.name)).toEqual(['vrrp_script up', 'vrrp_instance A']);

    await editor.shutdown();
    await editor.exit();
    expect(await ended).toEqual([0, null]);
    expect(complaints.join('')).toBe('');
    editor.end();
  } finally {
    server.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
});
