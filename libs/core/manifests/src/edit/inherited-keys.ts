import type { Value, ValueMap } from '../model.js';
import { isCollection, type CollectionLayout, type NodeLayout } from '../layout/layout.js';
import { isMap } from '../value/values-equal.js';
import type { EditJob } from './edit-job.js';

/** What the map gets by its merge key once the edits so far are made, without what the keys of its own that it keeps override. */
export function inheritedKeys(job: EditJob, node: CollectionLayout, have: ValueMap, kept: { has(key: string): boolean }): ReadonlyMap<string, Value> {
  const inherited = new Map<string, Value>();
  for (const { merge, value } of node.entries) {
    if (!merge) continue;
    const sources = sourcesOf(job, value);
    // maps written in place of an alias are not edited: they give what they gave
    if (sources === undefined) return new Map([...have].filter(([key]) => !kept.has(key)));
    for (const [key, item] of sources.flatMap((source) => [...source])) if (!inherited.has(key)) inherited.set(key, item);
  }
  return new Map([...inherited].filter(([key]) => !kept.has(key)));
}

function sourcesOf(job: EditJob, node: NodeLayout): ValueMap[] | undefined {
  if (isCollection(node)) {
    const sources = node.type === 'seq' ? node.entries.map((entry) => sourcesOf(job, entry.value)) : [undefined];
    return sources.includes(undefined) ? undefined : sources.flatMap((source) => source ?? []);
  }
  const value = node.type === 'alias' ? job.anchors.get(node.name) : undefined;
  return isMap(value) ? [value] : undefined;
}
