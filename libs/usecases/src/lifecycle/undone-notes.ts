import type { ComposeNote } from '@sluice/manifests';
import type { Hold } from '@sluice/promotion';

const MAX_NOTES = 20;

/** What a reviewer should know of a promotion that brings again what somebody has undone. */
export function undoneNotes({ nodes, by, undoneBy }: Hold): readonly ComposeNote[] {
  const message = `${undoneBy} undid this in ${by.slice(0, 10)}: it comes again`;
  return nodes.slice(0, MAX_NOTES).map(({ path, object, field = 'all of it' }) => ({ path, ...(object && { object }), field, value: '', message }));
}
