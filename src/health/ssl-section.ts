import { bindReaders, type Reader, readBlock } from '../config/interpret.ts';
import { advise, complain, type SectionContext } from '../config/section-context.ts';
import { located, type Statement } from '../config/tree.ts';
import type { ConfigurationHost } from '../ports/configuration-host.ts';
import type { TlsOptions } from '../ports/probe.ts';
import { healthBlocks } from './keywords.ts';

/** The SSL block as written. */
export interface SslDraft {
  readonly statement: Statement;
  password: Statement | undefined;
  authorities: Statement | undefined;
  certificate: Statement | undefined;
  key: Statement | undefined;
}

const take =
  (name: 'password' | 'authorities' | 'certificate' | 'key'): Reader<SslDraft, SectionContext> =>
  (statement, draft) => {
    draft[name] = statement;
  };

const readers = bindReaders<SslDraft, SectionContext>(healthBlocks['SSL']!, {
  password: take('password'),
  ca: take('authorities'),
  certificate: take('certificate'),
  key: take('key'),
});

/** Reads the SSL block; a second one takes the place of the first. */
export function readSsl(statement: Statement, earlier: SslDraft | undefined, context: SectionContext): SslDraft {
  const draft: SslDraft = {
    statement,
    password: undefined,
    authorities: undefined,
    certificate: undefined,
    key: undefined,
  };
  readBlock(statement.block?.statements ?? [], healthBlocks['SSL']!, readers, draft, context);
  if (earlier)
    complain(context, located(statement), 'duplicate-name', 'there is an SSL block already', 'this one stands');
  return draft;
}

/** What SSL_GET shows of itself; undefined where nothing, or nothing usable, is named. */
export function completeSsl(
  draft: SslDraft | undefined,
  host: Pick<ConfigurationHost, 'readFile'>,
  context: SectionContext,
): TlsOptions['client'] {
  if (!draft) return undefined;
  if (draft.authorities) {
    const message = 'SSL_GET verifies no certificates, so that "ca" decides nothing';
    advise(context, located(draft.authorities), 'without-effect', message, 'as in keepalived');
  }
  const { certificate, key } = draft;
  if (!certificate && !key) return undefined;
  if (!certificate || !key) {
    const message = 'a client certificate needs both "certificate" and "key"';
    advise(context, located(draft.statement), 'checker-incomplete', message, 'none is shown');
    return undefined;
  }
  const certificateText = read(certificate, host, context);
  const keyText = read(key, host, context);
  if (certificateText === undefined || keyText === undefined) return undefined;
  return { certificate: certificateText, key: keyText, password: draft.password?.words[1]?.text };
}

function read(
  statement: Statement,
  host: Pick<ConfigurationHost, 'readFile'>,
  context: SectionContext,
): string | undefined {
  const word = statement.words[1]!;
  const file = host.readFile(word.text);
  if (file.ok) return file.value;
  const message = `"${word.text}" cannot be read (${file.reason})`;
  advise(context, located(statement, word), 'file-not-usable', message, 'SSL_GET shows no client certificate');
  return undefined;
}
