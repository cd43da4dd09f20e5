import type { Instant } from '@sluice/kernel';

/** Whether an image can be pulled by what a manifest calls it. */
export type ImageState =
  | { readonly kind: 'there' }
  | { readonly kind: 'missing' }
  /** The registry does not answer, or not to us. */
  | { readonly kind: 'unknown'; readonly message: string };

export interface ImageRegistry {
  /** Looks for the manifest of an image such as `registry.example.org/shop/checkout:1.0`; what is no name of an image is missing. Never rejects for what the registry does. */
  find(image: string): Promise<ImageState>;
}

/** The registry does not answer, or not to us. `retryAt`: it said that it does not want to be asked before. */
export interface NoRegistryAnswer {
  readonly kind: 'unknown';
  readonly message: string;
  readonly retryAt?: Instant;
}

export interface ImageTags {
  /** Every tag of an image such as `registry.example.org/shop/checkout`. Never rejects for what the registry does. */
  list(image: string): Promise<{ readonly kind: 'tags'; readonly tags: readonly string[] } | { readonly kind: 'missing' } | NoRegistryAnswer>;
  /** The digest (`sha256:…`) that a tag stands for now. */
  digest(image: string, tag: string): Promise<{ readonly kind: 'digest'; readonly digest: string } | { readonly kind: 'missing' } | NoRegistryAnswer>;
}
