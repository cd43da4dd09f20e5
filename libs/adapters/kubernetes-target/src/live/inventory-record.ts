import { gunzipSync, gzipSync } from 'node:zlib';
import { InvalidInput, messageOf } from '@sluice/kernel';
import { decodeInventory, encodeInventory, type Inventory, InventoryUnreadable, MAX_INVENTORY_BYTES, objectKey, sameInventory } from '@sluice/sync-plan';
import { ApiFailure } from '../transport/api-failure.js';
import type { KubeClient } from '../transport/kube-client.js';
import type { Json, KubeObject } from '../transport/kube-object.js';
import { isObject } from '../transport/kube-object.js';
import { type Arriving, formatArriving, parseArriving } from './arriving.js';
import { formatRanJobs, parseRanJobs, type RanJobs } from './ran-jobs.js';

/** What the agent owns in the cluster, and which commit is applied completely; absent while one is being applied. */
export interface Ownership {
  readonly inventory: Inventory;
  readonly commit?: string;
}

/** What is remembered of objects in the record. */
interface Notes {
  readonly ranJobs: RanJobs;
  readonly arriving: Arriving;
}

interface Known {
  readonly owned: Ownership;
  readonly notes: Notes;
  readonly version: string | undefined;
}

const TEXT = 'inventory';
const PACKED = 'inventory.gz';
const COMMIT = 'commit';
const RAN_JOBS = 'finished-jobs';
const ARRIVING = 'arriving';
const NO_NOTES: Notes = { ranJobs: new Map(), arriving: new Set() };
/** No inventory that fits packed is larger. */
const MAX_UNPACKED = 64 * 1024 * 1024;

/**
 * The record in the cluster, one ConfigMap by its name, so that an agent needs rights for that one alone. Some 10,000 objects fit as text; more are packed, which is good for ten times as many.
 * It is read once; after that this agent is the only one that writes it, and notices when it is not.
 */
export class InventoryRecord {
  private known: Known | undefined;

  constructor(
    private readonly client: Pick<KubeClient, 'get' | 'apply'>,
    readonly place: { readonly namespace: string; readonly name: string },
  ) {}

  /** @throws InventoryUnreadable for one that cannot be understood: nothing may be deleted then, and it must not be written over; ApiFailure, Unavailable */
  async load(): Promise<Ownership> {
    this.known ??= this.read(await this.client.get(this.at, this.place.name));
    return this.known.owned;
  }

  /** Jobs that are not to run again. @throws as {@link load} */
  async ranJobs(): Promise<RanJobs> {
    return (await this.notes()).ranJobs;
  }

  /** Objects whose first apply is not known to be complete. @throws as {@link load} */
  async arriving(): Promise<Arriving> {
    return (await this.notes()).arriving;
  }

  /** Remembers something of objects; what is owned stays as it is. @throws as {@link save} */
  async note(notes: Partial<Notes>): Promise<void> {
    await this.save(await this.load(), notes);
  }

  /** Durable when it returns. @throws ApiFailure: 409 when another agent has written it since; Unavailable */
  async save(owned: Ownership, changed: Partial<Notes> = {}): Promise<void> {
    const notes = notesOf(owned.inventory, { ...(await this.notes()), ...changed });
    const version = this.known?.version;
    try {
      const saved = await this.client.apply(this.at, this.place.name, { body: JSON.stringify(this.object(owned, { notes, version })) });
      this.known = { owned, notes, version: saved.metadata.resourceVersion };
    } catch (error) {
      this.known = undefined;
      if (!(error instanceof ApiFailure) || error.code !== 409) throw error;
      const there = await this.load();
      // an answer that was lost makes the second try look like another's write
      if (there.commit === owned.commit && sameInventory(there.inventory, owned.inventory)) return;
      throw new ApiFailure(409, error.reason, `the record ${this.place.namespace}/${this.place.name} was written by another hand: does another agent use it?`);
    }
  }

