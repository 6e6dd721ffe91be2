import { firstReply } from '../packet/smtp-reply.ts';
import type { ProbeSpec } from '../ports/probe.ts';
import { bounds, type Conversation, excerptOf, type Finding, type ProbeContext, type Report } from './conversation.ts';
import { openTcpStream, type Stream } from './stream.ts';

type SmtpSpec = Extract<ProbeSpec, { type: 'smtp' }>;

const readyForMail = 220;
const completed = 250;

/**
 * SMTP_CHECK: greeted with 220, answered HELO with 250 (RFC 5321 sections 3.1, 4.1.1.1), and QUIT with a line, whatever
 * it says: keepalived takes one that hangs up or falls silent there for broken.
 */
export function probeSmtp(context: ProbeContext, spec: SmtpSpec, report: Report): Conversation {
  let expected: 'greeting' | 'hello' | 'farewell' = 'greeting';
  let text = '';
  let excerpt: string | undefined;

  const finish = (finding: Finding): void => {
    stream.close();
    report({ excerpt, ...finding });
  };
  const judge = (code: number, line: string): void => {
    excerpt = excerptOf(Buffer.from(line));
    if (expected === 'greeting' && code === readyForMail) {
      expected = 'hello';
      stream.send(Buffer.from(`HELO ${spec.heloName}\r\n`));
    } else if (expected === 'hello' && code === completed) {
      expected = 'farewell';
      text = '';
      stream.send(Buffer.from('QUIT\r\n'));
    } else if (Number.isNaN(code)) {
      finish({ failure: { type: 'protocol', excerpt: excerpt ?? '' } });
    } else {
      const to = expected === 'greeting' ? 'connection' : 'HELO';
      finish({ failure: { type: 'status', status: code, to }, status: code });
    }
  };

  const stream: Stream = openTcpStream(context, spec.endpoint, {
    connected: () => {},
    received: bytes => {
      text += Buffer.from(bytes).toString('latin1');
      if (text.length > bounds.header) {
        finish({ failure: { type: 'protocol', excerpt: excerptOf(Buffer.from(text, 'latin1')) ?? '' } });
        return;
      }
      if (expected === 'farewell') {
        if (text.includes('\n')) finish({ status: completed });
        return;
      }
      const reply = firstReply(text);
      if (!reply) return;
      text = text.slice(reply.length);
      judge(reply.code, reply.line);
    },
    ended: () => report({ excerpt: excerpt ?? excerptOf(Buffer.from(text, 'latin1')), failure: { type: 'closed' } }),
    failed: failure => report({ excerpt, failure }),
  });
  return { cancel: () => stream.close() };
}
