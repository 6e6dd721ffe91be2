import type { IpvsCommand } from '../ports/ipvs.ts';
import type { TableChange } from './action.ts';
import { commandText } from './ipvs-table.ts';
import { serverText } from './real-servers.ts';
import type { SimNode } from './sim-node.ts';
import type { World } from './world.ts';

/** Somebody uses ipvsadm on a node. */
export function changeTable(world: World, { name, kernel }: SimNode, change: TableChange): void {
  const commands: IpvsCommand[] = [];
  if (change.type === 'clear') commands.push({ type: 'flush' });
  else {
    for (const { service, destinations } of kernel.ipvs.entries) {
      for (const destination of destinations) {
        if (serverText(destination) !== change.server) continue;
        const { address, port } = destination;
        const { key } = service;
        commands.push(
          change.type === 'delete-server'
            ? { type: 'remove-destination', key, address, port }
            : { type: 'edit-destination', key, destination: { ...destination, weight: change.weight } },
        );
      }
    }
  }
  for (const command of commands) {
    if (kernel.ipvs.obey(command) !== undefined) continue;
    world.observe({ type: 'ipvs', node: name, text: commandText(command), by: 'other' });
  }
}
