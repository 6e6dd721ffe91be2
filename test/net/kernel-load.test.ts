// What only a real kernel can be put to: much at once.
import { afterEach, describe, expect, it } from 'vitest';
import { type Instant, instantFromMicroseconds } from '../../src/base/instant.ts';
import { ip } from '../../src/base/ip-address.testkit.ts';
import { now } from '../../src/linux/clock.ts';
import { Driver } from '../../src/linux/driver.ts';
import { plainAddress } from '../../src/ports/network.testkit.ts';
import type { AddressRequest } from '../../src/ports/network.ts';
import { plainRoute, prefix } from '../../src/ports/routing.testkit.ts';
import type { VrrpEffect, VrrpInput } from '../../src/ports/vrrp-world.ts';
import { type KernelGround, openKernelGround } from './kernel-ground.testkit.ts';
import { inputsOf } from './vrrp-world-contract.testkit.ts';

let ground: KernelGround;
afterEach(() => ground.close());

function many(count: number): readonly AddressRequest[] {
  return Array.from({ length: count }, (_, index) => ({
    ...plainAddress,
    linkIndex: ground.left.linkIndex,
    address: ip(`10.1.${index >> 8}.${index & 255}`),
  }));
}

const heldCount = (): number => ground.left.addresses().filter(each => each.address.startsWith('10.1.')).length;

function openChannels(): void {
  for (const host of [ground.left, ground.right]) {
    host.execute({
      type: 'open-channel',
      channel: {
        key: 'v4',
        family: 4,
        link: { index: host.linkIndex, name: host.linkName },
        groups: [ip('224.0.0.18')],
        receiveBufferBytes: 8 << 20,
      },
    });
  }
}

function send(count: number): void {
  for (let number = 0; number < count; number++) {
    ground.left.execute({
      type: 'send-packet',
      channel: 'v4',
      source: ip('10.0.0.1'),
      destination: ip('224.0.0.18'),
      ttl: 255,
      payload: Uint8Array.of(number >> 8, number & 255),
    });
  }
}

describe('2,000 addresses in one effect', () => {
  it('all come and go', async () => {
    ground = await openKernelGround();
    const { left } = ground;
    left.execute({ type: 'change-addresses', batch: 1, operation: 'add', addresses: many(2_000) });
    expect(heldCount()).toBe(2_000);
    left.execute({ type: 'change-addresses', batch: 2, operation: 'remove', addresses: many(2_000) });
    expect(heldCount()).toBe(0);
    await ground.until(() => inputsOf(left.inputs, 'addresses-changed').length === 2, 'both answers');
    expect(inputsOf(left.inputs, 'addresses-changed')).toEqual([
      { type: 'addresses-changed', batch: 1, errors: [] },
      { type: 'addresses-changed', batch: 2, errors: [] },
    ]);
  });

  it('are each answered even if every one fails', async () => {
    ground = await openKernelGround();
    const { left } = ground;
    left.execute({ type: 'change-addresses', batch: 1, operation: 'add', addresses: many(2_000) });
    left.execute({ type: 'change-addresses', batch: 2, operation: 'add', addresses: many(2_001) });
    await ground.until(() => inputsOf(left.inputs, 'addresses-changed').length === 2, 'both answers');
    const [, second] = inputsOf(left.inputs, 'addresses-changed');
    expect(second!.errors).toEqual(Array.from({ length: 2_000 }, (_, place) => ({ place, error: 'EEXIST' })));
    expect(heldCount()).toBe(2_001);
  });
});

it('tells the whole truth again when the kernel had to drop news', async () => {
  ground = await openKernelGround({ monitorReceiveBufferBytes: 2_048 });
  const { left } = ground;
  // Nothing reads the news while this thread is busy here.
  left.execute({ type: 'change-addresses', batch: 1, operation: 'add', addresses: many(300) });
  left.rename('left1');
  await ground.until(() => inputsOf(left.inputs, 'resynchronised').length > 1, 'the truth');
  const truth = inputsOf(left.inputs, 'resynchronised').at(-1)!;
  expect(truth.addresses.filter(each => each.address.startsWith('10.1.'))).toHaveLength(300);
  expect(truth.links.find(link => link.index === left.linkIndex)?.name).toBe('left1');
  expect(truth.forwardingLinks).toContain(left.linkIndex);
  expect(left.world.counters.monitorOverruns).toBeGreaterThan(0);
  // And goes on listening.
  left.addAddress('10.2.0.1/32');
  await ground.until(
    () => inputsOf(left.inputs, 'address-added').some(input => input.address.address === '10.2.0.1'),
    'later news',
  );
});

it('reads everything anew when the kernel had to drop news of routes', async () => {
  ground = await openKernelGround({ monitorReceiveBufferBytes: 2_048 });
  const { left } = ground;
  const routes = Array.from({ length: 300 }, (_, index) =>
    plainRoute(left.linkIndex, { destination: prefix(`10.${index >> 8}.${index & 255}.0/24`) }),
  );
  left.execute({ type: 'change-routes', batch: 1, operation: 'add', routes });
  await ground.until(() => inputsOf(left.inputs, 'resynchronised').length > 1, 'the truth');
  expect(left.world.counters.monitorOverruns).toBe(1);
});

