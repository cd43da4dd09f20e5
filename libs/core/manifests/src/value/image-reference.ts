/** An image reference cut after its last `/`: `registry.example.org/team/` and `checkout:1.2@sha256:…`. */
export interface ImageReference {
  /** Ends with `/`, or is empty. */
  readonly prefix: string;
  readonly rest: string;
}

export function splitImage(reference: string): ImageReference {
  const cut = reference.lastIndexOf('/') + 1;
  return { prefix: reference.slice(0, cut), rest: reference.slice(cut) };
}
