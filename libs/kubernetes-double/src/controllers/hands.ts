import { randomUUID } from 'node:crypto';
import { trackUpdate } from '../apply/server-side-apply.js';
import { clone, equal, textsAt, type JsonObject, type KubeObject } from '../api/json.js';
import { apiVersionOf, type Resource } from '../api/resource.js';
import type { World } from '../api/world.js';
import { isFinallyGone } from '../api/write-object.js';
import { applyDefaults } from '../schema/defaults.js';

const MANAGER = 'kube-controller-manager';

interface Writer {
  readonly subresource?: string;
  readonly manager?: string;
}

/** How controllers change objects: past authentication and admission, but with the same bookkeeping. */
export class Hands {
  constructor(readonly world: World) {}

  resourceOf(key: string): Resource | undefined {
    const slash = key.indexOf('/');
    const [group, plural] = [key.slice(0, slash), key.slice(slash + 1)];
    return this.world.catalogue.all().find((one) => one.group === group && one.plural === plural);
  }

  /** The object as it is now, or `undefined` when it went meanwhile. */
  now(key: string, { metadata }: KubeObject): KubeObject | undefined {
    const resource = this.resourceOf(key);
    const found = resource && this.world.store.get(resource, metadata.namespace ?? '', metadata.name);
    return found?.metadata.uid === metadata.uid ? found : undefined;
  }

  create(key: string, given: KubeObject): void {
    const resource = this.resourceOf(key);
    if (resource === undefined || this.world.store.get(resource, given.metadata.namespace ?? '', given.metadata.name)) return;
    const object = clone(given);
    Object.assign(object.metadata, { uid: randomUUID(), creationTimestamp: this.world.now(), ...(resource.generation ? { generation: 1 } : {}) });
    applyDefaults(resource.group, object, this.world.addresses);
    this.world.store.put(resource, this.tracked(resource, undefined, object));
  }

  setStatus(key: string, object: KubeObject, status: JsonObject): void {
    this.change(key, object, (next) => (next['status'] = status), { subresource: 'status' });
  }

  /** Changes the object as it is now; an object that loses its last finalizer while it is being deleted is gone. */
  change(key: string, object: KubeObject, edit: (next: KubeObject) => unknown, by: Writer = {}): void {
    const resource = this.resourceOf(key);
    const live = this.now(key, object);
    if (resource === undefined || live === undefined) return;
    const next = clone(live);
    edit(next);
    if (equal(live, next)) return;
    const tracked = this.tracked(resource, live, next, by);
    if (isFinallyGone(tracked)) this.world.store.remove(resource, tracked);
    else this.world.store.put(resource, tracked);
  }

  /** Deletes as a background deletion does. */
  remove(key: string, object: KubeObject): void {
    const resource = this.resourceOf(key);
    const live = this.now(key, object);
    if (resource === undefined || live === undefined) return;
    if (textsAt(live, 'metadata', 'finalizers').length === 0) return void this.world.store.remove(resource, live);
    if (live.metadata.deletionTimestamp !== undefined) return;
    this.change(key, live, (next) => Object.assign(next.metadata, { deletionTimestamp: this.world.now(), deletionGracePeriodSeconds: 0 }));
  }

  private tracked(resource: Resource, before: KubeObject | undefined, after: KubeObject, { subresource = '', manager = MANAGER }: Writer = {}): KubeObject {
    const ownership = { schema: resource.schema, hasStatus: resource.status, subresource, apiVersion: apiVersionOf(resource), now: this.world.now() };
    return trackUpdate(before, after, manager, ownership);
  }
}

export function withoutFinalizer(name: string): (object: KubeObject) => void {
  return ({ metadata }) => {
    const left = textsAt(metadata, 'finalizers').filter((one) => one !== name);
    if (left.length > 0) metadata['finalizers'] = left;
    else delete metadata['finalizers'];
  };
}
