import type { VrrpEffect } from '../ports/vrrp-world.ts';
import type { Instance } from './instance.ts';

/** Where removing one address would drop its siblings, the kernel is told not to, or to do so again. */
export function setPromotion(instances: readonly Instance[], enabled: boolean, out: VrrpEffect[]): void {
  for (const linkName of promotedLinks(instances)) out.push({ type: 'set-promote-secondaries', linkName, enabled });
}

/** Interfaces on which removing one address must not drop its siblings (promote_secondaries). */
function promotedLinks(instances: readonly Instance[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { configuration } of instances) {
    if (!configuration.promoteSecondaries) continue;
    for (const { interface: name = configuration.interface } of configuration.addresses) if (name) names.add(name);
  }
  return names;
}
