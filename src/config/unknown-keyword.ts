import { type BlockGrammar, newNameOf } from './grammar.ts';
import { type ReadingContext, report, shortened } from './reading-context.ts';
import { suggestion } from './suggestion.ts';
import { located, type Statement } from './tree.ts';
import type { Word } from './words.ts';

/** A word where a keyword should be: what was probably meant, or where it belongs. */
export function reportUnknown(statement: Statement, word: Word, grammar: BlockGrammar, context: ReadingContext): void {
  const fate = grammar.obsolete.get(word.text);
  if (fate !== undefined) {
    report(context, located(statement, word), {
      code: 'obsolete-keyword',
      severity: 'warning',
      message: `"${word.text}" is a keyword of the past`,
      hint: fate,
      keepalivedClass: 'other',
    });
    return;
  }
  report(context, located(statement, word), {
    code: 'unknown-keyword',
    severity: 'error',
    message: `unknown keyword "${shortened(word.text)}"${grammar.path === 'root' ? '' : ` in ${lastOf(grammar.path)}`}`,
    // Nobody reads it any more.
    hint: context.diagnostics.full ? undefined : hintOf(statement, word.text, grammar, context.root),
    keepalivedClass: 'other',
  });
}

function hintOf(statement: Statement, word: string, grammar: BlockGrammar, root: BlockGrammar): string | undefined {
  if (/^(<{7}|\|{7}|={7}|>{7})$/.test(word)) {
    return 'two versions of the file were merged and do not agree here: keep the lines of one of them';
  }
  if (grammar.path === 'root' && !statement.block && shellWords.has(word))
    return 'this is a line of a shell script: put it into a file of its own';
  const near = suggestion(word, grammar.rows.keys());
  if (near !== undefined) return `did you mean "${near}"?`;
  const homes = homesOf(word, root);
  for (const home of homes) {
    const name = newNameOf(home.rows.get(word)!);
    if (name !== undefined && grammar.rows.has(name)) return `did you mean "${name}"?`;
  }
  if (otherBalancers.has(word)) return 'this is of another LVS (FULLNAT, DPVS): Linux forwards by NAT, DR or TUN';
  const [first] = homes;
  if (first) return first.path === 'root' ? 'it belongs in no block' : `it belongs in a ${lastOf(first.path)} block`;
  return statement.block ? 'its block is passed over' : memberHint(grammar);
}

const shellWords: ReadonlySet<string> = new Set(
  'if then else elif fi case esac for while do done echo exit export cat sudo chmod mkdir systemctl service apt-get yum'.split(
    ' ',
  ),
);

const otherBalancers: ReadonlySet<string> = new Set(
  'local_address_group laddr_group_name syn_proxy establish_timeout bind_dev daddr_group_name waddr_group_name'.split(
    ' ',
  ),
);

/** `vrrp_sync_group G { VI_1 }`: a name where a block of names should be. */
function memberHint(grammar: BlockGrammar): string | undefined {
  return lastOf(grammar.path) === 'vrrp_sync_group'
    ? 'the members of a sync group stand in a block of their own: group { NAME }'
    : undefined;
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

/** The blocks that have the keyword, outermost first. */
function homesOf(keyword: string, root: BlockGrammar): readonly BlockGrammar[] {
  const homes: BlockGrammar[] = [];
  const queue = [root];
  for (let index = 0; index < queue.length; index++) {
    const grammar = queue[index]!;
    if (grammar.kind === 'keywords' && grammar.rows.has(keyword)) homes.push(grammar);
    queue.push(...grammar.blocks.values());
  }
  return homes;
}
