import { setTimeout as sleep } from 'node:timers/promises';
import { ApiFailure } from './api-failure.js';
import { parseExactly } from './exact-json.js';
import type { Collection, KubeClient } from './kube-client.js';
import { isKubeObject, isObject, type Json, type KubeObject } from './kube-object.js';
import { linesOf } from './read-lines.js';

export interface WatchOptions {
  readonly client: Pick<KubeClient, 'list' | 'watch'>;
  readonly at: Collection;
  readonly labelSelector: string;
  /** An object came, changed or went. */
  readonly event: (type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject) => void;
  /** Events may have been missed: whatever there is has to be looked at. */
  readonly missed: () => void;
  /** It broke, and is opened again; told once until it holds again. */
  readonly failed?: (error: unknown) => void;
}

/** A server cuts watches off at about this age; each chooses its own, so that not all begin anew together. */
const AGE_S = { least: 300, most: 600 };
const WAIT = { firstMs: 500, longestMs: 30_000 };

/**
 * Follows the metadata of a collection until it is closed: list, watch from there with bookmarks, and again after an end. A version that is too old (410) begins with a new list.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
export class MetadataWatch {
  private readonly closing = new AbortController();
  private resourceVersion = '';
  private failures = 0;
  private readonly running: Promise<void>;

  constructor(private readonly options: WatchOptions) {
    this.running = this.follow();
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.running;
  }

  private get closed(): boolean {
    return this.closing.signal.aborted;
  }

  private async follow(): Promise<void> {
    while (!this.closed) {
      try {
        await this.begin();
        await this.receive();
      } catch (error) {
        if (!this.closed) await this.recover(error);
      }
    }
  }

  /** Lists, unless it is known where to go on. */
  private async begin(): Promise<void> {
    if (this.resourceVersion !== '') return;
    const { client, at, labelSelector } = this.options;
    const page = await client.list(at, { labelSelector, metadataOnly: true, signal: this.closing.signal });
    this.resourceVersion = page.resourceVersion;
    // also the first time: what changed between the caller's own list and this one is in neither
    this.options.missed();
  }

  private async receive(): Promise<void> {
    const { client, at, labelSelector } = this.options;
    const seconds = Math.round(AGE_S.least + Math.random() * (AGE_S.most - AGE_S.least));
    const stream = await client.watch(at, { resourceVersion: this.resourceVersion, labelSelector, seconds, signal: this.closing.signal });
    const began = performance.now();
    this.failures = 0;
    try {
      for await (const line of linesOf(stream)) this.take(parseExactly(line));
    } finally {
      stream.destroy();
    }
    // one that a server ends at once, again and again, must not become a loop
    if (performance.now() - began < 1_000) await this.wait();
  }

  private take(event: Json): void {
    const { type, object } = isObject(event) ? event : {};
    if (type === 'ERROR') throw errorOf(object);
    const version = versionIn(object);
    if (version !== undefined) this.resourceVersion = version;
    if (type === 'BOOKMARK') return;
    if (!isKubeObject(object)) throw new Error('the watch says what is not understood');
    if (isChange(type)) this.options.event(type, object);
  }

  private async recover(error: unknown): Promise<void> {
    this.failures += 1;
    if (error instanceof ApiFailure && !error.isPassing) this.resourceVersion = '';
    // at once the first time: a version that is too old is nobody's fault
    const isOld = error instanceof ApiFailure && error.code === 410;
    if (isOld && this.failures === 1) return;
    if (this.failures === 1) this.options.failed?.(error);
    await this.wait(error instanceof ApiFailure ? error.retryAfter : undefined);
  }

  private async wait(atLeastSeconds = 0): Promise<void> {
    const grown = Math.min(WAIT.longestMs, WAIT.firstMs * 2 ** Math.max(0, this.failures - 1));
    await sleep(atLeastSeconds * 1_000 + grown * (0.5 + Math.random() / 2), undefined, { signal: this.closing.signal }).catch(() => undefined);
  }
}

type ChangeType = Parameters<WatchOptions['event']>[0];

function isChange(type: Json | undefined): type is ChangeType {
  return type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED';
}

function versionIn(object: Json | undefined): string | undefined {
  const metadata = isObject(object) ? object['metadata'] : undefined;
  const version = isObject(metadata) ? metadata['resourceVersion'] : undefined;
  return typeof version === 'string' ? version : undefined;
}

function errorOf(status: Json | undefined): Error {
  const { code, reason, message } = isObject(status) ? status : {};
  return new ApiFailure(typeof code === 'number' ? code : 500, typeof reason === 'string' ? reason : '', typeof message === 'string' ? message : 'the watch ended with an error');
}
