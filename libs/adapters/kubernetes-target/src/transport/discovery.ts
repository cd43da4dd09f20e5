import type { ApiFailure } from './api-failure.js';
import type { KubeClient } from './kube-client.js';
import { isObject, type Json, type JsonObject } from './kube-object.js';

/** How a kind is reached. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

const AGGREGATED = ['v2', 'v2beta1'].map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`).join(',');
/** An unknown kind makes the list be read again, but not more often: manifests may name kinds that never come. */
const REREAD_MS = 2_000;

/** The kinds that a server has, read once and again when one is asked for that is not there. https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api */
export class Discovery {
  private known: Promise<ReadonlyMap<string, Resource>> | undefined;
  private readAt = 0;

  constructor(
    private readonly client: Pick<KubeClient, 'read'>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** @returns undefined when the server does not serve the kind. @throws ApiFailure, Unavailable when nothing can be said */
  async resource(apiVersion: string, kind: string): Promise<Resource | undefined> {
    const found = (await this.load()).get(keyOf(apiVersion, kind));
    if (found || this.now() - this.readAt < REREAD_MS) return found;
    this.forget();
    return (await this.load()).get(keyOf(apiVersion, kind));
  }

  /** Any version of a kind: for objects whose version is not known any more. */
  async anyVersion(group: string, kind: string): Promise<Resource | undefined> {
    const of = async () => [...(await this.load()).values()].find((resource) => resource.group === group && resource.kind === kind);
    const found = await of();
    if (found || this.now() - this.readAt < REREAD_MS) return found;
    this.forget();
    return of();
  }

  /** What is served has changed, as far as the caller knows. */
  forget(): void {
    this.known = undefined;
  }

  private load(): Promise<ReadonlyMap<string, Resource>> {
    this.known ??= this.read().catch((error: unknown) => {
      this.known = undefined;
      throw error;
    });
    return this.known;
  }

  private async read(): Promise<ReadonlyMap<string, Resource>> {
    const [core, groups] = await Promise.all([this.client.read('/api', `${AGGREGATED},application/json`), this.client.read('/apis', `${AGGREGATED},application/json`)]);
    const resources = [...(await this.resourcesOf(core)), ...(await this.resourcesOf(groups))];
    this.readAt = this.now();
    const known = new Map<string, Resource>();
    // the first version of a group is the one that its server prefers
    for (const resource of resources) if (!known.has(keyOf(apiVersionOf(resource), resource.kind))) known.set(keyOf(apiVersionOf(resource), resource.kind), resource);
    return known;
  }

  private async resourcesOf(document: JsonObject): Promise<readonly Resource[]> {
    if (document['kind'] === 'APIGroupDiscoveryList') return maps(document['items']).flatMap(aggregatedGroup);
    const paths = document['kind'] === 'APIVersions' ? texts(document['versions']).map((version) => `/api/${version}`) : maps(document['groups']).flatMap(versionsOf).map((version) => `/apis/${version}`);
    return (await Promise.all(paths.map((path) => this.plainGroup(path)))).flat();
  }

  private async plainGroup(path: string): Promise<readonly Resource[]> {
    try {
      return plainResources(await this.client.read(path));
    } catch (error) {
      // a group whose own server is down has no kinds for now; its objects then fail one by one, all others do not
      if (isPassing(error)) return [];
      throw error;
    }
  }
}

function isPassing(error: unknown): boolean {
  const { code, isPassing: passing } = error as Partial<ApiFailure>;
  return code === 404 || passing === true;
}

function aggregatedGroup(group: JsonObject): readonly Resource[] {
  const name = isObject(group['metadata']) ? textOf(group['metadata']['name']) : '';
  return maps(group['versions']).flatMap((version) => maps(version['resources']).flatMap((resource) => aggregatedResource(name, textOf(version['version']), resource)));
}

function aggregatedResource(group: string, version: string, resource: JsonObject): readonly Resource[] {
  const kind = isObject(resource['responseKind']) ? textOf(resource['responseKind']['kind']) : '';
  if (kind === '') return [];
  return [{ group, version, kind, plural: textOf(resource['resource']), namespaced: resource['scope'] === 'Namespaced', verbs: texts(resource['verbs']) }];
}

function plainResources(document: JsonObject): readonly Resource[] {
  const groupVersion = textOf(document['groupVersion']);
  const slash = groupVersion.indexOf('/');
  const [group, version] = slash < 0 ? ['', groupVersion] : [groupVersion.slice(0, slash), groupVersion.slice(slash + 1)];
  return maps(document['resources'])
    .filter((resource) => !textOf(resource['name']).includes('/'))
    .map((resource) => ({ group, version, kind: textOf(resource['kind']), plural: textOf(resource['name']), namespaced: resource['namespaced'] === true, verbs: texts(resource['verbs']) }));
}

function versionsOf(group: JsonObject): readonly string[] {
  const preferred = isObject(group['preferredVersion']) ? textOf(group['preferredVersion']['groupVersion']) : '';
  const all = maps(group['versions']).map((version) => textOf(version['groupVersion']));
  return [...new Set([preferred, ...all])].filter((version) => version !== '');
}

/** `apps/v1` */
export function apiVersionOf({ group, version }: Pick<Resource, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}

function keyOf(apiVersion: string, kind: string): string {
  return `${apiVersion} ${kind}`;
}

function maps(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function texts(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
