import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Admission, type Judge } from './access/admission.js';
import { serviceAccountUser } from './access/authenticate.js';
import { refuseEscalation } from './access/authorize.js';
import { Catalogue } from './api/catalogue.js';
import { refuseDefinition } from './api/custom-resources.js';
import { Faults, type FaultRule } from './api/faults.js';
import type { KubeObject } from './api/json.js';
import { RequestLog, type SeenRequest } from './api/request-log.js';
import { serve } from './api/serve.js';
import type { OpenWatch } from './api/watch-objects.js';
import type { AdmissionRequest, User, World } from './api/world.js';
import { BOOTSTRAP } from './bootstrap.js';
import { makeCertificate, type ServerCertificate } from './certificates.js';
import { Cluster } from './controllers/cluster.js';
import type { ClusterSettings } from './controllers/cluster-settings.js';
import { writeKubeconfig } from './kubeconfig.js';
import { Addresses } from './schema/defaults.js';
import { Store } from './storage/store.js';

export interface DoubleOptions {
  /** How often an open watch that wants bookmarks gets one; a real server takes a minute. Milliseconds, 200 without it. */
  readonly bookmarkMs?: number;
  readonly cluster?: ClusterSettings;
}

const ADMIN: User = { name: 'kubernetes-admin', groups: ['system:masters'] };

/**
 * A strict double of a Kubernetes API server of version 1.32 for tests: real HTTPS on a loopback address, all state in memory. What it does not know it refuses with an error and
 * remembers in `unexpected()`, so that a client never comes to rely on a guess.
 */
export class KubernetesDouble {
  private readonly store = new Store();
  private readonly catalogue = new Catalogue();
  private readonly tokens = new Map<string, User>();
  private readonly faults = new Faults();
  private readonly log = new RequestLog();
  private readonly watches = new Set<OpenWatch>();
  private readonly logs = new Map<string, string>();
  private readonly admission = new Admission(this.store);
  private readonly world: World;
  private readonly server: Server;
  /** Sees to what is not the API server's own work: workloads, namespaces, garbage. */
  readonly cluster: Cluster;
  readonly adminToken = this.token(ADMIN);

  private constructor(
    private readonly certificate: ServerCertificate,
    { bookmarkMs = 200, cluster = {} }: DoubleOptions,
  ) {
    this.world = {
      store: this.store,
      catalogue: this.catalogue,
      addresses: new Addresses(),
      now: () => new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
      admit: (request) => this.admit(request),
      logOf: (namespace, pod) => this.logs.get(`${namespace}/${pod}`),
      watching: { bookmarkMs },
      paging: new Map(),
    };
    const serving = { world: this.world, tokens: this.tokens, faults: this.faults, log: this.log, watches: this.watches };
    this.server = createServer({ cert: certificate.certificate, key: certificate.key }, (request, response) => void serve(serving, request, response));
    this.cluster = new Cluster(this.world, cluster);
  }

  /** @returns a server that listens and has what a new cluster has */
  static async start(options: DoubleOptions = {}): Promise<KubernetesDouble> {
    const double = new KubernetesDouble(await makeCertificate(), options);
    await new Promise<void>((resolve) => double.server.listen(0, '127.0.0.1', resolve));
    double.cluster.start(BOOTSTRAP);
    return double;
  }

  async stop(): Promise<void> {
    this.cluster.stop();
    for (const watch of [...this.watches]) watch.end();
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  get url(): string {
    return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The authority that signed the server's certificate, as PEM. */
  get authority(): string {
    return this.certificate.authority;
  }

  /** @returns a bearer token for somebody */
  token(user: User): string {
    const token = randomUUID();
    this.tokens.set(token, user);
    return token;
  }

  serviceAccountToken(namespace: string, name: string): string {
    return this.token(serviceAccountUser(namespace, name));
  }

  /** A kubeconfig as text: https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/ */
  kubeconfig(token = this.adminToken): string {
    return writeKubeconfig({ url: this.url, authority: this.authority, token });
  }

  /** Adds a fault. @returns a function that takes it away */
  inject(rule: FaultRule): () => void {
    return this.faults.inject(rule);
  }

  /** The test answers for an admission webhook: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/ @returns a function that ends it */
  answerWebhook(name: string, judge: Judge): () => void {
    this.admission.answer(name, judge);
    return () => this.admission.forget(name);
  }

  /** What a pod's container wrote. */
  writeLog(namespace: string, pod: string, text: string): void {
    this.logs.set(`${namespace}/${pod}`, text);
  }

  /** Compacts the history, so that older resource versions are answered with 410, and says so to every open watch. */
  expire(): void {
    this.store.compact();
    for (const watch of [...this.watches]) watch.expire();
  }

  /** Breaks every open watch in the middle of an event. */
  truncateWatches(): void {
    for (const watch of [...this.watches]) watch.truncate();
  }

  get openWatches(): readonly string[] {
    return [...this.watches].map((watch) => watch.resource);
  }

  /** Requests that no careful client makes, or that the double has no answer to. */
  unexpected(): readonly string[] {
    return this.log.unexpected();
  }

  requests(): readonly SeenRequest[] {
    return this.log.requests();
  }

  /** `patch deployments` → how often since the last `forgetRequests`. */
  requestCounts(): Readonly<Record<string, number>> {
    return this.log.counts();
  }

  forgetRequests(): void {
    this.log.clear();
  }

  /** An object as it is stored, past the API. */
  stored(group: string, plural: string, namespace: string, name: string): KubeObject | undefined {
    return this.store.get({ group, plural }, namespace, name);
  }

  private async admit(request: AdmissionRequest): Promise<void> {
    refuseEscalation(this.store, request);
    const { resource, object, operation } = request;
    if (resource.group === 'apiextensions.k8s.io' && object && operation !== 'DELETE') refuseDefinition(object);
    await this.admission.review(request);
  }
}
