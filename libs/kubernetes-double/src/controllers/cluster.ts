import type { KubeObject } from '../api/json.js';
import type { World } from '../api/world.js';
import type { StoredEvent } from '../storage/store.js';
import type { ClusterSettings } from './cluster-settings.js';
import { followClusterRoles } from './cluster-roles.js';
import { followDefinition } from './definitions.js';
import { collectGarbage, followOwners } from './garbage.js';
import { Hands } from './hands.js';
import { followNamespace, retryTerminating } from './namespaces.js';
import { WORKLOADS } from './workloads.js';

const CLUSTER_ROLES = 'rbac.authorization.k8s.io/clusterroles';
const DEFINITIONS = 'apiextensions.k8s.io/customresourcedefinitions';

/**
 * What runs in a cluster beside the API server, as far as tests need it: workloads that become ready or fail, namespaces that come with an account and go with their content,
 * garbage collection by owners, definitions that become established, roles made of others. https://kubernetes.io/docs/concepts/architecture/controller/
 */
export class Cluster {
  private readonly hands: Hands;
  private readonly queue = new Map<string, StoredEvent>();
  private timer: NodeJS.Timeout | undefined;
  private stopListening: () => void = () => undefined;
  private paused = false;
  private settings: ClusterSettings;
  private waiting: (() => void)[] = [];

  constructor(world: World, settings: ClusterSettings) {
    this.hands = new Hands(world);
    this.settings = settings;
  }

  start(objects: readonly KubeObject[]): void {
    this.stopListening = this.hands.world.store.listen((event) => this.enqueue(event));
    for (const object of objects) {
      const [group = '', version = ''] = object.apiVersion.includes('/') ? object.apiVersion.split('/') : ['', object.apiVersion];
      const resource = this.hands.world.catalogue.ofKind(group, version, object.kind);
      if (resource) this.hands.create(`${resource.group}/${resource.plural}`, object);
    }
    this.work();
  }

  stop(): void {
    this.stopListening();
    clearTimeout(this.timer);
    this.queue.clear();
    this.wake();
  }

  /** Changes how workloads end from now on. */
  set(settings: ClusterSettings): void {
    this.settings = { ...this.settings, ...settings };
  }

  /** Controllers stop noticing: what is applied stays as it is. */
  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.schedule();
  }

  /** @returns when the controllers have nothing more to do */
  async settled(): Promise<void> {
    if (this.queue.size > 0 && !this.paused) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private enqueue(event: StoredEvent): void {
    const { namespace = '', name, uid = '' } = event.object.metadata;
    this.queue.set(`${event.key} ${namespace}/${name} ${uid}`, event);
    this.schedule();
  }

  private schedule(): void {
    if (this.timer !== undefined || this.paused || this.queue.size === 0) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.work();
    }, this.settings.stepMs ?? 2);
  }

  private work(): void {
    if (this.paused) return;
    const batch = [...this.queue.values()];
    this.queue.clear();
    for (const event of batch) this.follow(event);
    if (this.queue.size === 0) this.wake();
    else this.schedule();
  }

  private wake(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }

  private follow(event: StoredEvent): void {
    const { hands } = this;
    const { key, object } = event;
    if (key === DEFINITIONS) followDefinition(hands, event);
    if (key === CLUSTER_ROLES) followClusterRoles(hands);
    if (event.type === 'DELETED') {
      collectGarbage(hands, object);
      retryTerminating(hands, object.metadata.namespace);
      return;
    }
    const live = hands.now(key, object);
    if (live === undefined) return;
    if (key === '/namespaces') followNamespace(hands, live);
    followOwners(hands, key, live);
    if (live.metadata.deletionTimestamp === undefined || key === '/pods') WORKLOADS[key]?.({ hands, key, settings: this.settings }, live);
  }
}
