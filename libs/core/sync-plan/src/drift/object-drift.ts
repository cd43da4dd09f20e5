import { printableLine } from '@sluice/kernel';
import { formatPath, holdsSecret, isMap, kindOf, printValue, type Path, type Value } from '@sluice/manifests';
import { writeJson } from '../json.js';
import type { DriftCapture, DriftDiff, FieldDrift, ForeignField, IgnoreRule, ObjectDrift } from '../model.js';
import { compareLive, type Difference } from './compare-live.js';
import { EXPECTED_FOREIGN, foreignFields, type ForeignAllowance } from './foreign-fields.js';
import { hasSecret } from './has-secret.js';
import { isIgnored } from './ignore-rules.js';
import { managersOf, owns, type ManagerFields, type OwnedStep } from './managed-fields.js';

export interface DriftInput {
  /** As the API server has it; absent: it is not there. */
  readonly live?: Value | undefined;
  /** What the API server answers to a dry run of the apply: what would be there. */
  readonly dryRun?: Value | undefined;
  /** Our field manager. */
  readonly manager: string;
  readonly ignore: readonly IgnoreRule[];
  readonly foreign?: ForeignAllowance;
}

/** Bounds of what is told of one object, and of the characters of a capture. */
export const DRIFT_LIMITS = { fields: 20, foreign: 20, captured: 64 * 1024 } as const;

/**
 * Whether an object is as the commit wants it, and what differs: between what is there and what a dry run of the apply would make of it, so that defaults, conversions and webhooks are no drift.
 * Values are short texts, a Secret's masked.
 */
export function objectDrift({ live, dryRun, manager, ignore, foreign = EXPECTED_FOREIGN }: DriftInput): ObjectDrift {
  if (live === undefined) return { kind: 'missing', fields: [] };
  const kind = kindOf(live);
  const found = dryRun === undefined ? [] : compareLive(kind, comparable(live), comparable(dryRun)).filter(({ path }) => !isIgnored(ignore, kind, stepsOf(path)));
  const others = managersOf(live).filter((entry) => entry.manager !== manager);
  const theirs = foreignFields({ live, dryRun, manager, allowed: { ...foreign, fields: [...foreign.fields, ...ignore] }, limit: DRIFT_LIMITS.foreign });
  const told = found.slice(0, DRIFT_LIMITS.fields).map((difference) => describeField(kind, difference, others));
  return { kind: found.length > 0 ? 'modified' : 'none', fields: told, ...besides(live, found, theirs) };
}

function besides(live: Value, found: readonly Difference[], theirs: readonly ForeignField[]): Omit<DriftDiff, 'fields'> {
  const truncated = found.length > DRIFT_LIMITS.fields || theirs.length > DRIFT_LIMITS.foreign;
  const capture = found.length > 0 && found.length <= DRIFT_LIMITS.fields ? captureFields(live, found) : undefined;
  return { ...(theirs.length > 0 && { foreign: theirs.slice(0, DRIFT_LIMITS.foreign) }), ...(truncated && { truncated }), ...(capture && { capture }) };
}

// what the server alone sets, at every write: it differs always and says nothing
const SERVER_KEPT = ['managedFields', 'resourceVersion', 'uid', 'selfLink', 'generation', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'];

function comparable(object: Value): Value {
  if (!isMap(object)) return object;
  const copy = new Map(object);
  copy.delete('status');
  const metadata = object.get('metadata');
  if (isMap(metadata)) copy.set('metadata', new Map([...metadata].filter(([field]) => !SERVER_KEPT.includes(field))));
  return copy;
}

/** A difference in words. `others`: who else has set fields. */
export function describeField(kind: string | undefined, { path, live, wanted }: Difference, others: readonly ManagerFields[] = []): FieldDrift {
  const steps = stepsOf(path);
  const owners = [...new Set(others.filter(({ fields }) => live !== undefined && owns(fields, path)).map((entry) => entry.manager))];
  return {
    field: formatPath(steps),
    ...(wanted !== undefined && { wanted: printValue(kind, steps, wanted) }),
    ...(live !== undefined && { live: printValue(kind, steps, live) }),
    ...(owners.length > 0 && { by: printableLine(owners.join(', ')) }),
  };
}

// what the wire form takes; a real path has a tenth of it
const MAX_STEPS = 100;
const MAX_STEP = 1_000;

/** Of a Secret, or what holds one, nothing. */
function captureFields(live: Value, differences: readonly Difference[]): DriftCapture | undefined {
  const kind = kindOf(live);
  if (holdsSecret(live) || !differences.every(isTellable) || differences.some(({ path, live: there }) => hasSecret(kind, stepsOf(path), there))) return undefined;
  const fields = differences.map((difference) => ({ path: stepsOf(difference.path), ...(difference.live !== undefined && { value: writeJson(difference.live) }) }));
  return fields.reduce((length, { value = '' }) => length + value.length, 0) <= DRIFT_LIMITS.captured ? { fields } : undefined;
}

function isTellable({ path }: Difference): boolean {
  return path.length > 0 && path.length <= MAX_STEPS && path.every(({ step }) => (typeof step === 'string' ? step : step.item).length <= MAX_STEP);
}

export function stepsOf(path: readonly OwnedStep[]): Path {
  return path.map(({ step }) => step);
}
