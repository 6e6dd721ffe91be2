import { compareIpAddresses, type IpAddress } from '../base/ip-address.ts';

/** One side of an election. */
export interface Contender {
  /** Effective priority: ours 1 .. 255, an advertised one 0 .. 255. */
  readonly priority: number;
  /** The source address of its adverts. */
  readonly address: IpAddress;
}

export type MasterJudgement =
  /** The peer wins: become backup. */
  | 'yield'
  /** We win: discard the advert and, unless configured to be silent, answer with our own. */
  | 'assert'
  /** Our own advert came back: any answer would come back, too. */
  | 'ignore-self'
  /** The peer gives up: send an advert at once, stay master. */
  | 'answer-zero';

/** RFC 9568 section 6.4.3. Preempt_Mode plays no part here. */
export function judgeAsMaster(own: Contender, peer: Contender): MasterJudgement {
  if (peer.priority === 0) return 'answer-zero';
  if (peer.priority !== own.priority) return peer.priority > own.priority ? 'yield' : 'assert';
  const order = compareIpAddresses(peer.address, own.address);
  if (order === 0) return 'ignore-self';
  return order > 0 ? 'yield' : 'assert';
}

export type BackupJudgement =
  /** A valid master: learn its interval, restart the master-down timer. */
  | 'accept'
  /** We would be the better master: the running timer decides. */
  | 'discard-lower'
  /** The master gives up: the timer shrinks to the skew time. */
  | 'priority-zero';

export interface BackupStance {
  readonly priority: number;
  readonly preempt: boolean;
  /** preempt_delay, keepalived's extension: a lower master is tolerated until it has passed. */
  readonly preemptDelayRunning: boolean;
}

/** RFC 9568 section 6.4.2. Addresses are not compared: a backup never takes over from an equal that advertises. */
export function judgeAsBackup(own: BackupStance, peerPriority: number): BackupJudgement {
  if (peerPriority === 0) return 'priority-zero';
  if (peerPriority >= own.priority) return 'accept';
  // RFC 9568 section 6.1: the address owner takes over whatever Preempt_Mode says.
  const preempts = own.preempt || own.priority === 255;
  return preempts && !own.preemptDelayRunning ? 'discard-lower' : 'accept';
}
