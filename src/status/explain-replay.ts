import type { VrrpEffect } from '../ports/vrrp-world.ts';
import { type TimeText, times } from './explain-instance.ts';
import type { ToldStep } from './explain-story.ts';
import { causeWords, stateWords, stepWords } from './explain-words.ts';

/** Whether a step decided anything that an operator would want to see. */
export function isDecision({ replayed: { effects, verdict }, transitions }: ToldStep): boolean {
  return verdict !== 'same' || transitions.length > 0 || effects.some(({ type }) => !quiet.has(type));
}

/** What a master does all day. */
const quiet: ReadonlySet<VrrpEffect['type']> = new Set(['send-packet', 'send-frames', 'run-script']);

/** A step, what the engine said to it, what changed and why, and what it asked of the world. */
export function stepText({ replayed, script, transitions }: ToldStep, timeOf: TimeText): string {
  const { at, step, effects, verdict, error } = replayed;
  const lines = [`${timeOf(at)}  ${stepWords(step, script)}`];
  const say = (line: string): void => void lines.push(`    ${line}`);
  for (const effect of effects) if (effect.type === 'log') say(effect.text);
  for (const transition of transitions) {
    say(`=> ${transition.instance}: ${stateWords[transition.from]} -> ${stateWords[transition.to]}`);
    for (const line of causeWords(transition, timeOf)) say(`   ${line}`);
  }
  const done = effectWords(effects);
  if (done !== '') say(`-> ${done}`);
  if (verdict === 'different') say('!! the recorded process did something else here');
  if (verdict === 'unanswered') say('!! here the recorded process ended');
  if (verdict === 'failed') say(`!! the engine broke: ${error instanceof Error ? error.message : String(error)}`);
  return `${lines.join('\n')}\n`;
}

function effectWords(effects: readonly VrrpEffect[]): string {
  const words: string[] = [];
  const adverts = effects.filter(({ type }) => type === 'send-packet').length;
  if (adverts > 0) words.push(times(adverts, 'advert'));
  let frames = 0;
  for (const effect of effects) {
    switch (effect.type) {
      case 'send-frames':
        frames += effect.frames.length;
        break;
      case 'change-addresses':
        words.push(
          `${effect.operation} ${effect.addresses.length} address${effect.addresses.length === 1 ? '' : 'es'}`,
        );
        break;
      case 'change-routes':
        words.push(`${effect.operation} ${effect.routes.length} route${effect.routes.length === 1 ? '' : 's'}`);
        break;
      case 'change-rules':
        words.push(`${effect.operation} ${effect.rules.length} rule${effect.rules.length === 1 ? '' : 's'}`);
        break;
      case 'run-script':
        words.push(`run ${[effect.script.text, ...effect.extraArguments].join(' ')}`);
        break;
      case 'send-mail':
        words.push(`mail "${effect.mail.subject}"`);
        break;
      case 'signal-script':
        words.push(`${effect.signal} to script run ${effect.run}`);
        break;
      case 'open-channel':
        words.push(`open a socket for ${effect.channel.key}`);
        break;
      case 'close-channel':
        words.push(`close the socket for ${effect.key}`);
        break;
      case 'stopped':
        words.push('end');
        break;
      default:
    }
  }
  if (frames > 0)
    words.push(times(frames, 'gratuitous ARP or neighbour advert', 'gratuitous ARPs or neighbour adverts'));
  return words.join(', ');
}
