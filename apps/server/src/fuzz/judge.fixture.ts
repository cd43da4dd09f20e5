import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { OpenApiDocument, Operation, RawRequest } from './requests.fixture.js';
import type { RawAnswer } from './send.fixture.js';
import type { Schema } from './values.fixture.js';

const PROBLEM = 'application/problem+json';
/** What no answer shows to anybody, whatever it is about: paths, statements, traces of the program. */
const INNARDS = /\bat [\w.<>]+ \(|node:internal|\/node_modules\/|\.(ts|js):\d+:\d+|\b(insert into|select .{1,200} from|update .{1,80} set) |"sluice"\."\w+"|SQLSTATE|BEGIN (EC |RSA |)PRIVATE KEY|postgres(ql)?:\/\/|redis:\/\/|\bECONN|ENOENT|EACCES/i;

/** Finds what is wrong with an answer, whoever has asked. */
export class Judge {
  readonly #ajv = new Ajv2020({ strict: false, logger: false });
  readonly #problem: ValidateFunction;
  readonly #replies = new Map<Operation, ValidateFunction>();

  /** `secrets`: by what they are called, texts that are in no answer. */
  constructor(
    private readonly document: OpenApiDocument,
    private readonly secrets: ReadonlyMap<string, string>,
  ) {
    formats.default(this.#ajv);
    this.#problem = this.#ajv.compile(document.components.schemas.Problem);
  }

  /** `operation`: absent where an answer is only looked at for what no answer may be. */
  problemsOf(answer: RawAnswer, sent: RawRequest, operation?: Operation): readonly string[] {
    return [...this.#leaks(answer, saidBy(sent)), ...(answer.status >= 400 ? this.#error(answer, sent) : []), ...(operation && answer.status < 300 ? this.#reply(answer, operation) : [])];
  }

  #leaks({ headers, text }: RawAnswer, said: string): readonly string[] {
    const everything = `${JSON.stringify(headers)}\n${text}`;
    const found = [...this.secrets].filter(([, secret]) => everything.includes(secret)).map(([name]) => `it shows ${name}`);
    const innards = INNARDS.exec(text)?.[0];
    const injected = ['x-injected', 'x-powered-by', 'server'].filter((name) => headers[name] !== undefined).map((name) => `it has the header ${name}`);
    return [...found, ...(innards === undefined || said.includes(innards) ? [] : [`it shows innards: ${innards}`]), ...injected];
  }

  #error({ status, headers, text }: RawAnswer, { method, target }: RawRequest): readonly string[] {
    const type = String(headers['content-type'] ?? '');
    if (status >= 500 && status !== 503) return [`${status} ${text.slice(0, 200)}`];
    // git shows text to its user, and nothing else
    if (target.startsWith('/git/') && type.startsWith('text/plain')) return [];
    // a page that a browser visits says on a page what is wrong
    if (target.startsWith('/forge-accounts/') && type.startsWith('text/html')) return [];
    if (type !== PROBLEM) return [`an error as ${type}: ${text.slice(0, 200)}`];
    return method === 'HEAD' ? [] : this.#document(status, text);
  }

  #document(status: number, text: string): readonly string[] {
    const problem = parsed(text);
    if (!this.#problem(problem)) return [`an error that is none: ${this.#ajv.errorsText(this.#problem.errors)}`];
    return (problem as { readonly status: number }).status === status ? [] : ['the status is not the one that the problem names'];
  }

  #reply({ status, headers, text }: RawAnswer, operation: Operation): readonly string[] {
    const described = operation.responses[String(status)];
    if (!described) return [`${status} is not described`];
    const schema = described.content?.['application/json']?.schema;
    if (!schema) return [];
    if (!String(headers['content-type']).startsWith('application/json')) return [`an answer as ${String(headers['content-type'])}`];
    const validate = this.#replies.get(operation) ?? this.#ajv.compile(closed({ ...schema, components: this.document.components }));
    this.#replies.set(operation, validate);
    return validate(parsed(text)) ? [] : [`the answer is not as described: ${this.#ajv.errorsText(validate.errors)}`];
  }
}

/** What a request says itself may come back. */
function saidBy({ target, body }: RawRequest): string {
  const path = (() => {
    try {
      return decodeURIComponent(target);
    } catch {
      return target;
    }
  })();
  return `${path}\n${body?.toString() ?? ''}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Takes nothing that is not named: an answer that says more than is described may say what nobody should read. */
function closed<S extends Schema>(schema: S): S {
  return JSON.parse(JSON.stringify(schema), (_key, value: unknown) => (isOpen(value) ? { ...value, additionalProperties: false } : value)) as S;
}

function isOpen(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && 'properties' in value && 'type' in value && value.type === 'object' && !('additionalProperties' in value);
}
