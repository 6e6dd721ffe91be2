import { describe, expect, it } from 'vitest';
import { configurations } from '../engine/checker-process.testkit.ts';
import type { ServerWord } from '../engine/early-words.ts';
import { realServer, virtualServer } from '../lvs/lvs.testkit.ts';
import { ServerWords } from './server-words.ts';

const word = { service: '[192.0.2.1]:tcp:80 tcp', address: '10.0.0.1', port: 80, word: 'drain' } as const;

describe('ServerWords', () => {
  it('keeps the last word on each server', () => {
    const words = new ServerWords([], () => {});
    words.set(word);
    words.set({ ...word, address: '10.0.0.2' });
    words.set({ ...word, word: 'down' });
    words.set({ ...word, address: '10.0.0.2', word: undefined });
    expect(words.all).toEqual([{ ...word, word: 'down' }]);
  });

  it('tells apart what one group serves by two protocols', () => {
    const words = new ServerWords([], () => {});
    const ofGroup = { ...word, service: '[g] tcp' };
    words.set(ofGroup);
    words.set({ ...ofGroup, service: '[g] udp', word: 'up' });
    words.set({ ...ofGroup, word: undefined });
    expect(words.all).toEqual([{ ...ofGroup, service: '[g] udp', word: 'up' }]);
    const { lvs } = configurations([virtualServer([realServer(1)], { name: '[g]:0' })], []);
    expect(words.keepOnly(lvs)).toHaveLength(1);
  });

  it('tells of every change', () => {
    const told: (readonly ServerWord[])[] = [];
    const words = new ServerWords([word], all => told.push(all));
    expect(words.all).toEqual([word]);
    words.set({ ...word, word: 'up' });
    words.keepOnly(configurations([], []).lvs);
    words.keepOnly(configurations([], []).lvs);
    expect(told).toEqual([[{ ...word, word: 'up' }], []]);
  });

  it('forgets servers that are no longer configured', () => {
    const words = new ServerWords([], () => {});
    words.set(word);
    const gone = { ...word, address: '10.0.0.9' };
    words.set(gone);
    const { lvs } = configurations([virtualServer([realServer(1)])], []);
    expect(words.keepOnly(lvs)).toEqual([gone]);
    expect(words.keepOnly(lvs)).toEqual([]);
    expect(words.all).toEqual([word]);
  });
});
