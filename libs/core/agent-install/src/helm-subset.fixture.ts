import { stringify } from 'yaml';

/**
 * As much of Helm's templates as the chart uses, since no Debian package has Helm: actions with trim markers, `if`, `else`, `with`, `range` (with index and element), `define`, pipelines, and the functions below.
 * Whatever else a template has is an error, so that nothing is compared that Helm would read in another way.
 * @see https://helm.sh/docs/chart_template_guide/, https://pkg.go.dev/text/template
 */
export function renderChart(templates: Readonly<Record<string, string>>, root: Readonly<Record<string, unknown>>): string {
  const parts = new Map<string, readonly Node[]>();
  const bodies = Object.entries(templates).sort().map(([name, text]) => [name, parse(text, parts)] as const);
  const scope: Scope = { root, dot: root, variables: new Map(), parts };
  return bodies.filter(([name]) => name.endsWith('.yaml')).map(([, nodes]) => write(nodes, scope)).join('\n---\n');
}

interface Block {
  readonly kind: 'if' | 'with' | 'range';
  readonly head: string;
  readonly then: Node[];
  readonly otherwise: Node[];
}

type Node = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'value'; readonly expression: string } | Block;

interface Scope {
  readonly root: unknown;
  readonly dot: unknown;
  readonly variables: ReadonlyMap<string, unknown>;
  readonly parts: ReadonlyMap<string, readonly Node[]>;
}

/** Texts and, between them, actions; white space that a trim marker takes is gone. */
function tokensOf(text: string): readonly string[] {
  const tokens = text.split(/(\{\{-? .*? -?\}\})/);
  return tokens.map((token, at) => {
    if (at % 2 === 1) return token;
    if (token.includes('{{')) throw new Error(`not read: ${token.slice(token.indexOf('{{'), token.indexOf('{{') + 60)}`);
    const start = tokens[at - 1]?.endsWith('-}}') ? token.trimStart() : token;
    return tokens[at + 1]?.startsWith('{{-') ? start.trimEnd() : start;
  });
}

function parse(text: string, parts: Map<string, readonly Node[]>): readonly Node[] {
  const reader = new Reader(parts);
  for (const [at, token] of tokensOf(text).entries()) {
    if (at % 2 === 0) reader.top.into.push({ kind: 'text', text: token });
    else reader.act(token.replace(/^\{\{-? | -?\}\}$/g, '').trim());
  }
  return reader.end();
}

/** Puts nodes into the blocks that are open. */
class Reader {
  private readonly body: Node[] = [];
  private readonly open: { readonly into: Node[]; readonly block?: Block }[] = [{ into: this.body }];

  constructor(private readonly parts: Map<string, readonly Node[]>) {}

  get top() {
    const top = this.open.at(-1);
    if (!top) throw new Error('an end without a beginning');
    return top;
  }

  act(action: string): void {
    const { top } = this;
    const [, kind, head = ''] = /^(if|with|range) (.*)/.exec(action) ?? [];
    if (action === 'end') this.open.pop();
    else if (action === 'else' && top.block) this.open.splice(-1, 1, { into: top.block.otherwise, block: top.block });
    else if (action.startsWith('define "')) this.define(action.slice(8, -1));
    else if (kind) this.block({ kind: kind as Block['kind'], head, then: [], otherwise: [] });
    else top.into.push({ kind: 'value', expression: action });
  }

  end(): readonly Node[] {
    if (this.open.length !== 1) throw new Error('a block is not closed');
    return this.body;
  }

  private define(name: string): void {
    const into: Node[] = [];
    this.parts.set(name, into);
    this.open.push({ into });
  }

  private block(block: Block): void {
    this.top.into.push(block);
    this.open.push({ into: block.then, block });
  }
}

function write(nodes: readonly Node[], scope: Scope): string {
  return nodes.map((node) => (node.kind === 'text' ? node.text : node.kind === 'value' ? shown(evaluate(node.expression, scope)) : writeBlock(node, scope))).join('');
}

function writeBlock({ kind, head, then, otherwise }: Block, scope: Scope): string {
  if (kind === 'range') return writeRange(head, then, scope);
  const value = evaluate(head, scope);
  if (!isTrue(value)) return write(otherwise, scope);
  return write(then, kind === 'with' ? { ...scope, dot: value } : scope);
}

function writeRange(head: string, then: readonly Node[], scope: Scope): string {
  const [, index, element, expression = head] = /^(\$\w+), (\$\w+) := (.*)$/.exec(head) ?? [];
  const items = evaluate(expression, scope);
  if (!Array.isArray(items)) throw new Error(`range over what is no list: ${head}`);
  return items.map((item, at) => write(then, { ...scope, dot: item, variables: new Map([...scope.variables, ...(index && element ? [[index, at] as const, [element, item] as const] : [])]) })).join('');
}

function evaluate(expression: string, scope: Scope): unknown {
  const commands = expression.split(' | ').map((command) => command.match(/"[^"]*"|\S+/g) ?? []);
  let value: unknown;
  for (const [at, words] of commands.entries()) value = call(words, at === 0 ? [] : [value], scope);
  return value;
}

const FUNCTIONS: Readonly<Record<string, (...args: readonly unknown[]) => unknown>> = {
  quote: (value) => JSON.stringify(shown(value)),
  int: (value) => Math.trunc(Number(value)),
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  not: (value) => !isTrue(value),
  toYaml: (value) => stringify(value).trimEnd(),
  nindent: (spaces, text) => `\n${shown(text).split('\n').map((line) => ' '.repeat(Number(spaces)) + line).join('\n')}`,
  required: (message, value) => {
    if (!isTrue(value)) throw new Error(shown(message));
    return value;
  },
  printf: (format, ...values) => values.reduce<string>((text, value) => text.replace('%s', shown(value)), shown(format)),
};

function call(words: readonly string[], piped: readonly unknown[], scope: Scope): unknown {
  const [first = '', ...rest] = words;
  const args = [...rest.map((word) => operand(word, scope)), ...piped];
  if (first === 'include') return write(partNamed(String(args[0]), scope), { ...scope, dot: args[1], root: args[1], variables: new Map() });
  const known = FUNCTIONS[first];
  if (known) return known(...args);
  if (args.length > 0) throw new Error(`no such function: ${first}`);
  return operand(first, scope);
}

function partNamed(name: string, { parts }: Scope): readonly Node[] {
  const part = parts.get(name);
  if (!part) throw new Error(`no template ${name}`);
  return part;
}

function operand(word: string, scope: Scope): unknown {
  if (/^"[^"]*"$/.test(word)) return word.slice(1, -1);
  if (/^\d+$/.test(word)) return Number(word);
  const [whole, start = '', path = ''] = /^(\$\w*|(?=\.))((?:\.\w+)*\.?)$/.exec(word) ?? [];
  if (whole === undefined) throw new Error(`not read: ${word}`);
  return path.split('.').filter(Boolean).reduce<unknown>((value, name) => field(value, name, word), startOf(start, scope));
}

function startOf(start: string, { root, dot, variables }: Scope): unknown {
  if (start === '') return dot;
  return start === '$' ? root : known(variables, start);
}

function known(variables: ReadonlyMap<string, unknown>, name: string): unknown {
  if (!variables.has(name)) throw new Error(`no variable ${name}`);
  return variables.get(name);
}

/** A value that the chart does not have is a mistake in a template. */
function field(value: unknown, name: string, word: string): unknown {
  if (typeof value !== 'object' || value === null || !(name in value)) throw new Error(`no value ${word}`);
  return (value as Readonly<Record<string, unknown>>)[name];
}

function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : Boolean(value);
}

function shown(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
