import type { EnvironmentName } from '@sluice/kernel';
import { compileSelection, type Selection } from './globs/selection.js';
import { ANY_ITEM, type FieldPath, type OwnershipRule, type Pipeline } from './model.js';

/** A field that an environment keeps, in the form that composing takes (OwnedField of the manifests library). */
export interface OwnedFieldOfFile {
  readonly kind?: string;
  /** `Symbol.for('sluice.any-item')` stands for every item. */
  readonly path: readonly (string | symbol)[];
  readonly part?: 'registry';
}

/** What one environment keeps for itself. */
export interface Ownership {
  /** Path globs of the files that it owns whole. */
  readonly excludedPaths: readonly string[];
  /** The fields that it owns in a file (path from the repository's root); a `kind` narrows them further, object by object. */
  fieldsFor(path: string): readonly OwnedFieldOfFile[];
}

/** Compiles the rules of `environmentOwned` that hold for an environment, or for one of several. Keep the result while many files are asked for. */
export function ownershipFor(pipeline: Pick<Pipeline, 'environmentOwned'>, ...owners: readonly EnvironmentName[]): Ownership {
  const rules = pipeline.environmentOwned.filter(({ environments }) => environments.length === 0 || owners.some((owner) => environments.includes(owner)));
  const fieldRules = rules.filter(({ fields }) => fields.length > 0).map((rule) => ({ files: filesOf(rule), fields: rule.fields.map((field) => toOwnedField(rule, field)) }));
  return {
    excludedPaths: rules.flatMap(({ path, fields }) => (path !== undefined && fields.length === 0 ? [path] : [])),
    fieldsFor: (path) => fieldRules.flatMap(({ files, fields }) => (!files || files.matches(path) ? fields : [])),
  };
}

function filesOf({ path }: OwnershipRule): Selection | undefined {
  return path === undefined ? undefined : compileSelection({ include: [path], exclude: [] });
}

const ANY_ITEM_OF_MANIFESTS = Symbol.for('sluice.any-item');

function toOwnedField({ kind, part }: OwnershipRule, field: FieldPath): OwnedFieldOfFile {
  const path = field.map((segment) => (segment === ANY_ITEM ? ANY_ITEM_OF_MANIFESTS : segment));
  return { ...(kind === undefined ? {} : { kind }), path, ...(part === undefined ? {} : { part }) };
}
