import { z } from 'zod';

export type Json = Record<string, unknown>;

const OWN = '#/$defs/';

/** Schemas as an OpenAPI document has them. What a schema refers to in itself would be looked for at the document's root: it moves to where a document keeps schemas, equal ones once. */
export class DocumentSchemas {
  /** For `components.schemas`. */
  readonly shared: Record<string, unknown> = {};
  readonly #names = new Map<string, string>();

  /** Of what a client sends: the brands of our identifiers exist only behind it. */
  of(schema: z.ZodType): Json {
    const { $schema: _draft, $defs = {}, ...rest } = z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12', unrepresentable: 'any' });
    const names = new Map(Object.entries($defs).map(([name, definition]) => [name, this.#nameOf(JSON.stringify(definition))]));
    const moved = (value: unknown): unknown => JSON.parse(JSON.stringify(value), (key, inner: unknown) => (key === '$ref' && typeof inner === 'string' && inner.startsWith(OWN) ? `#/components/schemas/${names.get(inner.slice(OWN.length)) ?? ''}` : inner));
    for (const [name, definition] of Object.entries($defs)) this.shared[names.get(name) ?? ''] = moved(definition);
    return moved(rest) as Json;
  }

  #nameOf(definition: string): string {
    const name = this.#names.get(definition) ?? `Shared${this.#names.size + 1}`;
    this.#names.set(definition, name);
    return name;
  }
}
