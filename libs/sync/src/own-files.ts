import type { DesiredFile } from './ports/target.js';

/** What of a branch belongs into a target: not Sluice's own records (`.sluice/`) and not the pipeline file at the root. */
export function ownFiles(files: readonly DesiredFile[]): readonly DesiredFile[] {
  return files.filter(({ path }) => path !== 'sluice.yaml' && path !== '.sluice' && !path.startsWith('.sluice/'));
}
