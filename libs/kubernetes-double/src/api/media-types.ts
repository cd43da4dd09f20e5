import { notAcceptable } from './api-error.js';
import { objectAt, type JsonObject, type KubeObject } from './json.js';

export type View = 'whole' | 'metadata';

const ACCEPTED = ['application/json', 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1'];

/**
 * The first representation in `Accept` that the double has. Tables, YAML and protobuf it has not: a client that takes nothing else gets 406, as from a server without them.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#alternate-representations-of-resources
 */
export function viewFor(accept: string): View {
  for (const part of accept === '' ? ['*/*'] : accept.split(',')) {
    const [type = '', ...parameters] = part.split(';').map((piece) => piece.trim());
    if (!['application/json', '*/*', 'application/*'].includes(type)) continue;
    const view = viewBy(parameters);
    if (view !== undefined) return view;
  }
  throw notAcceptable(ACCEPTED);
}

function viewBy(parameters: readonly string[]): View | undefined {
  const as = parameters.find((parameter) => parameter.startsWith('as='))?.slice(3);
  if (as === undefined) return 'whole';
  const ofMeta = parameters.includes('g=meta.k8s.io') && parameters.includes('v=v1');
  return ofMeta && /^PartialObjectMetadata(List)?$/.test(as) ? 'metadata' : undefined;
}

export function inView(view: View, object: KubeObject): KubeObject {
  return view === 'whole' ? object : { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}

export function listInView(view: View, list: JsonObject, items: readonly KubeObject[]): JsonObject {
  if (view === 'whole') return { ...list, items: [...items] };
  return { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata: objectAt(list, 'metadata'), items: items.map((item) => inView(view, item)) };
}
