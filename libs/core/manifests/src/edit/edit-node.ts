import type { Value } from '../model.js';
import { isCollection } from '../layout/layout.js';
import { isList, isMap, valuesEqual } from '../value/values-equal.js';
import type { Change, CollectionSlot, EditJob, Hint, Slot } from './edit-job.js';
import { editList } from './edit-list.js';
import { editMap } from './edit-map.js';
import { replaceSlot } from './replace-slot.js';

/**
 * Collects the edits that make a node's text stand for another value.
 * @throws UnsupportedEdit where that cannot be done without guessing.
 */
export function editNode(job: EditJob, slot: Slot, change: Change, hint: Hint | undefined): void {
  const { node } = slot;
  const stays = valuesEqual(change.have, change.want);
  if (stays && !job.hasAliases) return;
  if (node.anchor !== undefined) job.anchors.set(node.anchor, change.want);
  if (node.type === 'alias') return editAlias(job, slot, node.name, { want: change.want, hint });
  const edited = isCollection(node) && (stays || !node.tagged) && editCollection(job, { ...slot, node }, change, hint);
  if (!edited && !stays) replaceSlot(job, slot, change.want, hint);
}

// what the anchor will stand for may be what is wanted; otherwise the value is written out
function editAlias(job: EditJob, slot: Slot, name: string, { want, hint }: { want: Value; hint: Hint | undefined }): void {
  if (!valuesEqual(job.anchors.get(name), want)) replaceSlot(job, slot, want, hint);
}

/** False when it becomes something of another kind. */
function editCollection(job: EditJob, slot: CollectionSlot, { have, want }: Change, hint: Hint | undefined): boolean {
  if (slot.node.type === 'map' && isMap(have) && isMap(want)) editMap(job, slot, { have, want }, hint);
  else if (slot.node.type === 'seq' && isList(have) && isList(want)) editList(job, slot, { have, want }, hint);
  else return false;
  return true;
}
