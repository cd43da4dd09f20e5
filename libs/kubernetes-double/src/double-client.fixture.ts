import { Agent, fetch } from 'undici';
import type { Json, JsonObject } from './api/json.js';
import type { KubernetesDouble } from './kubernetes-double.js';

export interface Ask {
  readonly method?: string;
  readonly body?: Json | string;
  readonly type?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Reply {
  readonly code: number;
  readonly body: JsonObject;
  readonly text: string;
  readonly headers: Headers;
}

/** A client that knows nothing but HTTP. */
export class Client {
  private readonly agent: Agent;

  constructor(private readonly double: KubernetesDouble) {
    this.agent = new Agent({ connect: { ca: double.authority } });
  }

  async ask(path: string, { method = 'GET', body, type = 'application/json', token, headers = {} }: Ask = {}): Promise<Reply> {
    const response = await this.open(path, { method, headers, type, ...(token === undefined ? {} : { token }), ...(body === undefined ? {} : { body }) });
    const text = await response.text();
    const isJson = (response.headers.get('content-type') ?? '').startsWith('application/json');
    return { code: response.status, text, body: isJson ? (JSON.parse(text) as JsonObject) : {}, headers: response.headers as unknown as Headers };
  }

  open(path: string, { method = 'GET', body, type = 'application/json', token = this.double.adminToken, headers = {} }: Ask = {}): ReturnType<typeof fetch> {
    return fetch(`${this.double.url}${path}`, {
      method,
      dispatcher: this.agent,
      headers: { ...(token === '' ? {} : { authorization: `Bearer ${token}` }), ...(body === undefined ? {} : { 'content-type': type }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  }

  post(path: string, body: Json): Promise<Reply> {
    return this.ask(path, { method: 'POST', body });
  }

  put(path: string, body: Json): Promise<Reply> {
    return this.ask(path, { method: 'PUT', body });
  }

  delete(path: string, body?: Json): Promise<Reply> {
    return this.ask(path, { method: 'DELETE', ...(body === undefined ? {} : { body }) });
  }

  apply(path: string, body: Json, query = 'fieldManager=sluice', token?: string): Promise<Reply> {
    return this.ask(`${path}?${query}`, { method: 'PATCH', body, type: 'application/apply-patch+yaml', ...(token === undefined ? {} : { token }) });
  }

  merge(path: string, body: Json): Promise<Reply> {
    return this.ask(path, { method: 'PATCH', body, type: 'application/merge-patch+json' });
  }

  /** Opens a watch. @returns its events as they come */
  async watch(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Watch> {
    const response = await this.open(`${path}${path.includes('?') ? '&' : '?'}watch=true`, { headers });
    if (response.status !== 200 || response.body === null) throw new Error(`the watch is refused: ${response.status} ${await response.text()}`);
    return new Watch(response.body);
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }
}

export interface WatchEvent {
  readonly type: string;
  readonly object: JsonObject;
}

export class Watch {
  private buffered = '';
  private readonly events: AsyncIterator<Uint8Array>;
  private readonly decoder = new TextDecoder();

  constructor(body: AsyncIterable<Uint8Array>) {
    this.events = body[Symbol.asyncIterator]();
  }

  /** The next event; `undefined` when the stream has ended. */
  async next(): Promise<WatchEvent | undefined> {
    while (!this.buffered.includes('\n')) {
      const { done, value } = await this.events.next();
      if (done) return undefined;
      this.buffered += this.decoder.decode(value, { stream: true });
    }
    const end = this.buffered.indexOf('\n');
    const line = this.buffered.slice(0, end);
    this.buffered = this.buffered.slice(end + 1);
    return JSON.parse(line) as WatchEvent;
  }

  /** The next event that is no bookmark. */
  async nextChange(): Promise<WatchEvent | undefined> {
    const event = await this.next();
    return event?.type === 'BOOKMARK' ? this.nextChange() : event;
  }

  async close(): Promise<void> {
    await this.events.return?.();
  }
}

export function deployment(name: string, spec: JsonObject = {}, container: JsonObject = {}): JsonObject {
  const template = { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'web', image: 'registry.example/web:1', ...container }] } };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec: { selector: { matchLabels: { app: name } }, template, ...spec } };
}

export function configMap(name: string, data: Readonly<Record<string, string>> = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { ...data } };
}
