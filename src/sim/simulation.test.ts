import { describe, expect, it } from 'vitest';
import { vrrpConfigurationOf } from './load-node.ts';
import { parseScenario } from './parse-scenario.ts';
import { complaints } from './simulation.ts';

const text = `
vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  virtual_ipaddress {
    192.0.2.100
  }
}
`;

function complaintsOf(scenario: string): readonly string[] {
  const nodes = ['a', 'b'].map(name => ({ name, configuration: vrrpConfigurationOf(name, text) }));
  return complaints({ nodes, files: new Map(), scenario: parseScenario(scenario).scenario });
}

describe('complaints', () => {
  it('name what is not there', () => {
    expect(complaintsOf('at 1s cut c\nat 1s down a lan0\nat 1s reload a with x')).toEqual([
      'there is nobody named "c"',
      'a has no interface "lan0", but eth0',
      'there is no file "x"',
    ]);
  });

  it('know a name that an interface is given by the scenario', () => {
    expect(complaintsOf('at 1s rename a eth0 to lan0\nat 2s rename a lan0 to eth0')).toEqual([]);
    expect(complaintsOf('at 1s rename b eth0 to lan0\nat 2s rename a lan0 to eth0')).toEqual([
      'a has no interface "lan0", but eth0',
    ]);
  });
});
