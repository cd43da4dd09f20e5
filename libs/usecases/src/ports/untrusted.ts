import type { ComposeFileInput, ComposeFileOutcome, FileVersion, ObjectChange, RenderRoot } from '@sluice/manifests';
import type { ImagesResult, ImagesUpdate, PolicyInput, PolicyResult, SecretsResult, WantedImage } from '@sluice/policy';
import type { Diagnostic, Pipeline } from '@sluice/pipeline';
import type { PlaceCapture, TakenOver } from '@sluice/sync-plan';

/** A bound on work with untrusted text was reached: a verdict for the user, not a fault to retry. */
export interface LimitReached {
  readonly kind: 'limit';
  readonly message: string;
}

export interface ParsedPipeline {
  /** Absent when there is an error among the diagnostics. */
  readonly pipeline?: Pipeline;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads text from repositories in a worker thread with limits on bytes, depth, expanded nodes and time. */
export interface UntrustedReader {
  parsePipeline(text: string): Promise<ParsedPipeline>;
  compose(files: readonly ComposeFileInput[]): Promise<readonly ComposeFileOutcome[] | LimitReached>;
  diff(before: ReadonlyMap<string, FileVersion>, after: ReadonlyMap<string, FileVersion>): Promise<readonly ObjectChange[] | LimitReached>;
  /** What among some files kustomize or Helm makes objects of. */
  findRoots(files: ReadonlyMap<string, FileVersion>): Promise<readonly RenderRoot[] | LimitReached>;
  /** Evaluates a policy gate's rules over both versions of an application's files. */
  evaluatePolicy(input: PolicyInput): Promise<PolicyResult | LimitReached>;
  /** Plaintext Secrets among what differs between two versions of some files. */
  findSecrets(before: ReadonlyMap<string, FileVersion>, after: ReadonlyMap<string, FileVersion>): Promise<SecretsResult | LimitReached>;
  /** The images that the objects in some files run. */
  findImages(files: ReadonlyMap<string, FileVersion>): Promise<ImagesResult | LimitReached>;
  /** The files with the wanted tags in place of older ones. */
  updateImages(files: ReadonlyMap<string, FileVersion>, wanted: readonly WantedImage[]): Promise<ImagesUpdate | LimitReached>;
  /** The files with what is live in a cluster in place of what they want. */
  takeOver(files: ReadonlyMap<string, FileVersion>, captures: readonly PlaceCapture[]): Promise<TakenOver | LimitReached>;
}
