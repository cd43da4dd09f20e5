import type { ComposeFileInput, ComposeFileOutcome, FileVersion, ObjectChange, OwnedField, RenderRoot } from '@sluice/manifests';
import type { ImagesResult, ImagesUpdate, PolicyInput, PolicyResult, SecretsResult, WantedImage } from '@sluice/policy';
import type { PlaceCapture, TakenOver } from '@sluice/sync-plan';
import type { ParsedPipeline } from '@sluice/usecases';

/** An owned field without the symbol for "every item", which no message can carry. */
export interface WireOwnedField extends Omit<OwnedField, 'path'> {
  /** `null` stands for every item. */
  readonly path: readonly (string | null)[];
}

export interface WireFile extends Omit<ComposeFileInput, 'owned'> {
  readonly owned: readonly WireOwnedField[];
}

export type Work =
  | { readonly kind: 'pipeline'; readonly text: string }
  | { readonly kind: 'compose'; readonly files: readonly WireFile[] }
  | { readonly kind: 'diff'; readonly before: ReadonlyMap<string, FileVersion>; readonly after: ReadonlyMap<string, FileVersion> }
  | { readonly kind: 'roots'; readonly before: ReadonlyMap<string, FileVersion>; readonly after: ReadonlyMap<string, FileVersion> }
  | { readonly kind: 'secrets'; readonly before: ReadonlyMap<string, FileVersion>; readonly after: ReadonlyMap<string, FileVersion> }
  | { readonly kind: 'images'; readonly before: ReadonlyMap<string, FileVersion>; readonly after: ReadonlyMap<string, FileVersion> }
  | { readonly kind: 'update-images'; readonly before: ReadonlyMap<string, FileVersion>; readonly after: ReadonlyMap<string, FileVersion>; readonly wanted: readonly WantedImage[] }
  | { readonly kind: 'take-over'; readonly before: ReadonlyMap<string, FileVersion>; readonly after: ReadonlyMap<string, FileVersion>; readonly captures: readonly PlaceCapture[] }
  | ({ readonly kind: 'policy' } & PolicyInput);

/** What each kind of work gives. */
export interface Results {
  readonly pipeline: ParsedPipeline;
  readonly compose: readonly ComposeFileOutcome[];
  readonly diff: readonly ObjectChange[];
  readonly roots: readonly RenderRoot[];
  readonly policy: PolicyResult;
  readonly secrets: SecretsResult;
  readonly images: ImagesResult;
  readonly 'update-images': ImagesUpdate;
  readonly 'take-over': TakenOver;
}

export type Reply = { readonly ok: true; readonly result: Results[keyof Results] } | { readonly ok: false; readonly message: string };

const ANY_ITEM = Symbol.for('sluice.any-item');

export function toWire(file: ComposeFileInput): WireFile {
  return { ...file, owned: file.owned.map((field) => ({ ...field, path: field.path.map((segment) => (typeof segment === 'symbol' ? null : segment)) })) };
}

export function fromWire(file: WireFile): ComposeFileInput {
  return { ...file, owned: file.owned.map((field) => ({ ...field, path: field.path.map((segment) => segment ?? ANY_ITEM) })) };
}
