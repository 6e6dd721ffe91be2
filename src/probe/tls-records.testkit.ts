import { type AddressInfo, connect, createServer } from 'node:net';

/** Content type of the record that close_notify travels in; up to TLS 1.2 it stands there in the clear. */
export const alertRecord = 21;

/** The content types of the TLS records that a client sends to a server on loopback, seen on the way. */
export async function recordsSent(serverPort: number, client: (port: number) => Promise<unknown>): Promise<number[]> {
  const sent: Buffer[] = [];
  let gone = (): void => {};
  const over = new Promise<void>(resolve => {
    gone = resolve;
  });
  // Half open, or the relay would hang up on the client as soon as the server has said its last.
  const relay = createServer({ allowHalfOpen: true }, socket => {
    const onward = connect(serverPort, '127.0.0.1');
    for (const side of [socket, onward]) side.on('error', () => {});
    socket.on('data', bytes => {
      sent.push(bytes);
      onward.write(bytes);
    });
    onward.on('data', bytes => socket.write(bytes));
    onward.once('end', () => socket.end());
    socket.once('end', gone);
    socket.once('close', gone);
  });
  await new Promise<void>(resolve => relay.listen(0, '127.0.0.1', resolve));
  await client((relay.address() as AddressInfo).port);
  await over;
  relay.close();
  const bytes = Buffer.concat(sent);
  const types: number[] = [];
  for (let place = 0; place + 5 <= bytes.length; place += 5 + bytes.readUInt16BE(place + 3)) types.push(bytes[place]!);
  return types;
}
