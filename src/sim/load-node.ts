import { assert } from '../base/assert.ts';
import { loadConfiguration } from '../engine/configuration.ts';
import { type NodeConfiguration, nodeConfiguration } from './node-configuration.ts';
import { simulatedHost, textFiles } from './simulated-host.ts';

/** A configuration given as text, VRRP and what is balanced beside it, read as on a host of that name. The text must be good. */
export function vrrpConfigurationOf(name: string, text: string): NodeConfiguration {
  const path = `/etc/keepalived/${name}.conf`;
  const host = simulatedHost(name, textFiles(new Map([[path, text]])));
  const { configuration, diagnostics } = loadConfiguration(path, host, { configId: name, allIncludesStrict: false });
  assert(configuration !== undefined, `${name}: ${diagnostics.map(({ message }) => message).join('; ')}`);
  return nodeConfiguration(configuration);
}
