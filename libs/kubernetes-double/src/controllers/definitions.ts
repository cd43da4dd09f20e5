import { establishedStatus, resourcesOf } from '../api/custom-resources.js';
import { listAt, textAt, textsAt, type KubeObject } from '../api/json.js';
import type { StoredEvent } from '../storage/store.js';
import { withoutFinalizer, type Hands } from './hands.js';

const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';

/** https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/: a definition is served once it is established, and takes its objects with it. */
export function followDefinition(hands: Hands, { key, type, object }: StoredEvent): void {
  const { catalogue } = hands.world;
  if (type === 'DELETED') return catalogue.serveCustom(object.metadata.name, []);
  const live = hands.now(key, object);
  if (live === undefined) return;
  if (live.metadata.deletionTimestamp !== undefined) return cleanUp(hands, key, live);
  catalogue.serveCustom(live.metadata.name, resourcesOf(live));
  if (listAt(live, 'status', 'conditions').length > 0 && textsAt(live, 'status', 'storedVersions').length > 0) return;
  hands.change(key, live, (next) => (next.metadata['finalizers'] = [...new Set([...textsAt(next, 'metadata', 'finalizers'), CLEANUP])]));
  hands.setStatus(key, live, establishedStatus(live, hands.world.now()));
}

/** https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#delete-a-customresourcedefinition */
function cleanUp(hands: Hands, key: string, definition: KubeObject): void {
  const place = { group: textAt(definition, 'spec', 'group'), plural: textAt(definition, 'spec', 'names', 'plural') };
  const storage = `${place.group}/${place.plural}`;
  for (const object of hands.world.store.list(place)) hands.remove(storage, object);
  if (hands.world.store.list(place).length > 0) return void setTimeout(() => cleanUp(hands, key, definition), 20).unref();
  hands.change(key, definition, withoutFinalizer(CLEANUP));
}
