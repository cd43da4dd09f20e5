import { err, ok, printableLine, type Result } from '@sluice/kernel';
import { identityOf, isList, isMap, kindOf, type ObjectIdentity, type Value, type ValueMap } from '@sluice/manifests';
import type { PlanProblem } from './model.js';

/** An object as its file has it. */
export interface ReadObject {
  readonly identity: ObjectIdentity;
  readonly value: ValueMap;
  readonly path: string;
}

/**
 * The objects of a file's documents, with the items of lists (`List`, `ConfigMapList` …) each on its own, as kubectl takes them. Empty documents are left out.
 * The error has every document that is no object with a name: `generateName` would make another object at every sync.
 */
export function readObjects(path: string, documents: readonly Value[]): Result<readonly ReadObject[], readonly PlanProblem[]> {
  const read = documents.flatMap((document) => (document === null ? [] : itemsOf(document))).map((item) => readObject(path, item));
  const problems = read.flatMap((one) => (one.ok ? [] : [one.error]));
  return problems.length > 0 ? err(problems) : ok(read.flatMap((one) => (one.ok ? [one.value] : [])));
}

function readObject(path: string, value: Value): Result<ReadObject, PlanProblem> {
  const identity = identityOf(value);
  if (!isMap(value) || identity === undefined) return err({ path, message: `${printableLine(path)}: ${whyNoObject(value)}` });
  const odd = [identity.group, identity.kind, identity.namespace, identity.name].find((part) => /[\s/]/.test(part) || part.length > 253);
  if (odd !== undefined) return err({ path, message: `${printableLine(path)}: "${printableLine(odd, 80)}" cannot be a kind, namespace or name of an object` });
  return ok({ identity, value, path });
}

function whyNoObject(value: Value): string {
  if (!isMap(value)) return 'a document is no Kubernetes object: it is no map';
  const missing = ['apiVersion', 'kind'].filter((field) => typeof value.get(field) !== 'string' || value.get(field) === '');
  if (missing.length > 0) return `a document is no Kubernetes object: "${missing.join('" and "')}" ${missing.length > 1 ? 'are' : 'is'} missing`;
  const metadata = value.get('metadata');
  const kind = printableLine(kindOf(value) ?? '', 80);
  if (isMap(metadata) && metadata.has('generateName')) return `a ${kind} has "generateName": it would be another object at every sync, give it a "name"`;
  const name = isMap(metadata) ? (metadata.get('name') ?? undefined) : undefined;
  // y, no, on … are truth values in the YAML that kubectl reads
  return name === undefined ? `a ${kind} has no "metadata.name"` : `a ${kind} has a "metadata.name" that is no text: put it in quotes`;
}

function itemsOf(document: Value): readonly Value[] {
  const kind = kindOf(document);
  const items = isMap(document) && kind?.endsWith('List') ? document.get('items') : undefined;
  if (kind === undefined || !isMap(document) || !isList(items)) return [document];
  return kind === 'List' ? items : items.map((item) => typedItem(document, kind.slice(0, -'List'.length), item));
}

// the items of a ConfigMapList need not say again what they are
function typedItem(list: ValueMap, kind: string, item: Value): Value {
  if (!isMap(item) || item.has('kind') || item.has('apiVersion')) return item;
  return new Map<string, Value>([['apiVersion', list.get('apiVersion') ?? ''], ['kind', kind], ...item]);
}
