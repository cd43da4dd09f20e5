import { ManifestError, decodeDocuments, holdsSecret, isStructured, kindOf, redact, valuesEqual, type Path, type Value } from '@sluice/manifests';

/** Whether anything at this place is masked wherever it is shown: a Secret, one that stands in a list, another object or a text, or what a kustomization makes one of. */
export function hasSecret(kind: string | undefined, path: Path, value: Value | undefined): boolean {
  return value !== undefined && (holdsSecret(value) || !valuesEqual(redact(kind, path, value), value));
}

/** A text that nobody can read as objects may still be a Secret with a slip in it. */
const SUSPECT = /\bkind["']?\s*:\s*["']?Secret|\b(stringData|secretGenerator)["']?\s*:/;

/** Whether a file's text has a Secret, or may have. */
export function textHasSecret(path: string, text: string): boolean {
  return SUSPECT.test(text) || (isStructured(path) && documentsOf(text).some((document) => hasSecret(kindOf(document), [], document)));
}

function documentsOf(text: string): readonly Value[] {
  try {
    return decodeDocuments(text);
  } catch (error) {
    if (error instanceof ManifestError) return [];
    throw error;
  }
}
