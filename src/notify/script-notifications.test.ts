import { expect, it } from 'vitest';
import type { RunnableScript } from '../ports/script.ts';
import { scriptNotifications, type TransitionScripts } from './script-notifications.ts';

const script = (text: string): RunnableScript => ({
  command: { type: 'program', argv: [text] },
  identity: undefined,
  text,
});
const scripts: TransitionScripts = {
  master: script('/m'),
  backup: script('/b'),
  fault: script('/f'),
  stop: script('/s'),
  deleted: undefined,
  generic: script('/g'),
};
const told = (state: Parameters<typeof scriptNotifications>[2], kind: 'INSTANCE' | 'GROUP'): string[] =>
  scriptNotifications(scripts, { kind, name: 'VI_1', priority: 100 }, state).map(({ script, extraArguments }) =>
    [script.text, ...extraArguments].join(' '),
  );

it('runs the specific script without arguments, then the generic one with four', () => {
  expect(told('MASTER', 'INSTANCE')).toEqual(['/m', '/g INSTANCE VI_1 MASTER 100']);
  expect(told('BACKUP', 'INSTANCE')).toEqual(['/b', '/g INSTANCE VI_1 BACKUP 100']);
  expect(told('FAULT', 'INSTANCE')).toEqual(['/f', '/g INSTANCE VI_1 FAULT 100']);
  expect(told('STOP', 'INSTANCE')).toEqual(['/s', '/g INSTANCE VI_1 STOP 100']);
  expect(told('DELETED', 'INSTANCE')).toEqual(['/g INSTANCE VI_1 DELETED 100']);
});

it('gives a group the priority 0', () => {
  expect(told('MASTER', 'GROUP')).toEqual(['/m', '/g GROUP VI_1 MASTER 0']);
});
