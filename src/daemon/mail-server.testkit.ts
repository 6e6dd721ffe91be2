import { createServer, type Server, type Socket } from 'node:net';

/** What a mail server says, by the first word of a command; `greeting` and `text` are answered, too. Undefined: it is silent. */
export type MailAnswers = Readonly<Record<string, string | undefined>>;

const wellMannered: MailAnswers = {
  greeting: '220 mx ESMTP\r\n',
  HELO: '250 mx\r\n',
  MAIL: '250 ok\r\n',
  RCPT: '250 ok\r\n',
  DATA: '354 go on\r\n',
  text: '250 queued\r\n',
  QUIT: '221 bye\r\n',
};

/** A mail server on loopback that behaves as it is told. */
export class MailServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly mails: string[] = [];
  /** Every line that was said to it, the mails' left out. */
  readonly commands: string[] = [];
  connections = 0;

  /** `meet`: what to do with a new connection instead of speaking SMTP. */
  private constructor(answers: MailAnswers, meet: ((socket: Socket) => void) | undefined) {
    this.#server = createServer(socket => {
      this.connections++;
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => {});
      if (meet) meet(socket);
      else this.#serve(socket, { ...wellMannered, ...answers });
    });
  }

  static async open(answers: MailAnswers = {}, meet?: (socket: Socket) => void): Promise<MailServer> {
    const server = new MailServer(answers, meet);
    await new Promise<void>(resolve => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(socket: Socket, answers: MailAnswers): void {
    let text = '';
    let inMail = false;
    const say = (answer: string | undefined): void => {
      if (answer !== undefined) socket.write(answer);
    };
    say(answers['greeting']);
    socket.on('data', bytes => {
      text += bytes.toString('latin1');
      for (;;) {
        const mark = inMail ? '\r\n.\r\n' : '\r\n';
        const end = text.indexOf(mark);
        if (end < 0) return;
        const part = text.slice(0, end);
        text = text.slice(end + mark.length);
        if (inMail) {
          this.mails.push(part);
          inMail = false;
          say(answers['text']);
          continue;
        }
        this.commands.push(part);
        const answer = answers[part] ?? answers[part.split(' ')[0]!];
        inMail = part === 'DATA' && answer?.startsWith('354') === true;
        say(answer);
      }
    });
  }
}
