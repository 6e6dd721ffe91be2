import { once } from '../base/once.ts';
import { bindReaders, type Reader, readBlock } from '../config/interpret.ts';
import { advise, complain, type SectionContext } from '../config/section-context.ts';
import { located, type Statement } from '../config/tree.ts';
import { boolean } from '../config/values.ts';
import type { ConfigurationHost } from '../ports/configuration-host.ts';
import type { ProbeSpec, TlsOptions } from '../ports/probe.ts';
import type { TlsDefaults } from './check-target.ts';
import { healthBlocks } from './keywords.ts';

/** The SSL block as written. */
export interface SslDraft {
  readonly statement: Statement;
  password: Statement | undefined;
  authorities: Statement | undefined;
  certificate: Statement | undefined;
  key: Statement | undefined;
  verify: boolean;
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
  tls_verify: (statement, draft, context) => {
    draft.verify = boolean(statement, context) ?? draft.verify;
  },
});

/** Reads the SSL block; a second one takes the place of the first. */
export function readSsl(statement: Statement, earlier: SslDraft | undefined, context: SectionContext): SslDraft {
  const draft: SslDraft = {
    statement,
    password: undefined,
    authorities: undefined,
    certificate: undefined,
    key: undefined,
    verify: false,
  };
  readBlock(statement.block?.statements ?? [], healthBlocks['SSL']!, readers, draft, context);
  if (earlier)
    complain(context, located(statement), 'duplicate-name', 'there is an SSL block already', 'this one stands');
  return draft;
}

/** What the SSL block comes to. Its authorities are read when a checker asks for them: else nothing depends on them. */
export function completeSsl(
  draft: SslDraft | undefined,
  host: Pick<ConfigurationHost, 'readFile'>,
  context: SectionContext,
): TlsDefaults {
  const reading = { ...context, readFile: host.readFile };
  return {
    client: draft && completeClient(draft, reading),
    verify: draft?.verify ?? false,
    authorities: once(() => {
      return draft?.authorities ? authoritiesOf(draft.authorities, reading) : 'system';
    }),
  };
}

/** Says where authorities are named that nobody is judged by. */
export function adviseOfAuthorities(
  draft: SslDraft | undefined,
  probes: readonly ProbeSpec[],
  context: SectionContext,
): void {
  if (!draft?.authorities) return;
  if (probes.some(probe => (probe.type === 'http' || probe.type === 'http2') && probe.tls?.verify)) return;
  const message = 'no certificate is verified, so that "ca" decides nothing';
  advise(
    context,
    located(draft.authorities),
    'without-effect',
    message,
    'as in keepalived; "@holdfast tls_verify" asks for it',
  );
}

type FileContext = SectionContext & Pick<ConfigurationHost, 'readFile'>;

/** A file of authorities. A check that was to verify and cannot must not pass for one that need not. */
export function authoritiesOf(statement: Statement, context: FileContext): { readonly file: string } {
  const word = statement.words[1]!;
  const file = context.readFile(word.text);
  if (file.ok && file.value.includes('-----BEGIN CERTIFICATE-----')) return { file: word.text };
  const problem = file.ok ? 'holds no certificate in PEM form' : `cannot be read (${file.reason})`;
  context.diagnostics.report(located(statement, word), {
    code: 'file-not-usable',
    severity: 'error',
    message: `"${word.text}" ${problem}`,
    hint: 'start and reload refuse it: no server could be verified',
    keepalivedClass: 'ignores',
    refuses: true,
  });
  return { file: word.text };
}

/** What checkers show of themselves; undefined where nothing, or nothing usable, is named. */
function completeClient(draft: SslDraft, context: FileContext): TlsOptions['client'] {
  const { certificate, key } = draft;
  if (!certificate && !key) return undefined;
  if (!certificate || !key) {
    const message = 'a client certificate needs both "certificate" and "key"';
    advise(context, located(draft.statement), 'checker-incomplete', message, 'none is shown');
    return undefined;
  }
  const certificateText = read(certificate, context);
  const keyText = read(key, context);
  if (certificateText === undefined || keyText === undefined) return undefined;
  return { certificate: certificateText, key: keyText, password: draft.password?.words[1]?.text };
}

function read(statement: Statement, context: FileContext): string | undefined {
  const word = statement.words[1]!;
  const file = context.readFile(word.text);
  if (file.ok) return file.value;
  const message = `"${word.text}" cannot be read (${file.reason})`;
  advise(context, located(statement, word), 'file-not-usable', message, 'SSL_GET shows no client certificate');
  return undefined;
}
