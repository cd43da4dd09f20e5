import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';

/** As much as is needed of an OpenAPI 3.0 description. */
interface Operation {
  readonly parameters?: readonly (Parameter | Reference)[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Readonly<Record<string, { readonly schema: unknown }>> };
  readonly responses: Readonly<Record<string, Response | Reference>>;
}
interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: { readonly type?: string };
}
interface Response {
  readonly content?: Readonly<Record<string, { readonly schema: unknown }>>;
}
interface Reference {
  readonly $ref: string;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly examples: Readonly<Record<string, { readonly value: unknown }>> };
}

const ID = 'https://github.example/openapi';
const JSON_TYPE = 'application/json';

/** GitHub's published description of its REST API. It is large, so it is read once and only when it is needed, and of its schemas only those that are used are compiled. */
export class OpenApi {
  private static loaded: OpenApi | undefined;
  private readonly ajv = new Ajv({ strict: false, validateSchema: false, logger: false });
  private readonly compiled = new Map<string, ValidateFunction>();

  private constructor(private readonly document: Document) {
    formats.default(this.ajv);
    this.ajv.addSchema(document, ID);
  }

  static load(): OpenApi {
    OpenApi.loaded ??= new OpenApi(JSON.parse(readFileSync(createRequire(import.meta.url).resolve('@octokit/openapi/generated/api.github.com.json'), 'utf8'), withNull) as Document);
    return OpenApi.loaded;
  }

  /** One of the published example answers. */
  example<T>(name: string): T {
    const found = this.document.components.examples[name];
    if (!found) throw new Error(`there is no example ${name}`);
    return structuredClone(found.value) as T;
  }

  /** What is wrong with a request. */
  requestProblem(method: string, path: string, { query, body }: { readonly query: Readonly<Record<string, string>>; readonly body: unknown }): string | undefined {
    return this.queryProblem(method, path, query) ?? this.bodyProblem(method, path, body);
  }

  /** What is wrong with an answer. Errors that the description does not list for a route still have the form of its errors. */
  answerProblem(method: string, path: string, { status, body }: { readonly status: number; readonly body?: unknown }): string | undefined {
    const operation = this.operation(method, path);
    const listed = operation.responses[String(status)];
    if (!listed) return status >= 400 ? this.problem(`${ID}#/components/schemas/basic-error`, body) : `status ${status} is none of ${Object.keys(operation.responses).join(', ')}`;
    const response = this.deref<Response>(listed);
    if (!response.content) return body === undefined ? undefined : 'there should be no body';
    const base = isReference(listed) ? listed.$ref.slice(1) : pointer('paths', path, method.toLowerCase(), 'responses', String(status));
    return this.problem(`${ID}#${base}${pointer('content', JSON_TYPE, 'schema')}`, body);
  }

  private queryProblem(method: string, path: string, query: Readonly<Record<string, string>>): string | undefined {
    const parameters = (this.operation(method, path).parameters ?? []).map((one) => this.deref<Parameter>(one)).filter((one) => one.in === 'query');
    for (const [name, value] of Object.entries(query)) {
      const parameter = parameters.find((one) => one.name === name);
      if (!parameter) return `there is no query parameter ${name}`;
      const wrong = this.valueProblem(parameter.schema, typed(parameter.schema.type, value));
      if (wrong !== undefined) return `query parameter ${name}: ${wrong}`;
    }
    const missing = parameters.find(({ name, required }) => required && query[name] === undefined);
    return missing && `query parameter ${missing.name} is missing`;
  }

  private bodyProblem(method: string, path: string, body: unknown): string | undefined {
    const { requestBody } = this.operation(method, path);
    if (!requestBody) return body === undefined ? undefined : 'it takes no body';
    if (body === undefined) return requestBody.required ? 'a body is missing' : undefined;
    const base = pointer('paths', path, method.toLowerCase(), 'requestBody', 'content', JSON_TYPE, 'schema');
    const unknown = unknownFields(requestBody.content[JSON_TYPE]?.schema, body);
    return unknown.length > 0 ? `unknown fields ${unknown.join(', ')}` : this.problem(`${ID}#${base}`, body);
  }

  private operation(method: string, path: string): Operation {
    const operation = this.document.paths[path]?.[method.toLowerCase()];
    if (!operation) throw new Error(`GitHub's description has no ${method} ${path}`);
    return operation;
  }

  private problem(reference: string, value: unknown): string | undefined {
    const validate = this.compiled.get(reference) ?? this.ajv.compile({ $ref: reference });
    this.compiled.set(reference, validate);
    return validate(value) ? undefined : this.ajv.errorsText(validate.errors);
  }

  private valueProblem(schema: unknown, value: unknown): string | undefined {
    return this.ajv.validate(schema as object, value) ? undefined : this.ajv.errorsText();
  }

  private deref<T>(value: T | Reference): T {
    if (!isReference(value)) return value;
    return value.$ref.slice(2).split('/').reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], this.document) as T;
  }
}

function isReference(value: unknown): value is Reference {
  return typeof value === 'object' && value !== null && '$ref' in value;
}

function pointer(...keys: readonly string[]): string {
  return keys.map((key) => `/${encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('');
}

function typed(type: string | undefined, value: string): unknown {
  if (type === 'integer') return /^\d+$/.test(value) ? Number(value) : value;
  if (type === 'boolean') return value === 'true' ? true : value === 'false' ? false : value;
  return value;
}

/** A careful client sends no field that is not described, although GitHub would pass over it. */
function unknownFields(schema: unknown, body: unknown): readonly string[] {
  // a body that may be null stands in a list of alternatives
  const { anyOf: [first] = [schema] } = (schema ?? {}) as { anyOf?: unknown[] };
  const properties = (first as { properties?: Record<string, unknown> } | undefined)?.properties;
  if (!properties || typeof body !== 'object' || body === null) return [];
  return Object.keys(body).filter((name) => !(name in properties));
}

/** OpenAPI 3.0 says `nullable` where JSON Schema has a type of its own; beside a list of alternatives or values, ajv does not take it for that. */
function withNull(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || (value as { nullable?: unknown }).nullable !== true) return value;
  const { nullable: _, ...schema } = value as Readonly<Record<string, unknown>>;
  return 'type' in schema && !('enum' in schema) ? value : { anyOf: [schema, { type: 'null' }] };
}
