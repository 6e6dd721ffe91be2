import type { ConfigurationHost } from '../ports/configuration-host.ts';
import type { ScriptIdentity } from '../ports/script.ts';

/** What is wrong with one component of a script's path. */
export interface PathFault {
  readonly component: string;
  readonly fault: string;
}

/**
 * Whether somebody other than root could change what root runs: every component of the path must belong to root and be
 * writable by nobody else; only sticky directories may be. Looked at only if the script runs with root's uid or gid, or
 * takes root's by its own set-id bits.
 */
export function pathFaults(path: string, identity: ScriptIdentity, host: ConfigurationHost): readonly PathFault[] {
  const script = host.status(path);
  const takesRoot =
    script !== undefined &&
    (((script.mode & 0o4000) !== 0 && script.uid === 0) || ((script.mode & 0o2000) !== 0 && script.gid === 0));
  if (identity.uid !== 0 && identity.gid !== 0 && !takesRoot) return [];
  const faults: PathFault[] = [];
  for (const component of componentsOf(path)) {
    const status = host.status(component);
    if (!status) {
      faults.push({ component, fault: 'cannot be examined' });
      continue;
    }
    if (status.kind === 'directory' && (status.mode & 0o1000) !== 0) continue;
    if (status.uid !== 0) faults.push({ component, fault: `belongs to uid ${status.uid}` });
    if ((status.mode & 0o002) !== 0) faults.push({ component, fault: 'is writable by everybody' });
    else if ((status.mode & 0o020) !== 0 && status.gid !== 0) {
      faults.push({ component, fault: `is writable by group ${status.gid}` });
    }
  }
  return faults;
}

/** `/`, `/a`, `/a/b` for `/a/b`. */
function componentsOf(path: string): string[] {
  const components = ['/'];
  let current = '';
  for (const part of path.split('/')) {
    if (part === '') continue;
    current += `/${part}`;
    components.push(current);
  }
  return components;
}
