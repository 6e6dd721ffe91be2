import {
  CodeActionKind,
  type Connection,
  type InitializeParams,
  type InitializeResult,
  LSPErrorCodes,
  ResponseError,
  type TextDocumentPositionParams,
  TextDocumentSyncKind,
  TextDocuments,
  type TextEdit,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { formatDiagnostic } from '../../config/diagnostic.ts';
import { proposalsAt } from '../../editor/completion.ts';
import { fixesFor } from '../../editor/fixes.ts';
import { formatConfiguration } from '../../editor/format.ts';
import { hoverAt } from '../../editor/hover.ts';
import { definitionsAt, occurrenceAt, referencesTo, renamingAt } from '../../editor/navigation.ts';
import { outlineOf } from '../../editor/outline.ts';
import type { FileRange } from '../../editor/places.ts';
import { rootGrammar } from '../../engine/keywords.ts';
import type { ConfigurationHost } from '../../ports/configuration-host.ts';
import { diagnosticOf, editBetween, itemOf, symbolOf } from './translation.ts';
import { pathOf, uriOf, Workspace } from './workspace.ts';

/** Long enough that fast typing is read once, short enough that nobody waits. */
const settleMilliseconds = 120;

/** Answers an editor until the connection ends. */
export function serve(connection: Connection, host: ConfigurationHost, version: string): void {
  const documents = new TextDocuments(TextDocument);
  let workspace = new Workspace(host, { configId: shortName(host), thisMachine: undefined });
  let snippets = false;
  /** Files that the editor shows problems of, by the configuration that they were found in. */
  const published = new Map<string, readonly string[]>();
  let settling: NodeJS.Timeout | undefined;

  connection.onInitialize((params): InitializeResult => {
    const options = optionsOf(params);
    workspace = new Workspace(host, {
      configId: options.configId ?? shortName(host),
      thisMachine: options.thisMachine,
    });
    snippets = params.capabilities.textDocument?.completion?.completionItem?.snippetSupport === true;
    return {
      serverInfo: { name: 'holdfast', version },
      capabilities: {
        textDocumentSync: TextDocumentSyncKind.Incremental,
        completionProvider: { triggerCharacters: [' ', '$', '{'] },
        hoverProvider: true,
        definitionProvider: true,
        referencesProvider: true,
        renameProvider: { prepareProvider: true },
        documentSymbolProvider: true,
        documentFormattingProvider: true,
        codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
      },
    };
  });

  const publish = (): void => {
    settling = undefined;
    const mainFiles = new Set(workspace.openPaths.map(name => workspace.mainFileOf(name)));
    for (const [mainFile, names] of published) {
      if (mainFiles.has(mainFile)) continue;
      published.delete(mainFile);
      for (const name of names) void connection.sendDiagnostics({ uri: uriOf(name), diagnostics: [] });
    }
    for (const mainFile of mainFiles) {
      const problems = workspace.problems(mainFile);
      const gone = (published.get(mainFile) ?? []).filter(name => !problems.has(name));
      for (const name of gone) void connection.sendDiagnostics({ uri: uriOf(name), diagnostics: [] });
      for (const [name, found] of problems) {
        void connection.sendDiagnostics({ uri: uriOf(name), diagnostics: found.map(diagnosticOf) });
      }
      published.set(mainFile, [...problems.keys()]);
    }
  };
  const publishSoon = (): void => {
    if (settling) clearTimeout(settling);
    settling = setTimeout(publish, settleMilliseconds);
  };

  documents.onDidChangeContent(({ document }) => {
    workspace.open(pathOf(document.uri), document.getText());
    publishSoon();
  });
  documents.onDidClose(({ document }) => {
    workspace.close(pathOf(document.uri));
    publishSoon();
  });
  documents.onDidSave(() => {
    workspace.refresh();
    publishSoon();
  });

  const here = ({ textDocument, position }: TextDocumentPositionParams) => {
    const path = pathOf(textDocument.uri);
    return { path, place: position, project: workspace.projectFor(path), document: workspace.document(path) };
  };

  connection.onCompletion(params => {
    const { document, place, project } = here(params);
    const proposals = proposalsAt(document, place, rootGrammar, project.occurrences, workspace.interfaceNames);
    return proposals.map(proposal => itemOf(proposal, snippets));
  });
  connection.onHover(params => {
    const { project, document, place } = here(params);
    const hover = hoverAt(project, document, place, rootGrammar);
    return hover ? { contents: { kind: 'markdown', value: hover.markdown }, range: hover.range } : null;
  });
  connection.onDefinition(params => {
    const { project, document, place } = here(params);
    return definitionsAt(project, document, place, workspace.files, rootGrammar).map(locationOf);
  });
  connection.onReferences(params => {
    const { project, path, place } = here(params);
    const occurrence = occurrenceAt(project, path, place);
    const found = occurrence ? referencesTo(project, occurrence) : [];
    return found.filter(({ role }) => role === 'reference' || params.context.includeDeclaration).map(locationOf);
  });
  connection.onPrepareRename(params => {
    const { project, path, place } = here(params);
    return occurrenceAt(project, path, place)?.range ?? null;
  });
  connection.onRenameRequest(params => {
    const { project, path, place } = here(params);
    const renaming = renamingAt(project, path, place, params.newName);
    if (!renaming.ok) throw new ResponseError(LSPErrorCodes.RequestFailed, renaming.reason);
    const changes: Record<string, TextEdit[]> = {};
    for (const { path: name, range } of renaming.places) {
      const uri = uriOf(name);
      changes[uri] = [...(changes[uri] ?? []), { range, newText: params.newName }];
    }
    return { changes };
  });
  connection.onDocumentSymbol(({ textDocument }) =>
    outlineOf(workspace.document(pathOf(textDocument.uri))).map(symbolOf),
  );
  connection.onDocumentFormatting(({ textDocument, options }) => {
    const path = pathOf(textDocument.uri);
    const text = documents.get(textDocument.uri)?.getText() ?? '';
    const indentation = options.insertSpaces ? ' '.repeat(options.tabSize) : '\t';
    const result = formatConfiguration(path, text, workspace.files, rootGrammar, { indentation });
    if (result.ok) return editBetween(text, result.text);
    const [first] = result.diagnostics;
    const reader = result.host === undefined ? '' : ` as ${result.host} reads it`;
    const reason = first ? `: ${formatDiagnostic(first).split('\n')[0]}` : '';
    throw new ResponseError(LSPErrorCodes.RequestFailed, `not formatted: the braces do not balance${reader}${reason}`);
  });

  connection.onCodeAction(({ textDocument, context }) =>
    context.diagnostics.flatMap(diagnostic => {
      const { source, code, message, range } = diagnostic;
      if (source !== 'holdfast') return [];
      return fixesFor({ code: String(code), message: String(message), range }).map(fix => ({
        title: fix.title,
        kind: CodeActionKind.QuickFix,
        diagnostics: [diagnostic],
        edit: { changes: { [textDocument.uri]: [{ range: fix.range, newText: fix.newText }] } },
      }));
    }),
  );
  connection.onDidChangeWatchedFiles(() => {
    workspace.refresh();
    publishSoon();
  });

  documents.listen(connection);
  connection.listen();
}

function locationOf({ path, range }: FileRange) {
  return { uri: uriOf(path), range };
}

function shortName({ hostName }: ConfigurationHost): string {
  return hostName.split('.')[0]!;
}

interface ClientOptions {
  readonly configId: string | undefined;
  readonly thisMachine: boolean | undefined;
}

/** Whatever an editor's settings hold. */
function optionsOf({ initializationOptions }: InitializeParams): ClientOptions {
  const options: unknown = initializationOptions;
  const given = typeof options === 'object' && options !== null ? (options as Record<string, unknown>) : {};
  const { configId, thisMachine } = given;
  return {
    configId: typeof configId === 'string' && configId !== '' ? configId : undefined,
    thisMachine: typeof thisMachine === 'boolean' ? thisMachine : undefined,
  };
}
