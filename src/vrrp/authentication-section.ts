import { utf8 } from '../base/text-bytes.ts';
import { bindReaders, readBlock } from '../config/interpret.ts';
import { shortened } from '../config/reading-context.ts';
import { advise, complain, type SectionContext } from '../config/section-context.ts';
import { located, type Statement } from '../config/tree.ts';
import type { Word } from '../config/words.ts';
import { vrrpBlocks } from './keywords.ts';

/** An authentication block as written. */
export interface AuthenticationDraft {
  readonly statement: Statement;
  type: 'password' | 'header' | undefined;
  typeAt: Statement | undefined;
  password: Uint8Array | undefined;
}

const grammar = vrrpBlocks.vrrp_instance.blocks.get('authentication')!;

export function readAuthentication(
  statements: readonly Statement[],
  draft: AuthenticationDraft,
  context: SectionContext,
): void {
  readBlock(statements, grammar, readers, draft, context);
}

/** RFC 2338 gives the password eight bytes. */
const passwordBytes = 8;

const readers = bindReaders<AuthenticationDraft, SectionContext>(grammar, {
  auth_type: (statement, draft, context) => {
    const word = statement.words[1]!;
    draft.typeAt = statement;
    if (word.text === 'PASS' || word.text === 'SIMPLE') draft.type = 'password';
    else if (word.text === 'AH') draft.type = 'header';
    else {
      const message = `"${shortened(word.text)}" is no type of authentication`;
      complain(context, located(statement, word), 'bad-value', message, 'write PASS or AH; none is used');
    }
  },
  auth_pass: (statement, draft, context) => {
    const word = statement.words[1]!;
    const bytes = utf8(word.text);
    const password = new Uint8Array(passwordBytes);
    password.set(bytes.slice(0, passwordBytes));
    draft.password = password;
    adviseOnPassword(statement, word, context);
    if (bytes.length > passwordBytes) {
      complain(
        context,
        located(statement, word),
        'password-truncated',
        `auth_pass has ${bytes.length} bytes; VRRP carries ${passwordBytes}`,
        `the first ${passwordBytes} are used: passwords that differ only after them are the same`,
      );
    }
  },
});

/** A password often ends earlier than was meant. */
function adviseOnPassword(statement: Statement, word: Word, context: SectionContext): void {
  const { line } = statement;
  const next = line.offset < 0 ? undefined : line.source.text[line.offset + word.end];
  if (!word.quoted && (next === '!' || next === '#')) {
    const message = `the password ends before "${next}", which begins a comment`;
    advise(context, located(statement, word), 'without-effect', message, 'put the whole password in double quotes');
  } else if (statement.words.length > 2) {
    const message = `the password ends after "${shortened(word.text)}"`;
    const hint = 'put a password with blanks in double quotes';
    advise(context, located(statement, statement.words[2]), 'without-effect', message, hint);
  }
}
