import { messageOf, printableLine } from '@sluice/kernel';
import type { ObjectChange } from '@sluice/manifests';
import type { Mirror } from '../ports/index.js';
import { renderChanges } from './render-changes.js';
import type { ShowPorts, ShownVersions } from './render-changes.js';

/** What people are shown of a change. */
export interface ShownChanges {
  readonly changes: readonly ObjectChange[];
  /** Why there is no diff. */
  readonly message?: string;
  /** What was rendered, and by what; what was not, and why. */
  readonly rendering: readonly string[];
}

/** The objects that a change comes to: rendered ones where there is something to render, and else as they stand in the files. That something does not render is said, and stops nothing. */
export async function showChanges(ports: ShowPorts, mirror: Mirror, versions: ShownVersions): Promise<ShownChanges> {
  const { before, after, notes } = await renderChanges(ports, mirror, versions).catch((error: unknown) => ({ ...versions, notes: [printableLine(`not rendered: ${messageOf(error)}`, 300)] }));
  const diff = await ports.reader.diff(before, after);
  return 'kind' in diff ? { changes: [], message: diff.message, rendering: notes } : { changes: diff, rendering: notes };
}