  private async notes(): Promise<Notes> {
    await this.load();
    return this.known?.notes ?? NO_NOTES;
  }

  private read(object: KubeObject | undefined): Known {
    try {
      const owned = object ? ownershipOf(object) : { inventory: [] };
      const data = mapOf(object?.['data']);
      const notes = { ranJobs: parseRanJobs(data[RAN_JOBS]), arriving: parseArriving(data[ARRIVING], owned.inventory.map(objectKey)) };
      return { owned, notes, version: object?.metadata.resourceVersion };
    } catch (error) {
      const place = `${this.place.namespace}/${this.place.name}`;
      const repair = 'nothing is applied or deleted until it is as it was (from a backup), or is deleted: then what git has is taken over again, and what went out of git meanwhile stays in the cluster';
      throw new InventoryUnreadable(`the record of what the agent owns, ConfigMap ${place}, cannot be understood: ${messageOf(error)}; ${repair}`, { cause: error });
    }
  }

  private get at() {
    return { path: `/api/v1/namespaces/${encodeURIComponent(this.place.namespace)}/configmaps`, as: undefined };
  }

  private object({ inventory, commit }: Ownership, { notes: { ranJobs, arriving }, version }: Omit<Known, 'owned'>): Json {
    const text = encodeInventory(inventory, Infinity).head;
    const fits = Buffer.byteLength(text) <= MAX_INVENTORY_BYTES;
    const packed = fits ? '' : gzipSync(text).toString('base64');
    if (packed.length > MAX_INVENTORY_BYTES) throw new InvalidInput(`${inventory.length} objects are more than the record of one agent holds: spread them over several`);
    const metadata = { name: this.place.name, namespace: this.place.namespace, ...(version !== undefined && { resourceVersion: version }) };
    const data = { ...(fits && { [TEXT]: text }), ...(commit !== undefined && { [COMMIT]: commit }), ...(ranJobs.size > 0 && { [RAN_JOBS]: formatRanJobs(ranJobs) }), ...(arriving.size > 0 && { [ARRIVING]: formatArriving(arriving) }) };
    return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data, ...(!fits && { binaryData: { [PACKED]: packed } }) };
  }
}

/** Of what is not owned, nothing is remembered. */
function notesOf(inventory: Inventory, { ranJobs, arriving }: Notes): Notes {
  const keys = new Set(inventory.map(objectKey));
  return { ranJobs: new Map([...ranJobs].filter(([key]) => keys.has(key))), arriving: new Set([...arriving].filter((key) => keys.has(key))) };
}

/** @throws Error for a record that is damaged or not ours: it is never taken for an empty one. */
function ownershipOf(object: KubeObject): Ownership {
  const [data, packed] = [mapOf(object['data']), mapOf(object['binaryData'])[PACKED]];
  const commit = data[COMMIT];
  const whole = data[TEXT];
  // another manager keeps what we gave up, for example after a restore: nobody can say which is the newer
  if (packed !== undefined && whole !== undefined) throw new InventoryUnreadable(`it has both ${TEXT} and ${PACKED}`);
  const text = typeof packed === 'string' ? unpacked(packed) : whole;
  if (typeof text === 'string') return { inventory: decodeInventory(text), ...(typeof commit === 'string' && { commit }) };
  if (commit !== undefined) throw new InventoryUnreadable(`it names a commit, but has neither ${TEXT} nor ${PACKED}`);
  // an installer makes an empty one
  return { inventory: [] };
}

function unpacked(packed: string): string {
  try {
    return gunzipSync(Buffer.from(packed, 'base64'), { maxOutputLength: MAX_UNPACKED }).toString('utf8');
  } catch (error) {
    throw new InventoryUnreadable(`${PACKED} cannot be unpacked (${messageOf(error)})`, { cause: error });
  }
}

function mapOf(value: Json | undefined): { readonly [key: string]: Json | undefined } {
  return isObject(value) ? value : {};
}
