import { type Duration, seconds } from '../base/duration.ts';
import { bindReaders, type Reader } from '../config/interpret.ts';
import { advise, complain, type SectionContext } from '../config/section-context.ts';
import { located, type Statement } from '../config/tree.ts';
import { decimalSeconds, integer } from '../config/values.ts';
import type { TrackScriptConfiguration } from './configuration.ts';
import { vrrpBlocks } from './keywords.ts';
import { readTrackedBlock } from './tracked-block.ts';
import { readWeight, trackerWeights } from './tracker-section.ts';

/** A vrrp_script block as written. */
export interface ScriptDraft {
  readonly statement: Statement;
  readonly name: string;
  script: Statement | undefined;
  user: Statement | undefined;
  interval: Duration | undefined;
  timeout: Duration | undefined;
  weight: number;
  reverse: boolean;
  rise: number;
  fall: number;
}

const counts = { minimum: 1, maximum: 2_147_483_647 };
/** Microseconds in 32 bits. */
const spans = { minimum: 0, maximum: 4_294.967295 };

const readers = bindReaders<ScriptDraft, SectionContext>(vrrpBlocks.vrrp_script, {
  script: (statement, draft) => {
    draft.script = statement;
  },
  user: (statement, draft) => {
    draft.user = statement;
  },
  interval: readSpan('interval'),
  timeout: readSpan('timeout'),
  weight: readWeight(trackerWeights),
  rise: (statement, draft, context) => {
    draft.rise = integer(statement, counts, context) ?? draft.rise;
  },
  fall: (statement, draft, context) => {
    draft.fall = integer(statement, counts, context) ?? draft.fall;
  },
  init_fail: (statement, _draft, context) => {
    advise(
      context,
      located(statement),
      'without-effect',
      '"init_fail" has no effect on a script that an instance tracks',
      'as in keepalived; a script counts as neither failed nor well until its first run ends',
    );
  },
});

function readSpan(key: 'interval' | 'timeout'): Reader<ScriptDraft, SectionContext> {
  return (statement, draft, context) => {
    const span = decimalSeconds(statement, spans, context);
    if (span === undefined) return;
    if (span === 0) complain(context, located(statement), 'zero-becomes-one', `${key} 0 becomes 1 s`);
    // Resolution is a millisecond; a shorter span is not none.
    draft[key] = span === 0 ? seconds(1) : (Math.max(1_000, Math.round(span / 1_000) * 1_000) as Duration);
  };
}

/** Reads a vrrp_script block; undefined if it can be of no use to anybody. */
export function readScript(
  statement: Statement,
  known: ReadonlyMap<string, ScriptDraft>,
  context: SectionContext,
): ScriptDraft | undefined {
  const draft = readTrackedBlock(statement, known, vrrpBlocks.vrrp_script, readers, emptyDraft, context);
  if (!draft || draft.script) return draft;
  const message = `vrrp_script "${draft.name}" has no script`;
  complain(context, located(statement), 'script-without-command', message, 'it is left out');
  return undefined;
}

function emptyDraft(statement: Statement, name: string): ScriptDraft {
  return {
    statement,
    name,
    script: undefined,
    user: undefined,
    interval: undefined,
    timeout: undefined,
    weight: 0,
    reverse: false,
    rise: 1,
    fall: 1,
  };
}

/**
 * The script ready to run; undefined if it must not be. keepalived takes such a script out of what its instances track,
 * with a message, and so do we: the address must not depend on a file that is not there.
 */
export function completeScript(draft: ScriptDraft, context: SectionContext): TrackScriptConfiguration | undefined {
  const script = context.scripts.resolve(draft.script!, 'tracked', draft.user);
  if (!script) return undefined;
  const interval = draft.interval ?? seconds(1);
  return {
    name: draft.name,
    script,
    interval,
    timeout: draft.timeout ?? interval,
    rise: draft.rise,
    fall: draft.fall,
  };
}
