import { gunzipSync, gzipSync } from 'node:zlib';
import { InvalidInput } from '@sluice/kernel';
import { decodeInventory, encodeInventory, type Inventory, MAX_INVENTORY_BYTES, sameInventory } from '@sluice/sync-plan';
import { ApiFailure } from '../transport/api-failure.js';
import type { KubeClient } from '../transport/kube-client.js';
import type { Json, KubeObject } from '../transport/kube-object.js';
import { isObject } from '../transport/kube-object.js';

/** What the agent owns in the cluster, and which commit is applied completely; absent while one is being applied. */
export interface Ownership {
  readonly inventory: Inventory;
  readonly commit?: string;
}

const TEXT = 'inventory';
const PACKED = 'inventory.gz';
const COMMIT = 'commit';
/** No inventory that fits packed is larger. */
const MAX_UNPACKED = 64 * 1024 * 1024;

/**
 * The record in the cluster, one ConfigMap by its name, so that an agent needs rights for that one alone. Some 10,000 objects fit as text; more are packed, which is good for ten times as many.
 * It is read once; after that this agent is the only one that writes it, and notices when it is not.
 */
export class InventoryRecord {
  private known: { readonly owned: Ownership; readonly version: string | undefined } | undefined;

  constructor(
    private readonly client: Pick<KubeClient, 'get' | 'apply'>,
    readonly place: { readonly namespace: string; readonly name: string },
  ) {}

  /** @throws InventoryUnreadable for one that cannot be understood: nothing may be deleted then, and it must not be written over; ApiFailure, Unavailable */
  async load(): Promise<Ownership> {
    this.known ??= read(await this.client.get(this.at, this.place.name));
    return this.known.owned;
  }

  /** Durable when it returns. @throws ApiFailure: 409 when another agent has written it since; Unavailable */
  async save(owned: Ownership): Promise<void> {
    await this.load();
    const version = this.known?.version;
    try {
      const saved = await this.client.apply(this.at, this.place.name, { body: JSON.stringify(this.object(owned, version)) });
      this.known = { owned, version: saved.metadata.resourceVersion };
    } catch (error) {
      this.known = undefined;
      if (!(error instanceof ApiFailure) || error.code !== 409) throw error;
      const there = await this.load();
      // an answer that was lost makes the second try look like another's write
      if (there.commit === owned.commit && sameInventory(there.inventory, owned.inventory)) return;
      throw new ApiFailure(409, error.reason, `the record ${this.place.namespace}/${this.place.name} was written by another hand: does another agent use it?`);
    }
  }

  private get at() {
    return { path: `/api/v1/namespaces/${encodeURIComponent(this.place.namespace)}/configmaps`, as: undefined };
  }

  private object({ inventory, commit }: Ownership, version: string | undefined): Json {
    const text = encodeInventory(inventory, Infinity).head;
    const fits = Buffer.byteLength(text) <= MAX_INVENTORY_BYTES;
    const packed = fits ? '' : gzipSync(text).toString('base64');
    if (packed.length > MAX_INVENTORY_BYTES) throw new InvalidInput(`${inventory.length} objects are more than the record of one agent holds: spread them over several`);
    const metadata = { name: this.place.name, namespace: this.place.namespace, ...(version !== undefined && { resourceVersion: version }) };
    const data = { ...(fits && { [TEXT]: text }), ...(commit !== undefined && { [COMMIT]: commit }) };
    return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data, ...(!fits && { binaryData: { [PACKED]: packed } }) };
  }
}

function read(object: KubeObject | undefined): { readonly owned: Ownership; readonly version: string | undefined } {
  const [data, packed] = [mapOf(object?.['data']), mapOf(object?.['binaryData'])[PACKED]];
  const version = object?.metadata.resourceVersion;
  const text = typeof packed === 'string' ? gunzipSync(Buffer.from(packed, 'base64'), { maxOutputLength: MAX_UNPACKED }).toString('utf8') : data[TEXT];
  // an installer makes an empty one
  if (typeof text !== 'string') return { owned: { inventory: [] }, version };
  const commit = data[COMMIT];
  return { owned: { inventory: decodeInventory(text), ...(typeof commit === 'string' && { commit }) }, version };
}

function mapOf(value: Json | undefined): { readonly [key: string]: Json | undefined } {
  return isObject(value) ? value : {};
}