it('reads a flood of packets in order, but serves the deadline in between', async () => {
  ground = await openKernelGround();
  const { right } = ground;
  openChannels();
  const calls: string[] = [];
  let deadline: Instant | undefined;
  const driver = new Driver<VrrpInput, VrrpEffect>(ground.poller, {
    engine: {
      handle: (_, input) => {
        if (input.type === 'packet-received') calls.push(`${input.payload[0]! * 256 + input.payload[1]!}`);
        return [];
      },
      advance: () => {
        calls.push('deadline');
        deadline = undefined;
        return [];
      },
      nextDeadline: () => deadline,
    },
    execute: () => {},
    now,
  });
  right.deliver = input => driver.deliver(input);
  send(1_000);
  deadline = instantFromMicroseconds(1);
  driver.deliver({ type: 'packet-malformed', channel: 'v4', reason: 'none: this only makes the driver look' });
  await ground.until(() => calls.length === 1_001, 'every packet and the deadline');
  const place = calls.indexOf('deadline');
  // What waited is read first, a bounded part of it.
  expect(place).toBeGreaterThan(0);
  expect(place).toBeLessThanOrEqual(32);
  const numbers = Array.from({ length: 1_000 }, (_, number) => `${number}`);
  expect(calls.filter(call => call !== 'deadline')).toEqual(numbers);
  // Those who keep an input still have it as it came.
  const kept = inputsOf(right.inputs, 'packet-received').map(input => input.payload[0]! * 256 + input.payload[1]!);
  expect(kept.map(String)).toEqual(numbers);
  driver.close();
});

it.each([4, 6] as const)('knows when an IPv%s packet came, however late it is read', async family => {
  ground = await openKernelGround();
  const { left, right } = ground;
  for (const host of [left, right]) {
    host.execute({
      type: 'open-channel',
      channel: {
        key: 'late',
        family,
        link: { index: host.linkIndex, name: host.linkName },
        groups: [],
        receiveBufferBytes: undefined,
      },
    });
  }
  const arrivals: (Instant | undefined)[] = [];
  right.deliver = (input, at) => {
    if (input.type === 'packet-received') arrivals.push(at);
  };
  const waiting = (): boolean =>
    right.namespace
      .read(family === 4 ? '/proc/net/raw' : '/proc/net/raw6')
      .split('\n')
      .some(line => / [0-9A-F]{8}:(?!00000000)[0-9A-F]{8} /.test(line));
  // Once without looking: the first one has its neighbour to find.
  const [source, destination] = family === 4 ? ['10.0.0.1', '10.0.0.2'] : ['fd00::1', 'fd00::2'];
  const sendLate = (): void =>
    left.execute({
      type: 'send-packet',
      channel: 'late',
      source: ip(source!),
      destination: ip(destination!),
      ttl: 255,
      payload: new Uint8Array(20),
    });
  sendLate();
  await ground.until(() => arrivals.length === 1, 'the first packet');
  // A stamp is not trusted after 10 ms, so on a busy machine it takes several.
  let judged = 0;
  for (let attempt = 2; attempt < 50 && judged === 0; attempt++) {
    const sent = now();
    sendLate();
    for (let count = 0; count < 1_000_000 && !waiting(); count++);
    const seen = now();
    expect(waiting()).toBe(true);
    // Not a turn of the loop before another millisecond is over.
    while (now() < seen + 1_000);
    await ground.until(() => arrivals.length === attempt, 'a packet');
    const at = arrivals.at(-1);
    if (at === undefined) continue;
    judged += 1;
    expect(at).toBeGreaterThanOrEqual(sent - 1);
    expect(at).toBeLessThanOrEqual(seen + 1);
  }
  expect(judged).toBe(1);
});

it('answers a long batch of addresses only after the packets that came meanwhile', async () => {
  ground = await openKernelGround();
  const { left, right } = ground;
  const many = Array.from({ length: 20 }, (_, last) => ({
    ...plainAddress,
    linkIndex: right.linkIndex,
    address: ip(`10.3.0.${last + 1}`),
  }));
  openChannels();
  right.execute({
    type: 'change-addresses',
    batch: 1,
    operation: 'add',
    addresses: many,
  });
  send(1);
  // A second batch as an engine asks for it: as soon as the first is answered.
  let asked = 1;
  right.deliver = input => {
    if (input.type === 'addresses-changed' && asked < 20) {
      asked += 1;
      right.execute({ type: 'change-addresses', batch: asked, operation: 'add', addresses: many });
    }
  };
  await ground.until(() => inputsOf(right.inputs, 'addresses-changed').length === 20, 'twenty answers');
  const order = right.inputs.map(input => input.type);
  expect(order.indexOf('packet-received')).toBeGreaterThanOrEqual(0);
  expect(order.indexOf('packet-received')).toBeLessThan(order.lastIndexOf('addresses-changed') - 10);
  expect(inputsOf(left.inputs, 'packet-received')).toEqual([]);
});

it('loses packets beyond its receive buffer and nothing else', async () => {
  ground = await openKernelGround();
  const { right } = ground;
  openChannels();
  right.execute({
    type: 'open-channel',
    channel: {
      key: 'v4',
      family: 4,
      link: { index: right.linkIndex, name: right.linkName },
      groups: [ip('224.0.0.18')],
      receiveBufferBytes: 4_096,
    },
  });
  send(2_000);
  const received = () =>
    inputsOf(right.inputs, 'packet-received').map(input => input.payload[0]! * 256 + input.payload[1]!);
  await ground.until(() => received().length > 0, 'the first packets');
  const last = (): number => received().at(-1)!;
  expect(received().length).toBeLessThan(2_000);
  const before = received().length;
  send(1);
  await ground.until(() => received().length > before && last() === 0, 'a later packet');
});
