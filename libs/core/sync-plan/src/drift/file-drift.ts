import { ManifestError, decodeDocuments, diffObjects, formatIdentity, identityOf, isStructured, kindOf, type FileVersion, type Value } from '@sluice/manifests';
import type { DriftCapture, DriftDiff, FieldDrift, IgnoreRule } from '../model.js';
import { compareLive } from './compare-live.js';
import { textHasSecret } from './has-secret.js';
import { isIgnored } from './ignore-rules.js';
import { DRIFT_LIMITS, describeField, stepsOf } from './object-drift.js';

export interface FileDriftInput {
  readonly path: string;
  readonly wanted: FileVersion;
  readonly live: FileVersion;
  readonly ignore: readonly IgnoreRule[];
}

/**
 * How a file on a machine differs from the commit's: field by field where both can be read as objects, else by lines. Undefined when all of it is ignored. Never throws for what a file has.
 */
export function fileDrift(input: FileDriftInput): DriftDiff | undefined {
  const [wanted, live] = isStructured(input.path) ? [documentsOf(input.wanted), documentsOf(input.live)] : [];
  const diff = diffOf(input, (wanted && live && compareAll(wanted, live)) ?? []);
  return diff && withCapture(diff, input);
}

/** Without a difference of values it is one of other words: comments, order or format. */
function diffOf(input: FileDriftInput, found: readonly Found[]): DriftDiff | undefined {
  if (found.length === 0) return byLines(input);
  const told = found.filter(({ kind, path }) => !isIgnored(input.ignore, kind, path));
  return told.length === 0 ? undefined : byFields(told);
}

/** Undefined where other objects stand in the place of some. */
function compareAll(wanted: readonly Value[], live: readonly Value[]): readonly Found[] | undefined {
  if (wanted.length !== live.length) return undefined;
  const all = wanted.map((document, index) => compareDocuments(document, live[index] ?? null, wanted.length > 1));
  return all.includes(undefined) ? undefined : all.flatMap((differences) => differences ?? []);
}

function byFields(told: readonly Found[]): DriftDiff {
  return { fields: told.slice(0, DRIFT_LIMITS.fields).map(({ field }) => field), ...(told.length > DRIFT_LIMITS.fields && { truncated: true }) };
}

interface Found {
  readonly kind: string | undefined;
  readonly path: ReturnType<typeof stepsOf>;
  readonly field: FieldDrift;
}

/** Undefined when they are not the same object: what stands at the same place is another thing. */
function compareDocuments(wanted: Value, live: Value, named: boolean): readonly Found[] | undefined {
  const [identity, other] = [identityOf(wanted), identityOf(live)];
  if (identity && other && formatIdentity(identity) !== formatIdentity(other)) return undefined;
  const kind = kindOf(wanted) === 'Secret' ? 'Secret' : kindOf(live);
  return compareLive(kind, live, wanted).map((difference) => ({
    kind,
    path: stepsOf(difference.path),
    field: { ...(named && identity && { object: formatIdentity(identity) }), ...describeField(kind, difference) },
  }));
}

function documentsOf(file: FileVersion): readonly Value[] | undefined {
  const text = textOf(file);
  try {
    return text === undefined ? undefined : decodeDocuments(text);
  } catch (error) {
    if (error instanceof ManifestError) return undefined;
    throw error;
  }
}

function byLines({ path, wanted, live }: FileDriftInput): DriftDiff {
  const changes = diffObjects(new Map([[path, wanted]]), new Map([[path, live]]));
  const fields = changes.flatMap(({ object, fields: found }) => found.map(({ field, before, after }) => ({ ...(object && { object: formatIdentity(object) }), field, ...(before !== undefined && { wanted: before }), ...(after !== undefined && { live: after }) })));
  const lines = changes.find((change) => change.lines)?.lines;
  const truncated = fields.length > DRIFT_LIMITS.fields || changes.some((change) => change.truncated);
  return { fields: fields.slice(0, DRIFT_LIMITS.fields), ...(truncated && { truncated }), ...(lines && { lines: { wanted: lines.removed, live: lines.added } }) };
}

function withCapture(diff: DriftDiff, { path, live }: FileDriftInput): DriftDiff {
  const text = textOf(live);
  const capture: DriftCapture | undefined = text === undefined || text.length > DRIFT_LIMITS.captured || textHasSecret(path, text) ? undefined : { text };
  return { ...diff, ...(capture && { capture }) };
}

function textOf({ bytes, mode }: FileVersion): string | undefined {
  if (mode === '120000') return undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}
