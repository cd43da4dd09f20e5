import type { IncomingMessage } from 'node:http';
import { Unavailable, AtMost } from '@sluice/kernel';
import { ApiFailure, failureOf } from './api-failure.js';
import type { ClusterAccess } from './cluster-access.js';
import { parseExactly } from './exact-json.js';
import { isKubeObject, isObject, type Json, type JsonObject, type KubeObject } from './kube-object.js';
import { type Patience, retrying } from './retrying.js';
import { Connections } from './send-request.js';

/** `system:serviceaccount:namespace:name`; absent: the identity of the access itself. */
export type Actor = string | undefined;

/** A collection: all objects of a kind, or those of a namespace. */
export interface Collection {
  /** `/api/v1/namespaces/shop/configmaps` */
  readonly path: string;
  readonly as: Actor;
}

export interface Page {
  readonly items: readonly KubeObject[];
  /** Where a watch goes on. */
  readonly resourceVersion: string;
}

export interface ListOptions {
  readonly labelSelector?: string;
  /** Only what stands in `metadata`. */
  readonly metadataOnly?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface ApplyRequest {
  /** The object as JSON. */
  readonly body: string;
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface DeleteRequest {
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly propagation: 'Background' | 'Foreground' | 'Orphan';
  readonly signal?: AbortSignal | undefined;
}

export interface ClientOptions {
  /** Milliseconds for one answer. */
  readonly deadline?: number;
  readonly atOnce?: number;
  readonly patience?: Patience;
}

// servers of aggregated APIs may know no partial objects: whole ones will do
const PARTIAL = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json';
const PARTIAL_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';
const PAGE = 500;
/** Servers send a bookmark about once a minute: a connection that is silent for longer may be dead, and opening it again costs nothing. */
const WATCH_SILENCE_MS = 150_000;
/** In whose name everything is written. */
export const MANAGER = 'sluice';
/** A list begins again so often when its pages expire on the way. */
const LIST_TRIES = 3;

/** Requests to an API server as JSON: nothing that a server says or wants is lost to a model. All of them may be repeated, and are, while their failure may pass. */
export class KubeClient {
  private readonly connections: Connections;
  private readonly turns: AtMost;
  private readonly deadline: number;

  constructor(
    access: ClusterAccess,
    private readonly options: ClientOptions = {},
  ) {
    this.connections = new Connections(access);
    this.turns = new AtMost(options.atOnce ?? 8);
    this.deadline = options.deadline ?? 40_000;
  }

  close(): void {
    this.connections.close();
  }

  /** @returns undefined when there is no such object. @throws ApiFailure, Unavailable */
  async get(at: Collection, name: string, signal?: AbortSignal): Promise<KubeObject | undefined> {
    try {
      return objectOf(await this.ask({ method: 'GET', path: `${at.path}/${encodeURIComponent(name)}`, as: at.as, signal }));
    } catch (error) {
      if (error instanceof ApiFailure && error.code === 404) return undefined;
      throw error;
    }
  }

  /** All objects, page by page; never a part of them. @throws ApiFailure, Unavailable */
  async list(at: Collection, options: ListOptions = {}): Promise<Page> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.pages(at, options);
      } catch (error) {
        if (!(error instanceof ApiFailure) || error.code !== 410 || attempt >= LIST_TRIES) throw error;
      }
    }
  }

  /** Server-side apply in the name of `sluice`, taking over what others own. https://kubernetes.io/docs/reference/using-api/server-side-apply/ @throws ApiFailure, Unavailable */
  async apply(at: Collection, name: string, { body, dryRun = false, signal }: ApplyRequest): Promise<KubeObject> {
    const query = `fieldManager=${MANAGER}&force=true&fieldValidation=Strict${dryRun ? '&dryRun=All' : ''}`;
    return objectOf(await this.ask({ method: 'PATCH', path: `${at.path}/${encodeURIComponent(name)}?${query}`, as: at.as, signal, body, type: 'application/apply-patch+yaml' }));
  }

  /** Says who has set which fields of an object, as JSON; nothing else of it changes. @throws ApiFailure: 409 when somebody has changed it since; Unavailable */
  async replaceManagers(at: Collection, name: string, { managedFields, resourceVersion, signal }: { readonly managedFields: string; readonly resourceVersion: string; readonly signal?: AbortSignal | undefined }): Promise<void> {
    const body = `[{"op":"replace","path":"/metadata/managedFields","value":${managedFields}},{"op":"replace","path":"/metadata/resourceVersion","value":${JSON.stringify(resourceVersion)}}]`;
    await this.ask({ method: 'PATCH', path: `${at.path}/${encodeURIComponent(name)}?fieldManager=${MANAGER}`, as: at.as, signal, body, type: 'application/json-patch+json' });
  }

  /** @returns whether there was something to delete. @throws ApiFailure: 409 when it is another one by now; Unavailable */
  async delete(at: Collection, name: string, { uid, resourceVersion, propagation, signal }: DeleteRequest): Promise<boolean> {
    const preconditions = { ...(uid !== undefined && { uid }), ...(resourceVersion !== undefined && { resourceVersion }) };
    const body = JSON.stringify({ kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: propagation, preconditions });
    try {
      await this.ask({ method: 'DELETE', path: `${at.path}/${encodeURIComponent(name)}`, as: at.as, signal, body });
      return true;
    } catch (error) {
      if (error instanceof ApiFailure && error.code === 404) return false;
      throw error;
    }
  }

  /** For reviews, which are not kept by the server. @throws ApiFailure, Unavailable */
  async create(at: Collection, object: Json, signal?: AbortSignal): Promise<JsonObject> {
    return answered(await this.ask({ method: 'POST', path: at.path, as: at.as, signal, body: JSON.stringify(object) }));
  }

  /** Any document: of discovery, for example. @throws ApiFailure, Unavailable */
  async read(path: string, accept = 'application/json', signal?: AbortSignal): Promise<JsonObject> {
    return answered(await this.ask({ method: 'GET', path, as: undefined, accept, signal }));
  }

  /** A document that is no JSON, such as the log of a pod: `path` is below the collection. @throws ApiFailure, Unavailable */
  async readText(at: Collection, path: string, signal?: AbortSignal): Promise<string> {
    const answer = await this.connections.ask({ method: 'GET', path: `${at.path}/${path}`, headers: impersonating(at.as), deadline: this.deadline, ...(signal && { signal }) });
    if (answer.status !== 200) throw failureOf(answer.status, answer.headers, answer.text);
    return answer.text;
  }

  /** Opens a watch on metadata, after `resourceVersion`. Not repeated: the caller lists first. @throws ApiFailure: 410 when the version is too old; Unavailable */
  async watch(at: Collection, options: { readonly resourceVersion: string; readonly labelSelector: string; readonly seconds: number; readonly signal: AbortSignal }): Promise<IncomingMessage> {
    const query = new URLSearchParams({ watch: 'true', allowWatchBookmarks: 'true', resourceVersion: options.resourceVersion, timeoutSeconds: String(options.seconds), labelSelector: options.labelSelector });
    const response = await this.connections.stream({ method: 'GET', path: `${at.path}?${query}`, headers: { accept: PARTIAL, ...impersonating(at.as) }, deadline: WATCH_SILENCE_MS, signal: options.signal });
    if (response.statusCode === 200) return response;
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    throw failureOf(response.statusCode ?? 0, response.headers, Buffer.concat(chunks).toString('utf8'));
  }

  private async pages(at: Collection, { labelSelector, metadataOnly = false, signal }: ListOptions): Promise<Page> {
    const items: KubeObject[] = [];
    for (let next = ''; ; ) {
      const query = new URLSearchParams({ limit: String(PAGE), ...(labelSelector && { labelSelector }), ...(next && { continue: next }) });
      const page = answered(await this.ask({ method: 'GET', path: `${at.path}?${query}`, as: at.as, signal, ...(metadataOnly && { accept: PARTIAL_LIST }) }));
      items.push(...itemsOf(page));
      const { resourceVersion, continue: more } = isObject(page['metadata']) ? page['metadata'] : {};
      if (typeof more !== 'string' || more === '') return { items, resourceVersion: typeof resourceVersion === 'string' ? resourceVersion : '' };
      next = more;
    }
  }

  private ask(asked: Asked): Promise<Json> {
    const { method, path, as, accept, signal, body, type = 'application/json' } = asked;
    const headers = { ...(accept && { accept }), ...(body !== undefined && { 'content-type': type }), ...impersonating(as) };
    const once = async () => {
      const answer = await this.connections.ask({ method, path, headers, deadline: this.deadline, ...(body !== undefined && { body }), ...(signal && { signal }) });
      if (answer.status < 200 || answer.status > 299) throw failureOf(answer.status, answer.headers, answer.text);
      return parsed(answer.text);
    };
    return this.turns.run(() => retrying(once, signal, this.options.patience));
  }
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly as: Actor;
  readonly accept?: string;
  readonly signal?: AbortSignal | undefined;
  readonly body?: string;
  readonly type?: string;
}

// the groups of a ServiceAccount are set by the server when only its user is impersonated
function impersonating(as: Actor): Readonly<Record<string, string>> {
  return as === undefined ? {} : { 'impersonate-user': as };
}

function parsed(text: string): Json {
  try {
    return parseExactly(text);
  } catch (error) {
    throw new Unavailable('the answer of the API server is no JSON', { cause: error });
  }
}

function answered(value: Json): JsonObject {
  if (isObject(value)) return value;
  throw new Unavailable('the answer of the API server is not understood');
}

function objectOf(value: Json): KubeObject {
  if (isKubeObject(value)) return value;
  throw new Unavailable('the API server answered with something that is no object');
}

// a list without items is empty; one with something else in it was not understood, and must not look empty
function itemsOf(page: JsonObject): readonly KubeObject[] {
  const { items, kind } = page;
  if (typeof kind !== 'string' || !kind.endsWith('List')) throw new Unavailable('the API server answered a list with something else');
  if (items == null) return [];
  if (!Array.isArray(items) || !items.every(isKubeObject)) throw new Unavailable('the list of the API server is not understood');
  return items;
}
