import { badRequest } from '../api/api-error.js';
import type { JsonObject } from '../api/json.js';

/**
 * Reads the one message that kubectl insists on sending as protobuf, that of `kubectl auth can-i`.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding; the field numbers are those of k8s.io/api/authorization/v1/generated.proto
 */
export function readReview(body: Buffer): JsonObject {
  if (body.subarray(0, 4).toString('latin1') !== 'k8s\0') throw badRequest('the body does not begin with the magic bytes of protobuf');
  const envelope = fieldsOf(body.subarray(4));
  const type = fieldsOf(envelope.get(1) ?? EMPTY);
  const [apiVersion, kind] = [text(type, 1), text(type, 2)];
  const spec = fieldsOf(fieldsOf(envelope.get(2) ?? EMPTY).get(2) ?? EMPTY);
  if (kind === 'SelfSubjectRulesReview') return { apiVersion, kind, spec: { namespace: text(spec, 1) } };
  if (kind !== 'SelfSubjectAccessReview') throw badRequest(`the Kubernetes double reads no protobuf of a ${kind}`);
  const [resource, path] = [spec.get(1), spec.get(2)];
  if (resource) return { apiVersion, kind, spec: { resourceAttributes: named(fieldsOf(resource), ['namespace', 'verb', 'group', 'version', 'resource', 'subresource', 'name']) } };
  return { apiVersion, kind, spec: path ? { nonResourceAttributes: named(fieldsOf(path), ['path', 'verb']) } : {} };
}

const EMPTY = Buffer.alloc(0);

function named(fields: ReadonlyMap<number, Buffer>, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.map((name, index) => [name, text(fields, index + 1)]));
}

function text(fields: ReadonlyMap<number, Buffer>, number: number): string {
  return (fields.get(number) ?? EMPTY).toString('utf8');
}

/** The length-delimited fields of a message; numbers are skipped. */
function fieldsOf(message: Buffer): Map<number, Buffer> {
  const fields = new Map<number, Buffer>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = message[at] ?? 0;
      at += 1;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return value;
  };
  while (at < message.length) {
    const tag = varint();
    const wire = tag & 7;
    if (wire !== 0 && wire !== 2) throw badRequest('the protobuf has a field of a kind that this message has not');
    const length = varint();
    if (wire === 0) continue;
    fields.set(tag >> 3, message.subarray(at, at + length));
    at += length;
  }
  return fields;
}
