import type { NotifiedState, Subject } from './script-notifications.ts';

/** What FIFO readers are told beyond states: of instances only. */
export type FifoWord = NotifiedState | 'MASTER_RX_LOWER_PRI' | 'MASTER_PRIORITY' | 'BACKUP_PRIORITY';

/** A line of VRRP's FIFOs: `INSTANCE "VI_1" MASTER 100`. */
export function routerLine({ kind, name, priority }: Subject, word: FifoWord): string {
  return `${kind} "${name}" ${word} ${kind === 'GROUP' ? 0 : priority}`;
}

/** A line about a virtual server: `VS [192.0.2.1]:tcp:80 UP`. Names are as in log lines. */
export function serviceLine(service: { readonly name: string }, up: boolean): string {
  return `VS ${service.name} ${up ? 'UP' : 'DOWN'}`;
}

/** A line about a real server: `RS [10.0.0.1]:tcp:80 [192.0.2.1]:tcp:80 DOWN`. */
export function serverLine(service: { readonly name: string }, server: { readonly name: string }, up: boolean): string {
  return `RS ${server.name} ${service.name} ${up ? 'UP' : 'DOWN'}`;
}
