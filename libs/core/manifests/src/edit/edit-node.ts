import type { Value } from '../model.js';
import { isCollection } from '../layout/layout.js';
import { isList, isMap, valuesEqual } from '../value/values-equal.js';
import type { Change, EditJob, Hint, Slot } from './edit-job.js';
import { editList } from './edit-list.js';
import { editMap } from './edit-map.js';
import { replaceSlot } from './replace-slot.js';

/**
 * Collects the edits that make a node's text stand for another value.
 * @throws UnsupportedEdit where that cannot be done without guessing.
 */
export function editNode(job: EditJob, slot: Slot, change: Change, hint: Hint | undefined): void {
  const { node } = slot;
  const { have, want } = change;
  const stays = valuesEqual(have, want);
  if (stays && !job.hasAliases) return;
  if (node.anchor !== undefined) job.anchors.set(node.anchor, want);
  if (node.type === 'alias') return editAlias(job, slot, node.name, want, hint);
  if (isCollection(node) && !(node.tagged && !stays)) {
    if (node.type === 'map' && isMap(have) && isMap(want)) return editMap(job, slot, node, { have, want }, hint);
    if (node.type === 'seq' && isList(have) && isList(want)) return editList(job, slot, node, { have, want }, hint);
  }
  if (!stays) replaceSlot(job, slot, want, hint);
}

// what the anchor will stand for may be what is wanted; otherwise the value is written out
function editAlias(job: EditJob, slot: Slot, name: string, want: Value, hint: Hint | undefined): void {
  if (!valuesEqual(job.anchors.get(name), want)) replaceSlot(job, slot, want, hint);
}
