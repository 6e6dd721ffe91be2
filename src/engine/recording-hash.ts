import { unreachable } from '../base/assert.ts';
import type { VrrpEffect } from '../ports/vrrp-world.ts';

/** What an empty list comes to. */
export const noEffects = 0;

const fnvOffset = 0x811c9dc5;
const fnvPrime = 0x01000193;

/**
 * A signed number of 32 bits for what the engine answered, to tell whether a replay answers the same (FNV-1a). Computed in
 * place: nothing is allocated on the way of an advert. What a secret goes into is left out, so that a recording without
 * its secrets replays to the same numbers: the authentication data of version 2, and the checksum over it.
 */
export function hashEffects(effects: readonly VrrpEffect[]): number {
  if (effects.length === 0) return noEffects;
  let hash = fnvOffset;
  for (let place = 0; place < effects.length; place++) hash = hashEffect(hash, effects[place]!);
  return hash === noEffects ? 1 : hash | 0;
}

function hashEffect(start: number, effect: VrrpEffect): number {
  let hash = hashText(start, effect.type);
  switch (effect.type) {
    case 'send-packet':
      hash = hashText(hash, effect.channel);
      hash = hashText(hash, effect.source);
      hash = hashText(hash, effect.destination);
      hash = hashNumber(hash, effect.ttl ?? -1);
      return hashMessage(hash, effect.payload);
    case 'log':
      return hashText(hashText(hash, effect.level), effect.text);
    case 'send-frames':
      hash = hashNumber(hash, effect.linkIndex);
      for (let place = 0; place < effect.frames.length; place++) {
        const frame = effect.frames[place]!;
        hash = hashBytes(hash, frame, 0, frame.length);
      }
      return hash;
    case 'change-addresses':
      hash = hashText(hashNumber(hash, effect.batch), effect.operation);
      for (let place = 0; place < effect.addresses.length; place++) {
        const { linkIndex, address, prefixLength } = effect.addresses[place]!;
        hash = hashText(hashNumber(hashNumber(hash, linkIndex), prefixLength), address);
      }
      return hash;
    case 'change-routes':
    case 'change-rules': {
      hash = hashText(hashNumber(hash, effect.batch), effect.operation);
      for (const request of effect.type === 'change-routes' ? effect.routes : effect.rules) {
        hash = hashText(hash, JSON.stringify(request));
      }
      return hash;
    }
    case 'open-channel':
      hash = hashNumber(hashText(hash, effect.channel.key), effect.channel.link?.index ?? -1);
      for (const group of effect.channel.groups) hash = hashText(hash, group);
      return hash;
    case 'close-channel':
      return hashText(hash, effect.key);
    case 'set-promote-secondaries':
      return hashNumber(hashText(hash, effect.linkName), effect.enabled ? 1 : 0);
    case 'run-script':
      hash = hashText(hashNumber(hash, effect.run), effect.script.text);
      for (const argument of effect.extraArguments) hash = hashText(hash, argument);
      return hash;
    case 'send-mail':
      return hashText(hashText(hash, effect.mail.subject), effect.mail.body);
    case 'signal-script':
      return hashText(hashNumber(hash, effect.run), effect.signal);
    case 'open-fifos':
      for (const { path } of effect.fifos) hash = hashText(hash, path);
      return hash;
    case 'write-fifos':
      return hashText(hash, effect.line);
    case 'watch-files':
      for (const file of effect.files) hash = hashText(hash, file);
      return hash;
    case 'watch-processes':
      for (const { name, pattern } of effect.processes) hash = hashText(hashText(hash, name), pattern.command);
      return hash;
    case 'stopped':
      return hash;
    default:
      return unreachable(effect);
  }
}

function hashMessage(start: number, payload: Uint8Array): number {
  const isVersion2 = (payload[0] ?? 0) >> 4 === 2;
  if (!isVersion2) return hashBytes(start, payload, 0, payload.length);
  // Six bytes of header, two of checksum, the addresses, eight of authentication data (RFC 2338 section 5.3).
  return hashBytes(hashBytes(start, payload, 0, 6), payload, 8, payload.length - 8);
}

function hashBytes(start: number, bytes: Uint8Array, from: number, end: number): number {
  let hash = start;
  for (let place = from; place < end; place++) hash = Math.imul(hash ^ bytes[place]!, fnvPrime);
  return Math.imul(hash ^ end, fnvPrime);
}

function hashText(start: number, text: string): number {
  let hash = start;
  for (let place = 0; place < text.length; place++) hash = Math.imul(hash ^ text.charCodeAt(place), fnvPrime);
  return Math.imul(hash ^ text.length, fnvPrime);
}

function hashNumber(start: number, value: number): number {
  return Math.imul(start ^ (value | 0), fnvPrime);
}
