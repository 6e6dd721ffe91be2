import type { Instance } from './instance.ts';

/** Interfaces on which removing one address must not drop its siblings (promote_secondaries). */
export function promotedLinks(instances: readonly Instance[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { configuration } of instances) {
    if (!configuration.promoteSecondaries) continue;
    for (const { interface: name = configuration.interface } of configuration.addresses) if (name) names.add(name);
  }
  return names;
}
