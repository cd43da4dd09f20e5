/** How to reach a cluster, and as whom. */
export interface ClusterAccess {
  /** `https://host:port`, with a path when a proxy has one. */
  readonly server: string;
  readonly tls: TlsParts;
  /** For one request: tokens are renewed meanwhile. @throws Unavailable when there is no credential to be had. */
  headers(): Promise<Readonly<Record<string, string>>>;
  /** Where objects go that name no namespace. */
  readonly namespace?: string;
}

/** What `node:tls` takes of a kubeconfig. */
export interface TlsParts {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}
