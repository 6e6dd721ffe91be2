import { assert } from '../base/assert.ts';
import { loadConfiguration } from '../engine/configuration.ts';
import type { VrrpConfiguration } from '../vrrp/configuration.ts';
import { simulatedHost, textFiles } from './simulated-host.ts';

/** The VRRP part of a configuration given as text, read as on a host of that name. The text must be good. */
export function vrrpConfigurationOf(name: string, text: string): VrrpConfiguration {
  const path = `/etc/keepalived/${name}.conf`;
  const host = simulatedHost(name, textFiles(new Map([[path, text]])));
  const { configuration, diagnostics } = loadConfiguration(path, host, { configId: name, allIncludesStrict: false });
  assert(configuration !== undefined, `${name}: ${diagnostics.map(({ message }) => message).join('; ')}`);
  return configuration.vrrp;
}
