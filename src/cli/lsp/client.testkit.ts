import { pathToFileURL } from 'node:url';
import {
  type CodeAction,
  type CompletionItem,
  createProtocolConnection,
  type Diagnostic,
  type DocumentSymbol,
  type Hover,
  type InitializeResult,
  type Location,
  type MessageReader,
  type MessageWriter,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver-protocol/node';

/** An editor: it opens a file, types, and asks about places. */
export class Editor {
  readonly #connection: ProtocolConnection;
  readonly #published = new Map<string, Diagnostic[]>();
  readonly #waiting = new Set<() => void>();
  #version = 0;

  constructor(reader: MessageReader, writer: MessageWriter) {
    this.#connection = createProtocolConnection(reader, writer);
    this.#connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
      this.#published.set(params.uri, params.diagnostics);
      for (const resume of this.#waiting) resume();
    });
    this.#connection.listen();
  }

  async initialize(initializationOptions?: unknown): Promise<InitializeResult> {
    const capabilities = { textDocument: { completion: { completionItem: { snippetSupport: true } } } };
    const result = await this.#connection.sendRequest<InitializeResult>('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities,
      initializationOptions,
    });
    await this.#connection.sendNotification('initialized', {});
    return result;
  }

  async open(path: string, text: string): Promise<void> {
    this.#version++;
    const textDocument = { uri: uri(path), languageId: 'keepalived', version: this.#version, text };
    await this.#connection.sendNotification('textDocument/didOpen', { textDocument });
  }

  /** Types over the given characters of a line. */
  async type(path: string, line: number, from: number, to: number, text: string): Promise<void> {
    this.#version++;
    await this.#connection.sendNotification('textDocument/didChange', {
      textDocument: { uri: uri(path), version: this.#version },
      contentChanges: [{ range: { start: { line, character: from }, end: { line, character: to } }, text }],
    });
  }

  async close(path: string): Promise<void> {
    await this.#connection.sendNotification('textDocument/didClose', { textDocument: { uri: uri(path) } });
  }

  /** The diagnostics shown for a file, once they satisfy the condition. */
  async diagnostics(
    path: string,
    condition: (found: readonly Diagnostic[]) => boolean,
  ): Promise<readonly Diagnostic[]> {
    for (;;) {
      const found = this.#published.get(uri(path));
      if (found && condition(found)) return found;
      await new Promise<void>(resolve => {
        const resume = (): void => {
          this.#waiting.delete(resume);
          resolve();
        };
        this.#waiting.add(resume);
      });
    }
  }

  completion(path: string, line: number, character: number): Promise<CompletionItem[]> {
    return this.#ask('completion', path, line, character);
  }

  hover(path: string, line: number, character: number): Promise<Hover | null> {
    return this.#ask('hover', path, line, character);
  }

  definition(path: string, line: number, character: number): Promise<Location[]> {
    return this.#ask('definition', path, line, character);
  }

  references(path: string, line: number, character: number): Promise<Location[]> {
    return this.#ask('references', path, line, character, { context: { includeDeclaration: false } });
  }

  prepareRename(path: string, line: number, character: number): Promise<unknown> {
    return this.#ask('prepareRename', path, line, character);
  }

  rename(path: string, line: number, character: number, newName: string): Promise<WorkspaceEdit> {
    return this.#ask('rename', path, line, character, { newName });
  }

  format(path: string, insertSpaces = true): Promise<TextEdit[]> {
    const options = { tabSize: 2, insertSpaces };
    return this.#connection.sendRequest('textDocument/formatting', { textDocument: { uri: uri(path) }, options });
  }

  fixes(path: string, diagnostics: readonly Diagnostic[]): Promise<CodeAction[]> {
    const range = diagnostics[0]!.range;
    return this.#connection.sendRequest('textDocument/codeAction', {
      textDocument: { uri: uri(path) },
      range,
      context: { diagnostics },
    });
  }

  symbols(path: string): Promise<DocumentSymbol[]> {
    return this.#connection.sendRequest('textDocument/documentSymbol', { textDocument: { uri: uri(path) } });
  }

  async shutdown(): Promise<void> {
    await this.#connection.sendRequest('shutdown');
  }

  async exit(): Promise<void> {
    await this.#connection.sendNotification('exit');
  }

  end(): void {
    this.#connection.dispose();
  }

  #ask<Answer>(what: string, path: string, line: number, character: number, more: object = {}): Promise<Answer> {
    const textDocument = { uri: uri(path) };
    return this.#connection.sendRequest(`textDocument/${what}`, {
      textDocument,
      position: { line, character },
      ...more,
    });
  }
}

export function uri(path: string): string {
  return pathToFileURL(path).href;
}

/** Applies edits of one text, which do not overlap. */
export function edited(text: string, edits: readonly TextEdit[]): string {
  const starts = [0];
  for (let index = 0; index < text.length; index++) if (text[index] === '\n') starts.push(index + 1);
  const at = ({ line, character }: { readonly line: number; readonly character: number }): number =>
    (starts[line] ?? text.length) + character;
  return [...edits]
    .sort((left, right) => at(right.range.start) - at(left.range.start))
    .reduce(
      (result, { range, newText }) => result.slice(0, at(range.start)) + newText + result.slice(at(range.end)),
      text,
    );
}
