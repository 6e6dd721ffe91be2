import { type Duration, inSeconds } from '../base/duration.ts';
import type { Statement } from '../config/tree.ts';
import type { Configuration } from '../engine/configuration.ts';
import type { CheckerConfiguration } from '../health/configuration.ts';
import type { RealServerConfiguration, VirtualServerConfiguration } from '../lvs/configuration.ts';
import type { EffectiveValue, EffectiveValues } from './effective.ts';

/** By statement: what the blocks of virtual servers, real servers and their checkers come to where nothing is said. */
export function balancingValues(
  statements: readonly Statement[],
  { lvs, health }: Configuration,
): ReadonlyMap<Statement, EffectiveValues> {
  const values = new Map<Statement, EffectiveValues>();
  for (const [statement, server] of paired(blocksOf(statements, 'virtual_server'), lvs.virtualServers)) {
    values.set(statement, virtualServerValues(server));
    for (const [inner, real] of paired(blocksOf(innerOf(statement), 'real_server'), server.realServers)) {
      values.set(inner, realServerValues(real));
      const checkers = real.checkers.map(place => health.checkers[place]!);
      for (const [block, checker] of paired(checkerBlocks(inner), checkers)) {
        if (block.words[0]!.text === checker.keyword) values.set(block, checkerValues(checker));
      }
    }
  }
  return values;
}

/** Blocks beside what came of them, in their order; none where some came to nothing, and the places cannot be told. */
function paired<Model>(
  blocks: readonly Statement[],
  models: readonly Model[],
): readonly (readonly [Statement, Model])[] {
  return blocks.length === models.length ? blocks.map((block, index) => [block, models[index]!] as const) : [];
}

function blocksOf(statements: readonly Statement[], keyword: string): readonly Statement[] {
  return statements.filter(statement => statement.block && statement.words[0]?.text === keyword);
}

function innerOf(statement: Statement): readonly Statement[] {
  return statement.block?.statements ?? [];
}

function checkerBlocks(server: Statement): readonly Statement[] {
  return innerOf(server).filter(statement => statement.block && /_(CHECK|GET)$/.test(statement.words[0]?.text ?? ''));
}

const seconds = (span: Duration): EffectiveValue => value(String(inSeconds(span)));
const number = (count: number): EffectiveValue => value(String(count));
const choice = (on: boolean): EffectiveValue => value(on ? 'on' : 'off');

function value(text: string): EffectiveValue {
  return { value: text, onlyUnwritten: true };
}

function virtualServerValues(server: VirtualServerConfiguration): EffectiveValues {
  return new Map([
    ['quorum', number(server.quorum)],
    ['hysteresis', number(server.hysteresis)],
  ]);
}

function realServerValues(server: RealServerConfiguration): EffectiveValues {
  return new Map([
    ['weight', number(server.weight)],
    ['uthreshold', number(server.upperThreshold)],
    ['lthreshold', number(server.lowerThreshold)],
    ['inhibit_on_failure', choice(server.inhibitOnFailure)],
    ['alpha', choice(server.alpha)],
  ]);
}

function checkerValues({ schedule, logAllFailures }: CheckerConfiguration): EffectiveValues {
  return new Map([
    ['delay_loop', seconds(schedule.delayLoop)],
    ['delay_before_retry', seconds(schedule.delayBeforeRetry)],
    ['retry', number(schedule.retries)],
    ['warmup', seconds(schedule.warmup)],
    ['alpha', choice(schedule.alpha)],
    ['log_all_failures', choice(logAllFailures)],
  ]);
}
