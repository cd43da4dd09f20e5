import type { Addresses } from '../schema/defaults.js';
import type { Store } from '../storage/store.js';
import type { Catalogue } from './catalogue.js';
import type { JsonObject, KubeObject } from './json.js';
import type { ResourceRequest } from './parse-request.js';
import type { Resource } from './resource.js';

/** Who asks: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#users-in-kubernetes */
export interface User {
  readonly name: string;
  readonly groups: readonly string[];
}

/** What admission is asked about: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#request */
export interface AdmissionRequest {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly resource: Resource;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly object?: KubeObject;
  readonly oldObject?: KubeObject;
  readonly user: User;
  readonly dryRun: boolean;
}

export interface World {
  readonly store: Store;
  readonly catalogue: Catalogue;
  readonly addresses: Addresses;
  now(): string;
  /** @throws ApiError when the request is refused */
  admit(request: AdmissionRequest): Promise<void>;
  /** Lines that the containers of a pod wrote. */
  logOf(namespace: string, pod: string): string | undefined;
  readonly watching: { readonly bookmarkMs: number };
  readonly paging: Map<string, Page>;
}

/** A consistent rest of a list: https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks */
export interface Page {
  readonly revision: number;
  readonly rest: readonly KubeObject[];
}

/** A request for a resource, after authentication and authorisation. */
export interface Call {
  readonly world: World;
  readonly request: ResourceRequest;
  readonly resource: Resource;
  readonly user: User;
  readonly contentType: string;
  readonly accept: string;
  readonly userAgent: string;
  readonly body: Buffer;
  readonly warnings: string[];
}

export interface Answer {
  readonly code: number;
  readonly body: JsonObject | string;
  readonly headers?: Readonly<Record<string, string>>;
}
