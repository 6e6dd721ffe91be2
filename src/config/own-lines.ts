import type { Diagnostics } from './diagnostic.ts';
import type { LogicalLines } from './logical-lines.ts';
import { locate } from './source.ts';
import { type Piece, piecesOf } from './words.ts';

interface OpenBlock {
  readonly ownOnly: boolean;
  told: boolean;
}

const hint = 'begin each of its lines with "@holdfast", the closing brace as well, or put it into a file of its own';

/**
 * Reports blocks of which a condition hides a part from keepalived: it would read their rest as belonging elsewhere, and
 * lose count of braces.
 */
export function checkOwnLines(lines: LogicalLines, diagnostics: Diagnostics): void {
  if (!lines.anyOwnOnly) return;
  const open: OpenBlock[] = [];
  /** Whether the words that the next brace belongs to are hidden. */
  let owner: boolean | undefined;
  for (const line of lines) {
    const ownOnly = line.ownOnly === true;
    const tell = ({ start, end }: Piece, message: string): void => {
      diagnostics.report(locate(line, start, end), {
        code: 'own-block-half',
        severity: 'warning',
        message,
        hint,
        keepalivedClass: 'other',
      });
    };
    for (const piece of piecesOf(line).pieces) {
      const block = open.at(-1);
      if (piece.type === 'open') {
        const torn = owner !== undefined && owner !== ownOnly;
        if (torn) tell(piece, 'keepalived sees either this brace or the keyword that it belongs to, not both');
        open.push({ ownOnly, told: torn });
      } else if (piece.type === 'close') {
        open.pop();
        if (block && !block.told && block.ownOnly !== ownOnly)
          tell(piece, 'keepalived sees one brace of this block only');
      } else if (block?.ownOnly && !ownOnly && !block.told) {
        block.told = true;
        tell(piece, 'keepalived sees this line, and not the block that it stands in');
      }
      owner = piece.type === 'words' ? ownOnly : undefined;
    }
  }
}
