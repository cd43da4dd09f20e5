import { API, type RouteName } from '@sluice/contracts';
import { ruleOf } from '@sluice/usecases';
import fc from 'fast-check';
import { ROUTE_ACTIONS, type WritingRoute } from '../api/route-actions.js';
import { changedTables, type Fingerprint } from './database-state.fixture.js';
import type { Judge } from './judge.fixture.js';
import { requestTo, type Operation, type RawRequest } from './requests.fixture.js';
import { Sender, type RawAnswer } from './send.fixture.js';
import type { Caller, World } from './world.fixture.js';

/** What is refused before anybody is asked who they are. */
const BEFORE_ANYBODY = [400, 404, 405, 413, 414, 415, 431, 501];
const REFUSED = [401, 403, 404];

/** Tables that a request may change without having done anything: what bounds how often somebody may try. */
const BOUNDS: Readonly<Record<string, readonly string[]>> = { finishSlackLink: ['slack_link_tries'] };

interface Attempt {
  readonly caller: Caller;
  readonly request: RawRequest;
  readonly operation: Operation;
}

/** Has everybody call an operation with generated requests, and sees what came of each. */
export class Fuzzer {
  readonly #sender: Sender;
  #calls = 0;
  #before: Fingerprint = {};
  #refs = '';

  constructor(
    private readonly world: World,
    private readonly judge: Judge,
    private readonly options: { readonly seed: number; readonly rounds: number; readonly operations: readonly Operation[] },
  ) {
    this.#sender = new Sender(world.server.url);
  }

  async begin(): Promise<void> {
    this.#before = await this.world.database.keep();
    this.#refs = await this.world.refs();
  }

  end(): void {
    this.#sender.close();
  }

  /** @returns what is wrong, each with all that is needed to see it again. */
  async problemsOf(operation: Operation): Promise<readonly string[]> {
    const { world, options } = this;
    const requests = fc.sample(requestTo(operation, world.known), { seed: options.seed, numRuns: options.rounds * world.callers.length });
    const problems: string[] = [];
    for (const [index, request] of requests.entries()) {
      const caller = world.callers[index % world.callers.length] as Caller;
      for (const problem of await this.#attempt({ caller, request, operation })) problems.push(`${problem} (seed ${options.seed}, number ${index}, ${caller.name}): ${shown(request)}`);
    }
    return problems;
  }

  async #attempt(attempt: Attempt): Promise<readonly string[]> {
    const { request, caller, operation } = attempt;
    const shownBy = await caller.headers();
    const number = ++this.#calls;
    // from an address of its own: what bounds guessing counts by address
    const from = { 'x-forwarded-for': `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}` };
    const sent = { ...request, headers: { ...from, ...(operation.path.startsWith('/git/') ? asPassword(shownBy) : shownBy), ...request.headers } };
    let answer: RawAnswer;
    try {
      answer = await this.#sender.send(sent);
    } catch (error) {
      return [`no answer: ${String(error)}`];
    }
    const asked = this.#asked(attempt);
    return [...this.judge.problemsOf(answer, request, request.method === operation.method && operation.operationId in API ? operation : undefined), ...refusalProblems(attempt, asked, answer), ...(await this.#writeProblems(attempt, asked, answer))];
  }

  /** The operation that a request with another method comes to; undefined when there is none. */
  #asked({ request, operation }: Attempt): Operation | undefined {
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    return this.options.operations.find((one) => one.path === operation.path && one.method === method);
  }

  async #writeProblems({ caller, operation }: Attempt, asked: Operation | undefined, { status }: RawAnswer): Promise<readonly string[]> {
    const [after, refs] = [await this.world.database.fingerprint(), await this.world.refs()];
    const changed = [...changedTables(this.#before, after), ...(refs === this.#refs ? [] : ['refs'])];
    if (changed.length === 0) return [];
    await this.world.database.restore(changed.filter((table) => table !== 'refs'));
    this.#refs = refs;
    if (status < 400 && asked && asked.method !== 'GET' && mayPass(caller, asked)) return [];
    const unexpected = changed.filter((table) => !BOUNDS[operation.operationId]?.includes(table));
    return unexpected.length > 0 ? [`${status}, and it wrote to ${unexpected.join(', ')}`] : [];
  }
}

function refusalProblems({ caller, request }: Attempt, asked: Operation | undefined, { status, text }: RawAnswer): readonly string[] {
  if (!asked) return status >= 400 || request.method === 'OPTIONS' ? [] : [`${status} for a method that is not there`];
  if (mayPass(caller, asked)) return [];
  if (status < 400) return [`${status} for whoever may not: ${text.slice(0, 200)}`];
  if (caller.kind !== 'nobody') return [];
  const allowed = request.right ? REFUSED : [...REFUSED, ...BEFORE_ANYBODY];
  return allowed.includes(status) && !text.includes('"errors"') ? [] : [`${status} for nobody: ${text.slice(0, 200)}`];
}

/** Who gets past the guards, as far as that can be said without knowing what is asked for. */
function mayPass(caller: Caller, operation: Operation): boolean {
  const { operationId, security } = operation;
  if (security.length === 0) return true;
  if (security.some((one) => 'agent' in one)) return caller.kind === 'agent';
  if (isService(operationId)) return caller.name === 'robot:slack';
  return caller.kind === 'admin' || ((caller.kind === 'person' || caller.kind === 'service') && mayWithoutRole(caller, operation));
}

/** What everybody may who is signed in, and those who have a role elsewhere. */
function mayWithoutRole({ name }: Caller, { operationId, method }: Operation): boolean {
  if (accessOf(operationId) === 'admin') return false;
  const scope = scopeOf(operationId);
  return method === 'GET' || scope === 'self' || (name.endsWith('-elsewhere') && (scope === 'anywhere' || operationId === 'captureDrift'));
}

function accessOf(operationId: string): string | undefined {
  return operationId in API ? API[operationId as RouteName].access : undefined;
}

function isService(operationId: string): boolean {
  return accessOf(operationId) === 'service';
}

/** For what a right is needed: oneself, something anywhere in a repository, a place … */
function scopeOf(operationId: string): string | undefined {
  return operationId in ROUTE_ACTIONS ? ruleOf(ROUTE_ACTIONS[operationId as WritingRoute]).scope : undefined;
}

/** git shows a token as a password. */
function asPassword({ authorization = '', ...others }: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const [, token] = /^Bearer (.+)$/.exec(authorization) ?? [];
  if (token === undefined) return others;
  return { ...others, authorization: `Basic ${Buffer.from(`${token.startsWith('slt_') ? 'any' : 'agent'}:${token}`).toString('base64')}` };
}

function shown({ method, target, headers, body }: RawRequest): string {
  const text = body?.toString() ?? '';
  return `${method} ${target.slice(0, 500)} ${JSON.stringify(headers).slice(0, 300)} ${JSON.stringify(text.length > 300 ? `${text.slice(0, 300)}… (${text.length})` : text)}`;
}
