/** Gates that look at what would be promoted, and those that ask others about it: their verdict is bound to the candidate's digest. */
export type ContentGate = PolicyGate | SecretsGate | SignatureGate | HttpGate | ImagesGate;

/** CEL over the composed objects and the difference. */
export interface PolicyGate {
  readonly name: string;
  readonly type: 'policy';
  readonly validations: readonly { readonly expression: string; readonly message: string }[];
}

/** No Secret in plain text. */
export interface SecretsGate {
  readonly name: string;
  readonly type: 'secrets';
  /** `namespace/name` or `name`, with `*` and `?`. */
  readonly allow: readonly string[];
}

/** Commits signed by trusted keys. */
export interface SignatureGate {
  readonly name: string;
  readonly type: 'signature';
  /** Lines of OpenSSH and PGP public key blocks. */
  readonly keys: readonly string[];
}

/** What another system says. */
export interface HttpGate {
  readonly name: string;
  readonly type: 'http';
  readonly url: string;
  /** Names a secret of the server. */
  readonly secret: string;
  /** Milliseconds. */
  readonly timeout: number;
}

/** Every image exists. */
export interface ImagesGate {
  readonly name: string;
  readonly type: 'images';
}

const CONTENT_TYPES: readonly string[] = ['policy', 'secrets', 'signature', 'http', 'images'] satisfies readonly ContentGate['type'][];

export function isContentGate<G extends { readonly type: string }>(gate: G): gate is Extract<G, { type: ContentGate['type'] }> {
  return CONTENT_TYPES.includes(gate.type);
}
