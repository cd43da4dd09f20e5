import type { ObjectIdentity } from '@sluice/manifests';
import { LABELS, objectKey, type Owner } from '@sluice/sync-plan';
import type { Rights } from '../rights/rights.js';
import { ApiFailure } from '../transport/api-failure.js';
import { apiVersionOf, type Discovery, type Resource } from '../transport/discovery.js';
import type { Actor, Collection, KubeClient, ListOptions } from '../transport/kube-client.js';
import type { KubeObject } from '../transport/kube-object.js';
import { collectionPath } from '../transport/resource-path.js';

/** Objects that are reached in one way. */
export interface Reach {
  readonly identity: ObjectIdentity;
  readonly resource: Resource;
  readonly actor: Actor;
}

/** So few are asked for one by one; more are listed. */
const FEW = 3;
/** A kind in more namespaces than this is listed at once, where that is allowed. */
const MANY_NAMESPACES = 2;

/** What there is, and what could not be looked at. */
export interface Seen {
  readonly objects: ReadonlyMap<string, KubeObject>;
  /** By key, why: nothing is known of these. */
  readonly unseen: ReadonlyMap<string, string>;
}

interface Collected {
  readonly at: Collection;
  readonly resource: Resource;
  readonly members: readonly Reach[];
}

export interface LiveParts {
  readonly client: KubeClient;
  readonly discovery: Discovery;
  readonly rights: Rights;
  readonly owner: Owner;
}

/** Objects that carry this label are the agent's. */
export function ownedBy({ cluster, environment }: Owner): string {
  return `${LABELS.cluster}=${cluster},${LABELS.environment}=${environment}`;
}

/**
 * Reads objects of ours in as few requests as there are kinds. A kind that its server cannot
 * give (a conversion webhook or an aggregated API that is down) is unseen, and stops no other; everything throws ApiFailure or Unavailable when nothing can be given. Nothing is ever concluded from a list that failed.
 */
export class LiveObjects {
  constructor(private readonly parts: LiveParts) {}

  /** How owned objects are reached; those whose kind nobody serves, or nobody may read, are left out. */
  async reach(identities: readonly ObjectIdentity[]): Promise<readonly Reach[]> {
    const found: Reach[] = [];
    for (const identity of identities) {
      const resource = await this.parts.discovery.anyVersion(identity.group, identity.kind);
      const actor = resource && (await this.parts.rights.actorFor(resource, identity.namespace));
      if (resource && actor?.ok) found.push({ identity, resource, actor: actor.value });
    }
    return found;
  }

  /** Metadata of all owned objects among these, by key. `anybodys`: also those that other agents own. */
  async metadata(reached: readonly Reach[], options: { readonly anybodys?: boolean; readonly signal?: AbortSignal | undefined } = {}): Promise<Seen> {
    const labelSelector = options.anybodys ? LABELS.cluster : ownedBy(this.parts.owner);
    return this.listed(reached, { labelSelector, metadataOnly: true, signal: options.signal });
  }

  /** Whole objects by key; what is not there is absent. Objects that lost our label are found as well. */
  async whole(reached: readonly Reach[], signal?: AbortSignal): Promise<Seen> {
    const kinds = groupBy(reached, ({ resource, actor }) => `${resource.group}/${resource.version}/${resource.plural} ${actor ?? ''}`);
    const many = kinds.filter((group) => group.length > FEW).flat();
    const listed = await this.listed(many, { labelSelector: ownedBy(this.parts.owner), metadataOnly: false, signal });
    const [found, unseen] = [new Map(listed.objects), new Map(listed.unseen)];
    const missing = reached.filter(({ identity }) => !found.has(objectKey(identity)) && !unseen.has(objectKey(identity)));
    await Promise.all(missing.map(async (one) => {
      const object = await seenOr(() => this.get(one, signal), (why) => unseen.set(objectKey(one.identity), why));
      if (object) found.set(objectKey(one.identity), object);
    }));
    return { objects: found, unseen };
  }

  async get({ identity, resource, actor }: Reach, signal?: AbortSignal): Promise<KubeObject | undefined> {
    return this.parts.client.get({ path: collectionPath(resource, identity.namespace), as: actor }, identity.name, signal);
  }

  /** The collections that hold these objects, each with its kind. */
  async collections(reached: readonly Reach[]): Promise<readonly Collected[]> {
    const groups = groupBy(reached, ({ resource, actor }) => `${resource.group}/${resource.version}/${resource.plural} ${actor ?? ''}`);
    return (await Promise.all(groups.map((group) => this.collectionsOf(group)))).flat();
  }

  private async collectionsOf(group: readonly Reach[]): Promise<readonly Collected[]> {
    const [first] = group;
    if (!first) return [];
    const { resource, actor } = first;
    // one that is only defined yet has no collection
    if (!(await this.parts.discovery.resource(apiVersionOf(resource), resource.kind))) return [];
    const namespaces = [...new Set(group.map(({ identity }) => identity.namespace))];
    const at = (namespace: string, members: readonly Reach[]) => ({ at: { path: collectionPath(resource, namespace), as: actor }, resource, members });
    if (namespaces.length > MANY_NAMESPACES && (await this.parts.rights.readsEverywhere(actor, resource))) return [at('', group)];
    return namespaces.map((namespace) => at(namespace, group.filter(({ identity }) => identity.namespace === namespace)));
  }

  private async listed(reached: readonly Reach[], options: ListOptions): Promise<Seen> {
    const [objects, unseen] = [new Map<string, KubeObject>(), new Map<string, string>()];
    const failures: unknown[] = [];
    const collections = await this.collections(reached);
    await Promise.all(collections.map(async ({ at, resource, members }) => {
      const items = await seenOr(() => this.items(at, options), (why, error) => {
        failures.push(error);
        for (const { identity } of members) unseen.set(objectKey(identity), why);
      });
      // items of lists do not say what they are
      for (const item of items ?? []) objects.set(keyOf(item, resource), { ...item, apiVersion: apiVersionOf(resource), kind: resource.kind });
    }));
    // a server that gives nothing at all is down
    if (failures.length > 0 && failures.length === collections.length) throw failures[0];
    return { objects, unseen };
  }

  private async items(at: Collection, options: ListOptions): Promise<readonly KubeObject[]> {
    try {
      return (await this.parts.client.list(at, options)).items;
    } catch (error) {
      if (!(error instanceof ApiFailure) || error.code !== 404) throw error;
      // the kind is not served: not yet, or not any more
      this.parts.discovery.forget();
      return [];
    }
  }
}

/** Not the server as a whole, and no matter of rights. */
export function isOfOneKind(error: unknown): error is ApiFailure {
  return error instanceof ApiFailure && ![401, 403, 429].includes(error.code);
}

async function seenOr<T>(look: () => Promise<T>, unseen: (why: string, error: ApiFailure) => void): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (!isOfOneKind(error)) throw error;
    unseen(`it cannot be looked at: ${error.message}`, error);
    return undefined;
  }
}

/** The key of an object of a kind. */
export function keyOf({ metadata }: Pick<KubeObject, 'metadata'>, { group, kind }: Pick<Resource, 'group' | 'kind'>): string {
  return objectKey({ group, kind, namespace: metadata.namespace ?? '', name: metadata.name });
}

function groupBy<T>(items: readonly T[], keyOfItem: (item: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOfItem(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()];
}
