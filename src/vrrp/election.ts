import { compareIpAddresses, type IpAddress } from '../base/ip-address.ts';

/** What an advert claims. */
export interface Contender {
  /** 0 .. 255. */
  readonly priority: number;
  /** The source address of the packet. */
  readonly address: IpAddress;
}

export interface OwnClaim {
  /** Effective priority, 1 .. 255. */
  readonly priority: number;
  /** The source address of our adverts, as long as we have one. */
  readonly address: IpAddress | undefined;
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
export function judgeAsMaster(own: OwnClaim, peer: Contender): MasterJudgement {
  if (peer.priority === 0) return 'answer-zero';
  if (peer.priority !== own.priority) return peer.priority > own.priority ? 'yield' : 'assert';
  // An address that went away claims nothing.
  if (own.address === undefined) return 'yield';
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
  /** Whether a lower priority is to be displaced now: Preempt_Mode, and no preempt_delay still running. */
  readonly preempt: boolean;
}

/** RFC 9568 section 6.4.2. Addresses are not compared: a backup never takes over from an equal that advertises. */
export function judgeAsBackup(own: BackupStance, peer: { readonly priority: number }): BackupJudgement {
  if (peer.priority === 0) return 'priority-zero';
  if (peer.priority >= own.priority) return 'accept';
  // RFC 9568 section 6.1: the address owner takes over whatever Preempt_Mode says.
  return own.preempt || own.priority === 255 ? 'discard-lower' : 'accept';
}
