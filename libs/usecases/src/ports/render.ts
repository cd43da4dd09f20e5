import type { FileVersion, RenderRoot } from '@sluice/manifests';

/** What a root's objects are, as its program makes them. */
export type Rendered =
  | { readonly kind: 'rendered'; readonly text: Uint8Array }
  /** `message`: what the program said, fit to be shown. */
  | { readonly kind: 'failed'; readonly message: string };

/** Runs kustomize and Helm on untrusted files: without a network, plug-ins or the machine's files, with limits. Its output is as untrusted as the files. */
export interface ManifestRenderer {
  /** The program and its version (`kubectl kustomize v1.20.2`); undefined: there is none here. */
  program(kind: RenderRoot['kind']): Promise<string | undefined>;
  /** A root without `refused`, of these files and no others; links among them are not there. What differs in nothing is rendered once. */
  render(root: RenderRoot, files: ReadonlyMap<string, FileVersion>): Promise<Rendered>;
}
