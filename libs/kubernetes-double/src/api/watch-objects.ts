import type { ServerResponse } from 'node:http';
import type { StoredEvent } from '../storage/store.js';
import { expired, statusOf, type ApiError } from './api-error.js';
import type { JsonObject, KubeObject } from './json.js';
import { inView, viewFor, type View } from './media-types.js';
import { isTrue } from './parse-request.js';
import { inVersion, invalidOptions, matching, requestedVersion, selects } from './read-objects.js';
import { apiVersionOf, storageKey } from './resource.js';
import type { Call } from './world.js';

/** What the test may do to a watch that is open. */
export interface OpenWatch {
  readonly resource: string;
  /** Says 410 and ends, as after a compaction. */
  expire(): void;
  /** Breaks the connection in the middle of an event. */
  truncate(): void;
  end(): void;
}

const DEFAULT_TIMEOUT = 1800;

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes */
export function startWatch(call: Call, response: ServerResponse, opened: Set<OpenWatch>): void {
  const view = viewFor(call.accept);
  const since = startOf(call);
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
  response.flushHeaders();
  const stream = new WatchStream(call, response, view);
  if (since.revision !== undefined && since.revision < call.world.store.oldest) {
    stream.fail(expired(`too old resource version: ${since.revision} (${call.world.store.oldest})`));
    return;
  }
  opened.add(stream);
  response.on('close', () => opened.delete(stream));
  stream.start(since);
}

interface Start {
  /** `undefined`: begin with what is there. */
  readonly revision: number | undefined;
  readonly initialEvents: boolean;
}

function startOf(call: Call): Start {
  const { query } = call.request;
  const revision = requestedVersion(call);
  const wants = query.get('sendInitialEvents');
  requireMatch(wants, query.get('resourceVersionMatch') ?? '');
  if (wants !== null) return isTrue(wants) ? { revision: undefined, initialEvents: true } : { revision: revision ?? call.world.store.revision, initialEvents: false };
  return { revision: revision === 0 ? undefined : revision, initialEvents: false };
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#streaming-lists */
function requireMatch(wants: string | null, match: string): void {
  if (wants === null && match !== '') throw invalidOptions('resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided');
  if (wants !== null && match !== 'NotOlderThan') throw invalidOptions('resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
}

class WatchStream implements OpenWatch {
  private stops: (() => void)[] = [];
  private sent: number;
  private readonly selects: (object: KubeObject) => boolean;
  readonly resource: string;

  constructor(
    private readonly call: Call,
    private readonly response: ServerResponse,
    private readonly view: View,
  ) {
    this.resource = storageKey(call.resource);
    this.sent = call.world.store.revision;
    this.selects = selects(call);
  }

  start({ revision, initialEvents }: Start): void {
    const { store, watching } = this.call.world;
    if (revision === undefined) for (const object of matching(this.call)) this.send('ADDED', object);
    else for (const event of store.eventsAfter(revision, this.resource)) this.forward(event);
    const bookmarks = isTrue(this.call.request.query.get('allowWatchBookmarks') ?? 'false');
    if (initialEvents && bookmarks) this.bookmark({ 'k8s.io/initial-events-end': 'true' });
    const seconds = Number(this.call.request.query.get('timeoutSeconds') ?? '0') || DEFAULT_TIMEOUT;
    const timeout = setTimeout(() => this.end(), seconds * 1000);
    const ticks = bookmarks ? setInterval(() => this.bookmark(), watching.bookmarkMs) : undefined;
    this.stops = [store.listen((event) => this.forward(event)), () => clearTimeout(timeout), () => clearInterval(ticks)];
    this.response.on('close', () => this.stop());
  }

  private forward(event: StoredEvent): void {
    const { request, resource, world } = this.call;
    this.sent = Math.max(this.sent, world.store.revision);
    if (event.key !== this.resource) return;
    if (resource.namespaced && request.namespace !== '' && event.object.metadata.namespace !== request.namespace) return;
    const type = this.typeFor(event);
    if (type !== undefined) this.send(type, inVersion(resource, event.object));
  }

  /** An object that begins or ends to fit the selectors is added or deleted for this watch. */
  private typeFor({ type, object, previous }: StoredEvent): string | undefined {
    const fitted = previous !== undefined && this.selects(previous);
    if (type === 'DELETED') return fitted ? 'DELETED' : undefined;
    const fits = this.selects(object);
    if (fits) return fitted ? 'MODIFIED' : 'ADDED';
    return fitted ? 'DELETED' : undefined;
  }

  /** https://kubernetes.io/docs/reference/using-api/api-concepts/#watch-bookmarks */
  private bookmark(annotations?: JsonObject): void {
    const { resource, world } = this.call;
    this.sent = world.store.revision;
    const metadata = { resourceVersion: String(this.sent), creationTimestamp: null, ...(annotations ? { annotations } : {}) };
    const kind = this.view === 'whole' ? { kind: resource.kind, apiVersion: apiVersionOf(resource) } : { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' };
    this.write({ type: 'BOOKMARK', object: { ...kind, metadata } });
  }

  private send(type: string, object: KubeObject): void {
    this.write({ type, object: inView(this.view, object) });
  }

  private write(event: JsonObject): void {
    this.response.write(`${JSON.stringify(event)}\n`);
  }

  fail(error: ApiError): void {
    this.write({ type: 'ERROR', object: statusOf(error) });
    this.end();
  }

  expire(): void {
    const { store } = this.call.world;
    this.fail(expired(`too old resource version: ${this.sent} (${store.oldest})`));
  }

  truncate(): void {
    this.response.write('{"type":"MODIFIED","object":{"kind":"');
    this.stop();
    setImmediate(() => this.response.destroy());
  }

  end(): void {
    this.stop();
    this.response.end();
  }

  private stop(): void {
    for (const stop of this.stops) stop();
    this.stops = [];
  }
}
