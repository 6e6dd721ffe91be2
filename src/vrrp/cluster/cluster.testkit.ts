import { load } from '../../engine/configuration.testkit.ts';
import { checkCluster } from './check-cluster.ts';
import { clusterNode } from './cluster-router.ts';
import type { Holder, Prediction } from './prediction.ts';
import { arithmetic, eventText } from './standing.ts';

/** A vrrp_instance on eth0. */
export function instance(lines: string, { name = 'V', vrid = 5, addresses = '10.0.0.1/24' } = {}): string {
  return `vrrp_instance ${name} {\ninterface eth0\nvirtual_router_id ${vrid}\n${lines}\nvirtual_ipaddress {\n${addresses}\n}\n}\n`;
}

/** A vrrp_script "s" that everybody may run. */
export const script = (lines = '') =>
  `global_defs {\nenable_script_security\nscript_user root\n}\nvrrp_script s {\nscript /bin/true\n${lines}\n}\n`;

/** Nodes a, b, c ... with these texts. */
export function cluster(...texts: readonly string[]) {
  const nodes = texts.map((text, index) => {
    const { written, text: told } = load(text, {}, true);
    if (!written?.instances.length) throw new Error(`nothing to check:\n${told}`);
    return clusterNode(String.fromCharCode(97 + index), written);
  });
  const report = checkCluster(nodes);
  return {
    ...report,
    told: report.diagnostics.map(({ severity, code }) => `${severity} ${code}`),
    messages: report.diagnostics.map(({ message }) => message),
    hints: report.diagnostics.map(({ hint }) => hint),
    /** Of the first router: `EVENT: STANDINGS -> AFTER -> RECOVERED`. */
    table: report.forecasts[0]!.predictions.map(rowText),
    masters: report.forecasts.map(({ master }) => holderText(master)),
  };
}

function rowText({ fault, standings, after, recovered }: Prediction): string {
  const cells = standings.map(standing => (standing.ability === 'able' ? arithmetic(standing) : standing.ability));
  return `${eventText(fault)}: ${cells.join(' | ')} -> ${holderText(after)} -> ${holderText(recovered)}`;
}

function holderText(holder: Holder): string {
  if (holder.type === 'nobody') return 'nobody';
  return holder.type === 'member' ? holder.member.node.name : holder.members.map(({ node }) => node.name).join('/');
}
