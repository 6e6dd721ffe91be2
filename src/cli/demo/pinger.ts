// Run on the demonstration's client: pings an address at a steady pace and writes a line for each request and each reply,
// `sent SEQUENCE MS` and `back SEQUENCE`, until its standard output closes or it is ended.
import { assert } from '../../base/assert.ts';
import { parseIpAddress } from '../../base/ip-address.ts';
import { EchoSocket } from '../../linux/echo-socket.ts';
import { Poller } from '../../linux/poller.ts';

const [target = '', interval = ''] = process.argv.slice(2);
const address = parseIpAddress(target);
assert(address !== undefined, `an address to ping, not "${target}"`);
const identifier = process.pid & 0xffff;
let sequence = 0;

process.stdout.on('error', () => process.exit(0));
const socket = new EchoSocket(new Poller(), (_, echo) => {
  if (echo.identifier === identifier) process.stdout.write(`back ${echo.sequence}\n`);
});
setInterval(() => {
  sequence = (sequence + 1) & 0xffff;
  process.stdout.write(`sent ${sequence} ${Date.now()}\n`);
  socket.send(address, { identifier, sequence });
}, Number(interval));
