import { Socket } from 'node:net';
import { type ChildMessage, channelDescriptor, longestMessage, type ParentMessage } from './child-messages.ts';
import { decodeMessage, encodeMessage, LineSplitter } from './message.ts';

/** The child's end of the channel between the two processes. */
export class ParentChannel {
  readonly #socket: Socket;

  constructor(receive: (message: ParentMessage) => void, parentGone: () => void) {
    this.#socket = new Socket({ fd: channelDescriptor });
    const splitter = new LineSplitter(longestMessage);
    this.#socket.on('data', bytes => {
      for (const line of splitter.push(bytes)) receive(decodeMessage(line) as ParentMessage);
    });
    this.#socket.on('error', () => {});
    this.#socket.once('close', parentGone);
  }

  send(message: ChildMessage): void {
    this.#socket.write(`${encodeMessage(message)}\n`);
  }
}
