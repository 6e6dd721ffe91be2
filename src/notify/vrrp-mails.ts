import type { NotifiedState, Subject } from './script-notifications.ts';

export interface MailTexts {
  readonly subject: string;
  readonly body: string;
}

/** What a mail about a virtual router or a sync group says, in keepalived's words where it sends one. */
export function vrrpMail(
  routerId: string,
  { kind, name }: Pick<Subject, 'kind' | 'name'>,
  state: NotifiedState,
): MailTexts {
  const who = kind === 'GROUP' ? 'Group' : 'Instance';
  return { subject: `[${routerId}] VRRP ${who} ${name} - ${news(state)}`, body: `=> ${meaning(kind, state)} <=\n` };
}

function news(state: NotifiedState): string {
  switch (state) {
    case 'STOP':
      return 'Stopping';
    case 'DELETED':
      return 'Deleted';
    default:
      return `Entering ${state} state`;
  }
}

function meaning(kind: Subject['kind'], state: NotifiedState): string {
  switch (state) {
    case 'STOP':
      return 'VRRP is stopping';
    case 'DELETED':
      return 'VRRP Deleted at reload';
    default:
      if (kind === 'GROUP') return `All VRRP group instances are now in ${state} state`;
      return state === 'MASTER'
        ? 'VRRP Instance is now owning VRRP VIPs'
        : 'VRRP Instance is no longer owning VRRP VIPs';
  }
}
