import type { IpvsCommand, IpvsDestination, IpvsEntry, IpvsService, IpvsServiceKey } from '../ports/ipvs.ts';
import { serverText } from './real-servers.ts';

interface Entry {
  service: IpvsService;
  readonly destinations: Map<string, IpvsDestination>;
}

/** The IPVS table of a simulated kernel, with the errors of a real one. */
export class IpvsTable {
  readonly #entries = new Map<string, Entry>();
  readonly #syncDaemons = new Set<'master' | 'backup'>();
  readonly #isUp: (interfaceName: string) => boolean | undefined;

  /** `isUp`: undefined for an interface that is not there. */
  constructor(isUp: (interfaceName: string) => boolean | undefined) {
    this.#isUp = isUp;
  }

  get entries(): readonly IpvsEntry[] {
    return Array.from(this.#entries.values(), ({ service, destinations }) => ({
      service,
      destinations: [...destinations.values()],
    }));
  }

  get syncDaemons(): ReadonlySet<'master' | 'backup'> {
    return this.#syncDaemons;
  }

  /** Undefined if it was obeyed, else the name of the errno. */
  obey(command: IpvsCommand): string | undefined {
    switch (command.type) {
      case 'flush':
        this.#entries.clear();
        return undefined;
      case 'set-timeouts':
        return undefined;
      case 'start-sync-daemon': {
        const { interface: name, state } = command.daemon;
        const isUp = this.#isUp(name);
        if (!isUp) return isUp === undefined ? 'ENODEV' : 'ENETDOWN';
        if (this.#syncDaemons.has(state)) return 'EEXIST';
        this.#syncDaemons.add(state);
        return undefined;
      }
      case 'stop-sync-daemon':
        return this.#syncDaemons.delete(command.state) ? undefined : 'ESRCH';
      case 'add-service': {
        const text = keyText(command.service.key);
        if (this.#entries.has(text)) return 'EEXIST';
        this.#entries.set(text, { service: command.service, destinations: new Map() });
        return undefined;
      }
      case 'edit-service': {
        const entry = this.#entries.get(keyText(command.service.key));
        if (!entry) return 'ESRCH';
        entry.service = command.service;
        return undefined;
      }
      case 'remove-service':
        return this.#entries.delete(keyText(command.key)) ? undefined : 'ESRCH';
      default:
        return this.#obeyOfDestination(command);
    }
  }

  /** Power was lost. */
  reset(): void {
    this.#entries.clear();
    this.#syncDaemons.clear();
  }

  #obeyOfDestination(
    command: IpvsCommand & { type: 'add-destination' | 'edit-destination' | 'remove-destination' },
  ): string | undefined {
    const entry = this.#entries.get(keyText(command.key));
    if (!entry) return 'ESRCH';
    const text = serverText(command.type === 'remove-destination' ? command : command.destination);
    if (command.type === 'remove-destination') return entry.destinations.delete(text) ? undefined : 'ENOENT';
    const isThere = entry.destinations.has(text);
    if (isThere !== (command.type === 'edit-destination')) return isThere ? 'EEXIST' : 'ENOENT';
    entry.destinations.set(text, command.destination);
    return undefined;
  }
}

/** `tcp 192.0.2.100:80`, `fwmark 7`, `fwmark 7 IPv6`: as `ipvsadm` tells services apart. */
export function keyText(key: IpvsServiceKey): string {
  if (key.type === 'fwmark') return `fwmark ${key.mark}${key.family === 6 ? ' IPv6' : ''}`;
  return `${key.protocol} ${serverText(key)}`;
}

/** A command as a person would tell it. */
export function commandText(command: IpvsCommand): string {
  switch (command.type) {
    case 'add-service':
    case 'edit-service':
      return `${command.type} ${keyText(command.service.key)}`;
    case 'remove-service':
      return `${command.type} ${keyText(command.key)}`;
    case 'add-destination':
    case 'edit-destination': {
      const { key, destination } = command;
      return `${command.type} ${keyText(key)} ${serverText(destination)} weight ${destination.weight}`;
    }
    case 'remove-destination':
      return `${command.type} ${keyText(command.key)} ${serverText(command)}`;
    case 'start-sync-daemon':
      return `${command.type} ${command.daemon.state}`;
    case 'stop-sync-daemon':
      return `${command.type} ${command.state}`;
    default:
      return command.type;
  }
}
