import { clone, type KubeObject } from '../api/json.js';
import { storageKey } from '../api/resource.js';

export interface StoredEvent {
  readonly revision: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly key: string;
  readonly object: KubeObject;
  /** What it was before: a watch with a selector says DELETED of what no longer fits. */
  readonly previous?: KubeObject;
}

type Located = { readonly group: string; readonly plural: string };

/**
 * All objects, with one counter of revisions as in etcd, and the log of changes that watches read.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
 */
export class Store {
  private counter = 1000;
  private compacted = 0;
  private readonly objects = new Map<string, Map<string, KubeObject>>();
  private events: StoredEvent[] = [];
  private readonly listeners = new Set<(event: StoredEvent) => void>();

  get revision(): number {
    return this.counter;
  }

  /** The oldest revision that can still be watched from. */
  get oldest(): number {
    return this.compacted;
  }

  get(resource: Located, namespace: string, name: string): KubeObject | undefined {
    const found = this.objects.get(storageKey(resource))?.get(`${namespace}/${name}`);
    return found && clone(found);
  }

  /** Sorted by namespace and name, as etcd has its keys. */
  list(resource: Located, namespace?: string): KubeObject[] {
    const found = [...(this.objects.get(storageKey(resource)) ?? [])];
    const within = namespace === undefined ? found : found.filter(([key]) => key.startsWith(`${namespace}/`));
    return within.sort(([left], [right]) => (left < right ? -1 : 1)).map(([, object]) => clone(object));
  }

  /** Every object of the server that is asked for, with the key of its storage. */
  everything(isWanted: (object: KubeObject) => boolean = () => true): { readonly key: string; readonly object: KubeObject }[] {
    // most are not: they are not copied
    return [...this.objects].flatMap(([key, objects]) => [...objects.values()].filter(isWanted).map((object) => ({ key, object: clone(object) })));
  }

  /** Stores an object under the next revision. @returns it as stored */
  put(resource: Located, object: KubeObject): KubeObject {
    const key = storageKey(resource);
    const place = `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
    const objects = this.objects.get(key) ?? new Map<string, KubeObject>();
    const previous = objects.get(place);
    const stored = this.stamp(object);
    objects.set(place, stored);
    this.objects.set(key, objects);
    this.tell({ revision: this.counter, type: previous ? 'MODIFIED' : 'ADDED', key, object: stored, ...(previous ? { previous } : {}) });
    return clone(stored);
  }

  remove(resource: Located, object: KubeObject): KubeObject {
    const key = storageKey(resource);
    const place = `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
    const previous = this.objects.get(key)?.get(place);
    this.objects.get(key)?.delete(place);
    const last = this.stamp(object);
    this.tell({ revision: this.counter, type: 'DELETED', key, object: last, ...(previous ? { previous } : {}) });
    return clone(last);
  }

  private stamp(object: KubeObject): KubeObject {
    this.counter += 1;
    const stamped = clone(object);
    stamped.metadata.resourceVersion = String(this.counter);
    return stamped;
  }

  private tell(event: StoredEvent): void {
    this.events.push(event);
    for (const listener of this.listeners) listener(event);
  }

  eventsAfter(revision: number, key: string): StoredEvent[] {
    return this.events.filter((event) => event.revision > revision && event.key === key);
  }

  /** @returns a function that stops it */
  listen(listener: (event: StoredEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Forgets all history, as etcd's compaction does: an older resourceVersion is answered with 410. */
  compact(): void {
    this.counter += 1;
    this.compacted = this.counter;
    this.events = [];
  }
}
