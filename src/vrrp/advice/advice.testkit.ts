import { load, type Machine } from '../../engine/configuration.testkit.ts';

/** Settings that keepalived has nothing against. */
export const quietGlobals = 'global_defs {\nenable_script_security\nscript_user root\n}\n';

/** What is advised about a text, and nothing else that is said about it: `LINE CODE`, and the messages. */
export function advised(text: string, options: Machine = {}) {
  const { diagnostics } = load(text, options, true);
  const before = new Set(load(text, options).diagnostics.map(diagnostic => JSON.stringify(diagnostic)));
  const advice = diagnostics.filter(diagnostic => !before.has(JSON.stringify(diagnostic)));
  return {
    told: advice.map(({ line, code }) => `${line} ${code}`),
    messages: advice.map(({ message }) => message),
    hints: advice.map(({ hint }) => hint),
    advice,
  };
}

/** A vrrp_instance on eth0 whose own lines begin at line 4. */
export function router(name: string, vrid: number, lines = '', addresses = '10.0.0.1/24'): string {
  return `vrrp_instance ${name} {\ninterface eth0\nvirtual_router_id ${vrid}\n${lines}\nvirtual_ipaddress {\n${addresses}\n}\n}\n`;
}
