import { Socket } from 'node:net';
import { type ChildMessage, channelDescriptor, longestMessage, type ParentMessage } from './child-messages.ts';
import { LineSplitter, MessageDecoder, MessageEncoder } from './message.ts';

/** A child's end of the channel between it and its parent. */
export class ParentChannel<Part> {
  readonly #socket: Socket;
  readonly #encoder = new MessageEncoder();

  constructor(receive: (message: ParentMessage<Part>) => void, parentGone: () => void) {
    this.#socket = new Socket({ fd: channelDescriptor });
    const splitter = new LineSplitter(longestMessage);
    const decoder = new MessageDecoder();
    this.#socket.on('data', bytes => {
      for (const line of splitter.push(bytes)) {
        const message = decoder.decode(line);
        if (message) receive(message as ParentMessage<Part>);
      }
    });
    this.#socket.on('error', () => {});
    this.#socket.once('close', parentGone);
  }

  /** Bytes that the parent has not taken yet. */
  get backlog(): number {
    return this.#socket.writableLength;
  }

  send(message: ChildMessage): void {
    for (const line of this.#encoder.encode(message)) this.#socket.write(`${line}\n`);
  }
}
