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
