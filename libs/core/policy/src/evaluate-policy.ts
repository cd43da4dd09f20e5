import { celValue, evaluateCondition, placeText } from '@sluice/cel';
import { changedObjects, objectsOf, redact } from '@sluice/manifests';
import type { FileVersion, ObjectPair, PlacedObject } from '@sluice/manifests';
import { POLICY_VARIABLES, type PolicyVariable } from './policy-expression.js';

/** A rule as the pipeline file has it. */
export interface Validation {
  /** CEL; true: the rule is kept. */
  readonly expression: string;
  /** What the verdict says when it is not. */
  readonly message: string;
}

/** What the rules look at: the application's files in the target as they would be, and as they are where that differs. */
export interface PolicyInput {
  readonly validations: readonly Validation[];
  readonly before: ReadonlyMap<string, FileVersion>;
  readonly after: ReadonlyMap<string, FileVersion>;
  /** Paths of the files that are not the same in both. */
  readonly changedPaths: readonly string[];
  readonly application: string;
  readonly environment: string;
  readonly source: { readonly environment: string; readonly commit: string };
}

export interface PolicyResult {
  /** One for each validation that does not hold, in their order. `index` counts from 0. */
  readonly problems: readonly { readonly index: number; readonly kind: 'broken' | 'error'; readonly message: string }[];
  /** Objects that the rules have seen. */
  readonly objects: number;
  /** Files that nobody can read: no rule has seen what is in them. */
  readonly unreadable: readonly string[];
}

/** Evaluates every rule. Bounded neither in time nor in memory: run it in the sandbox. */
export function evaluatePolicy(input: PolicyInput): PolicyResult {
  const [before, after] = [objectsOf(input.before), objectsOf(input.after)];
  const changed = new Set(input.changedPaths);
  const objects = after.objects.filter(isObject);
  const variables: Record<PolicyVariable, unknown> = {
    objects: objects.map(celObject),
    changes: changedObjects(before.objects.filter(isObject), objects.filter(({ path }) => changed.has(path))).map(celChange),
    application: input.application,
    environment: input.environment,
    source: { ...input.source },
  };
  const problems = input.validations.flatMap((validation, index) => problemsOf(validation, index, variables));
  return { problems, objects: objects.length, unreadable: after.unreadable };
}

function problemsOf({ expression, message }: Validation, index: number, variables: Readonly<Record<string, unknown>>): PolicyResult['problems'] {
  const held = evaluateCondition(expression, POLICY_VARIABLES, variables);
  if (!held.ok) return [{ index, kind: 'error', message: `${held.error.message}${placeText(held.error)}` }];
  return held.value ? [] : [{ index, kind: 'broken', message }];
}

/** Values files and the like have no kind that a rule could ask for. */
function isObject({ kind, value }: PlacedObject): boolean {
  return kind !== undefined && value instanceof Map && typeof value.get('apiVersion') === 'string';
}

function celChange({ before, after }: ObjectPair): ReadonlyMap<string, unknown> {
  const change = before && after ? 'modified' : after ? 'added' : 'removed';
  return new Map<string, unknown>([['change', change], ...placeOf(after ?? before), ['before', celObject(before)], ['after', celObject(after)]]);
}

function placeOf(object: PlacedObject | undefined): [string, string][] {
  const { namespace = '', name = '' } = object?.object ?? {};
  return [['path', object?.path ?? ''], ['kind', object?.kind ?? ''], ['namespace', namespace], ['name', name]];
}

function celObject(object: PlacedObject | undefined): unknown {
  return object ? celValue(redact(object.kind, [], object.value)) : null;
}
