import { dirname, sep } from 'node:path';
import { InvalidInput } from '@sluice/kernel';

const SYSTEM = ['/bin', '/boot', '/dev', '/etc', '/home', '/lib', '/lib64', '/opt', '/proc', '/root', '/run', '/sbin', '/sys', '/tmp', '/usr', '/var', '/Users', '/System', '/Library', '/Applications'];
const HOMES = ['/home', '/Users'];

export interface Place {
  /** Resolved: no link in it. */
  readonly root: string;
  /** The agent's own folder, resolved. */
  readonly dataFolder: string;
  /** Home folders of the user that runs the agent, resolved. */
  readonly homes: readonly string[];
}

/** @throws InvalidInput for a folder that an agent must not own. */
export function refusePlace({ root, dataFolder, homes }: Place): void {
  const because = (why: string) => new InvalidInput(`${root} cannot be a target: ${why}; choose a folder of its own (SLUICE_TARGET_DIR)`);
  if (dirname(root) === root) throw because('it is the root of the file system');
  if (SYSTEM.includes(root)) throw because('it belongs to the system');
  if (homes.some((home) => contains(root, home)) || HOMES.includes(dirname(root))) throw because('it is or holds a home folder');
  if (contains(root, dataFolder)) throw because('it is or holds the folder of the agent itself');
  if (contains(dataFolder, root)) throw because('it is inside the folder of the agent itself');
}

function contains(outer: string, inner: string): boolean {
  return inner === outer || inner.startsWith(outer + sep);
}
