import type { Resource } from './transport/discovery.js';
import type { Collection, KubeClient } from './transport/kube-client.js';
import type { KubeObject } from './transport/kube-object.js';
import { MetadataWatch } from './transport/watch-metadata.js';

export interface WatchKindsOptions {
  readonly client: KubeClient;
  readonly labelSelector: string;
  readonly event: (type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject, resource: Resource) => void;
  readonly missed: () => void;
  readonly failed: (error: unknown) => void;
}

export interface WatchedCollection {
  readonly at: Collection;
  readonly resource: Resource;
}

/** Beyond so many connections, sweeps have to do. */
const MOST = 100;

/** One watch on metadata for each collection that holds something of ours. */
export class WatchKinds {
  private readonly open = new Map<string, MetadataWatch>();
  private closed = false;

  constructor(private readonly options: WatchKindsOptions) {}

  /** Watches exactly these. */
  follow(collections: readonly WatchedCollection[]): void {
    if (this.closed) return;
    const wanted = new Map(collections.slice(0, MOST).map((collection) => [`${collection.at.as ?? ''} ${collection.at.path}`, collection]));
    for (const [key, watch] of this.open) {
      if (wanted.has(key)) continue;
      this.open.delete(key);
      void watch.close();
    }
    for (const [key, collection] of wanted) if (!this.open.has(key)) this.open.set(key, this.watch(collection));
  }

  async close(): Promise<void> {
    this.closed = true;
    const open = [...this.open.values()];
    this.open.clear();
    await Promise.all(open.map((watch) => watch.close()));
  }

  private watch({ at, resource }: WatchedCollection): MetadataWatch {
    const { client, labelSelector, event, missed, failed } = this.options;
    return new MetadataWatch({ client, at, labelSelector, missed, failed, event: (type, object) => event(type, object, resource) });
  }
}
