/** How to reach a cluster, and as whom. */
export interface ClusterAccess {
  /** `https://host:port`, with a path when a proxy has one. */
  readonly server: string;
  readonly tls: TlsParts;
  /** For one request: tokens are renewed meanwhile. @throws Unavailable when there is no credential to be had. */
  headers(): Promise<Readonly<Record<string, string>>>;
  /** Of the pod that this runs in; absent outside of a cluster. */
  readonly podNamespace?: string;
}

/** What `node:tls` takes of a kubeconfig. */
export interface TlsParts {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}
