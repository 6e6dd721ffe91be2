import { Socket } from 'node:net';
import { onSignal } from '../linux/signals.ts';
import { channelDescriptor } from './child-messages.ts';
import { carryMail } from './mail-carrier.ts';
import { type CarrierMessage, longestMailMessage, type SendMessage } from './mail-messages.ts';
import { LineSplitter } from './message.ts';

/**
 * Becomes the process that carries mails, and only that: whatever a mail server does, nobody else waits, and what it says is
 * read by somebody who is not root. It ends when its parent closes the channel or is gone.
 */
export function runMailProcess(): void {
  // killall reaches us, too, while those mails are still on their way that tell of the stop.
  onSignal(() => {});
  process.title = process.argv0;
  becomeNobody();
  const channel = new Socket({ fd: channelDescriptor });
  const tell = (message: CarrierMessage): void => void channel.write(`${JSON.stringify(message)}\n`);
  const splitter = new LineSplitter(longestMailMessage);
  channel.on('data', bytes => {
    for (const line of splitter.push(bytes)) {
      const { number, letter } = JSON.parse(line) as SendMessage;
      carryMail(letter, {
        say: (level, text) => tell({ type: 'line', level, text }),
        ended: sent => tell({ type: 'ended', number, sent }),
      });
    }
  });
  channel.on('error', () => {});
  channel.once('close', () => process.exit(0));
}

/** Where we may: in a user namespace there may be no nobody. */
function becomeNobody(): void {
  if (process.geteuid?.() !== 0) return;
  try {
    process.setgroups?.([]);
    takeGroup(['nogroup', 'nobody']);
    process.setuid?.('nobody');
  } catch {
    // As we are, then: as keepalived always is.
  }
}

/** Distributions do not agree what the group of nobody is called. */
function takeGroup([name, ...others]: readonly string[]): void {
  try {
    process.setgid?.(name!);
  } catch (error) {
    if (others.length === 0) throw error;
    takeGroup(others);
  }
}
