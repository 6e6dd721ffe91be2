import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { load } from '../../src/engine/configuration.testkit.ts';

const folder = new URL('../../examples/', import.meta.url);
const status = {
  '/usr/bin/test': {},
  '/etc/keepalived': { kind: 'directory' as const },
  '/etc/keepalived/not_down.sh': {},
};

/** The text as the host of the given name reads it: conditions with its name hold. */
function onHost(name: string, host: string): string {
  return readFileSync(new URL(name, folder), 'utf8').replaceAll(`@${host} `, '@one ');
}

describe('examples', () => {
  it.each(readdirSync(folder).filter(name => name.endsWith('.conf')))('%s is clean on each of its hosts', name => {
    const names = new Set(
      [...readFileSync(new URL(name, folder), 'utf8').matchAll(/^ *@([a-z0-9]+) /gm)].map(([, host]) => host!),
    );
    const hosts = [...names].filter(host => host !== 'holdfast');
    expect(hosts.length).toBe(2);
    const priorities = hosts.map(host => {
      const { configuration, text } = load(onHost(name, host), { status });
      expect(text).toBe('');
      return configuration!.vrrp.instances.map(({ priority }) => priority);
    });
    // The hosts differ, or they would argue by address.
    expect(priorities[0]).not.toEqual(priorities[1]);
  });

  it('the weight of the tracked script moves the address', () => {
    const weight = load(onHost('track-script.conf', 'web1'), { status }).configuration!.vrrp.instances[0]!
      .trackScripts[0]!.weight;
    expect(150 + weight).toBeLessThan(100);
  });
});
