import { ManifestError, decodeDocuments, diffObjects, formatIdentity, holdsSecret, identityOf, isStructured, kindOf, type FileVersion, type Value } from '@sluice/manifests';
import type { DriftCapture, DriftDiff, FieldDrift, IgnoreRule } from '../model.js';
import { compareLive } from './compare-live.js';
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
  const hidden = live?.some(holdsSecret) ?? false;
  const all = wanted && live && wanted.length === live.length ? wanted.map((document, index) => compareDocuments(document, live[index] ?? null, wanted.length > 1)) : [undefined];
  if (all.includes(undefined)) return withCapture(byLines(input), input.live, hidden);
  const found = all.flatMap((differences) => differences ?? []);
  const told = found.filter(({ kind, path }) => !isIgnored(input.ignore, kind, path));
  // the same values in other words: comments, order or format
  if (found.length === 0) return withCapture(byLines(input), input.live, hidden);
  if (told.length === 0) return undefined;
  const diff = { fields: told.slice(0, DRIFT_LIMITS.fields).map(({ field }) => field), ...(told.length > DRIFT_LIMITS.fields && { truncated: true }) };
  return withCapture(diff, input.live, hidden);
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

function withCapture(diff: DriftDiff, live: FileVersion, hidden: boolean): DriftDiff {
  const text = textOf(live);
  // a text that cannot be read as objects may still be a Secret with a slip in it
  const isSecret = hidden || (text !== undefined && /\bkind["']?\s*:\s*["']?Secret/.test(text));
  const capture: DriftCapture | undefined = text === undefined || isSecret || text.length > DRIFT_LIMITS.captured ? undefined : { text };
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
