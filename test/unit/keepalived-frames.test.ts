import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadConfiguration } from '../../src/engine/configuration.ts';
import type { ConfigurationHost } from '../../src/ports/configuration-host.ts';
import { World } from '../../src/vrrp/conformance.testkit.ts';

// For the same configuration on the same machine we must send what keepalived sends: adverts, announcements and the
// farewell, in the same order. Compared is what follows the IP header, and whole Ethernet frames of announcements.

const folder = new URL('../fixtures/packets/', import.meta.url);
const captures = readdirSync(folder)
  .filter(name => name.endsWith('.conf'))
  .map(name => name.slice(0, -'.conf'.length))
  .sort();
const path = '/etc/keepalived/keepalived.conf';
const machine = ['10.0.0.1/24', 'fd00::1/64', 'fe80::ff:fe00:1/64'];

function hostWith(text: string): ConfigurationHost {
  return {
    readFile: () => ({ ok: true, value: text }),
    glob: () => [],
    status: () => undefined,
    realPath: () => undefined,
    mayExecute: () => false,
    user: () => undefined,
    groupId: () => undefined,
    ownUid: 0,
    ownGid: 0,
    searchPath: [],
    environment: () => undefined,
    hostName: 'fixture',
    interfaceNames: ['lo', 'eth0'],
  };
}

/** The frames of a capture, adverts without their Ethernet and IP headers. */
function captured(name: string): { readonly adverts: readonly string[]; readonly announcements: readonly string[] } {
  const lines = readFileSync(new URL(`${name}.hex`, folder), 'utf8')
    .trimEnd()
    .split('\n');
  const rows = lines.map(line => line.split(/\s+/) as [kind: string, at: string, unit: string, hex: string]);
  const adverts = rows.filter(([kind]) => kind === 'vrrp').map(([, , , hex]) => hex);
  return {
    adverts: adverts.map(hex => hex.slice(2 * (14 + (hex.slice(24, 28) === '0800' ? 20 : 40)))),
    announcements: rows.filter(([kind]) => kind !== 'vrrp').map(([, , , hex]) => hex),
  };
}

it.each(captures)('%s: we send what keepalived sends', name => {
  const text = readFileSync(new URL(`${name}.conf`, folder), 'utf8');
  const loaded = loadConfiguration(path, hostWith(text), { configId: 'fixture', allIncludesStrict: false });
  const vrrp = loaded.configuration?.vrrp;
  expect(vrrp, JSON.stringify(loaded.diagnostics, undefined, 1)).toBeDefined();
  const world = new World();
  const node = world.add(vrrp!, 1, machine);
  const expected = captured(name);
  while (node.sent.length < expected.adverts.length - 1 && world.time < 60_000) world.runMs(1);
  // The second burst, five seconds after the first one.
  world.runMs(6_000);
  node.stop();
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  const sent = node.sent.map(({ payload }) => hex(payload));
  expect([...sent.slice(0, expected.adverts.length - 1), sent.at(-1)]).toEqual(expected.adverts);
  expect(node.frames.map(({ bytes }) => hex(bytes)).slice(0, expected.announcements.length)).toEqual(
    expected.announcements,
  );
});
