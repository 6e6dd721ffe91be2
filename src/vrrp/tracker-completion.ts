import type { DiagnosticCode } from '../config/diagnostic-codes.ts';
import { complain, type SectionContext } from '../config/section-context.ts';
import { located, type Statement, standsLater } from '../config/tree.ts';
import type { InterfaceTracker, ScriptTracker, Trackers } from './configuration.ts';
import type { ScriptDraft } from './script-section.ts';
import type { TrackFileDraft } from './tracked-file-section.ts';
import type { TrackProcessDraft } from './tracked-process-section.ts';
import type { TrackerLine, TrackersDraft } from './tracker-section.ts';

/** A block that trackers name, with what it takes for those that say nothing. */
interface TrackableBlock {
  readonly statement: Statement;
  readonly weight: number;
  readonly reverse: boolean;
}

/** A BFD session as trackers know it. */
export interface TrackableSession extends TrackableBlock {
  readonly name: string;
}

/** What trackers may name. */
export interface Trackable {
  /** vrrp_script blocks, defined and with a command. */
  readonly scripts: ReadonlyMap<string, ScriptDraft>;
  /** Of these the ones that will run. */
  readonly runnable: ReadonlySet<string>;
  /** Sessions of bfd_instance blocks that tell of themselves to virtual routers. */
  readonly sessions: ReadonlyMap<string, TrackableBlock>;
  readonly files: ReadonlyMap<string, TrackFileDraft>;
  readonly processes: ReadonlyMap<string, TrackProcessDraft>;
}

/**
 * The trackers of what is defined and will run; `owner` is the instance or group that tracks it, `ownInterface` the one that
 * an instance runs on.
 */
export function completeTrackers(
  lines: TrackersDraft,
  owner: string,
  ownInterface: string | undefined,
  trackable: Trackable,
  context: SectionContext,
): Trackers {
  const { sessions, files, processes } = trackable;
  return {
    trackInterfaces: interfaceTrackers(lines.trackInterfaces, owner, ownInterface, context),
    trackScripts: scriptTrackers(lines.trackScripts, owner, trackable, context),
    trackBfd: defined(lines.trackBfd, owner, sessions, ofSessions, context).map(({ line, block }) => ({
      session: line.name,
      ...endingReverse(line, block),
    })),
    trackFiles: defined(lines.trackFiles, owner, files, ofFiles, context).map(({ line, block }) => ({
      file: line.name,
      ...keepingReverse(line, block),
    })),
    trackProcesses: defined(lines.trackProcesses, owner, processes, ofProcesses, context).map(({ line, block }) => ({
      process: line.name,
      ...keepingReverse(line, block),
    })),
  };
}

/** Those but the instance's own interface, which is looked at anyway: keepalived drops such a line, weight and all. */
function interfaceTrackers(
  lines: ReadonlyMap<string, TrackerLine>,
  owner: string,
  ownInterface: string | undefined,
  context: SectionContext,
): InterfaceTracker[] {
  return [...lines.values()].flatMap(({ name, weight = 0, reverse = false, statement }) => {
    if (name !== ownInterface) return [{ interface: name, weight, reverse }];
    const message = `"${owner}" runs on ${name}, which it need not track`;
    const hint = 'the line is left out, its weight as well: while its own interface is down an instance is in FAULT';
    complain(context, located(statement), 'own-interface-tracked', message, hint);
    return [];
  });
}

function scriptTrackers(
  lines: ReadonlyMap<string, TrackerLine>,
  owner: string,
  { scripts, runnable }: Trackable,
  context: SectionContext,
): ScriptTracker[] {
  return [...lines.values()].flatMap(line => {
    const script = scripts.get(line.name);
    if (script) return runnable.has(line.name) ? [{ script: line.name, ...endingReverse(line, script) }] : [];
    const message = `"${owner}" tracks the script "${line.name}", which no vrrp_script defines`;
    complain(context, located(line.statement), 'unknown-script', message, 'it is not tracked');
    return [];
  });
}

/** The words of complaints about lines that name something else. */
interface Words {
  readonly code: DiagnosticCode;
  readonly keyword: string;
  /** Which of the keyword's blocks a line may name. */
  readonly which: string;
}

const ofSessions: Words = { code: 'unknown-bfd-instance', keyword: 'bfd_instance', which: ' for virtual routers' };
const ofFiles: Words = { code: 'unknown-track-file', keyword: 'track_file', which: '' };
const ofProcesses: Words = { code: 'unknown-track-process', keyword: 'vrrp_track_process', which: '' };

/** The lines that name a block. */
function defined(
  lines: ReadonlyMap<string, TrackerLine>,
  owner: string,
  blocks: ReadonlyMap<string, TrackableBlock>,
  { code, keyword, which }: Words,
  context: SectionContext,
): { readonly line: TrackerLine; readonly block: TrackableBlock }[] {
  return [...lines.values()].flatMap(line => {
    const where = located(line.statement);
    const block = blocks.get(line.name);
    if (!block) {
      const message = `"${owner}" tracks "${line.name}", which no ${keyword}${which} defines`;
      complain(context, where, code, message, 'it is not tracked');
      return [];
    }
    if (standsLater(block.statement, line.statement)) {
      const message = `${keyword} "${line.name}" is defined only further down, where keepalived has not read it yet`;
      complain(context, where, code, message, 'here it is used; move it up');
    }
    return [{ line, block }];
  });
}

type How = Pick<ScriptTracker, 'weight' | 'reverse'>;

/** Of scripts and sessions: a weight of the line's own ends the block's `reverse`. */
function endingReverse({ weight, reverse }: TrackerLine, block: TrackableBlock): How {
  return { weight: weight ?? block.weight, reverse: reverse ?? (weight === undefined && block.reverse) };
}

/** Of files and processes: only noreverse ends it. */
function keepingReverse({ weight, reverse }: TrackerLine, block: TrackableBlock): How {
  return { weight: weight ?? block.weight, reverse: reverse ?? block.reverse };
}
