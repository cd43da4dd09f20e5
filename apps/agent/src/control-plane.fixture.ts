import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { acknowledgements, agentClaims, agentReport, type AgentReport, assignment, type Assignment, type Command, enrol, heartbeat, type TestOrder, testResult, type TestResult } from '@sluice/contracts';
import { clusterName, commitSha, environmentName, repositoryId } from '@sluice/kernel';
import { importJWK, jwtVerify } from 'jose';
import { serveGit } from './git-repository.fixture.js';


const CLUSTER = clusterName('prod-eu');
const NO_FLOOR = { environment: environmentName('prod'), repository: repositoryId('shop'), branch: 'env/prod', drift: 'revert' } as const;

class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** A control plane for one agent, as strict as the contract: every request is parsed, every token verified, and what does not fit is remembered as a fault. */
export class TestControlPlane {
  readonly tokens = new Map<string, { key?: string; expired?: boolean }>();
  readonly reports: AgentReport[] = [];
  readonly faults: string[] = [];
  readonly requests: string[] = [];
  readonly acknowledged: string[] = [];
  readonly resumedFrom: (string | undefined)[] = [];
  commands: Command[] = [];
  assigned: Assignment = assignment.parse({ revision: 1, ...NO_FLOOR });
  held = { sequence: 0, digest: '' };
  heartbeats = 0;
  /** Everything but nonces is refused: the agent is revoked. */
  revoked = false;
  streams = true;
  nonceSeconds = 60;
  /** What its heartbeats say; absent: a server that does not say it. */
  serverVersion: string | undefined;
  url = '';
  private events = 0;
  /** What became of the runs of tests. */
  readonly results = new Map<string, TestResult>();
  private readonly orders = new Map<string, TestOrder>();
  private readonly nonces = new Set<string>();
  private readonly open = new Set<ServerResponse>();
  private server: Server | undefined;
  private port = 0;
  private key = '';

  constructor(private readonly repository: string) {}

  async start(): Promise<void> {
    this.server = createServer((request, response) => void this.answer(request, response));
    await new Promise<void>((resolve) => this.server?.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
    this.url = `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.dropStreams();
    await new Promise<void>((resolve) => {
      server?.close(() => resolve());
      server?.closeAllConnections();
    });
  }

  /** The database was lost: nobody is enrolled, nothing was assigned or reported. */
  forget(): void {
    this.tokens.clear();
    this.key = '';
    this.assigned = assignment.parse({ revision: 1, ...NO_FLOOR });
    this.held = { sequence: 0, digest: '' };
  }

  get streaming(): number {
    return this.open.size;
  }

  /** Changes what is assigned, and says so on the stream unless it shall be a secret. */
  assign(change: { commit?: string; accepted?: string; floor?: string; drift?: 'revert' | 'report'; driftIgnore?: Assignment['driftIgnore']; healthRules?: Assignment['healthRules'] }, hint = true): void {
    const { commit, accepted, floor, drift, driftIgnore, healthRules } = change;
    this.assigned = {
      ...this.assigned,
      revision: this.assigned.revision + 1,
      ...(commit && { commit: commitSha(commit) }),
      ...(accepted && { accepted: commitSha(accepted) }),
      ...(floor && { floor: commitSha(floor) }),
      ...(drift && { drift }),
      ...(driftIgnore && { driftIgnore }),
      ...(healthRules && { healthRules }),
    };
    if (hint) this.send('assignment', this.assigned);
  }

  command(kind: Command['kind']): string {
    const command = { id: randomUUID(), kind, at: new Date(0).toISOString() };
    this.commands.push(command);
    this.send('command', command);
    return command.id;
  }

  /** Orders a test of these files at a commit, which the agent allows or not. @returns the run. */
  order({ commit, paths, test }: Pick<TestOrder, 'paths' | 'test'> & { readonly commit: string }): string {
    const run = randomUUID();
    this.orders.set(run, { run, take: 1, application: 'shop', environment: this.assigned.environment, commit: commitSha(commit), paths, test });
    const command: Command = { id: randomUUID(), kind: 'test', run, at: new Date(0).toISOString() };
    this.commands.push(command);
    this.send('command', command);
    return run;
  }

  dropStreams(): void {
    for (const response of this.open) response.destroy();
    this.open.clear();
  }

  forgetNonces(): void {
    this.nonces.clear();
  }

  private send(event: string, data: unknown): void {
    this.events += 1;
    for (const response of this.open) response.write(`id: ${this.events}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('?')[0] ?? '';
    this.requests.push(`${request.method} ${path}`);
    try {
      if (path.startsWith('/git/')) await this.git(request, response);
      else if (path === '/agent/v1/stream') await this.stream(request, response);
      else json(response, 200, await this.route(path, request));
    } catch (error) {
      const status = error instanceof Refusal ? error.status : 400;
      if (!(error instanceof Refusal)) this.faults.push(`${path}: ${String(error)}`);
      json(response, status, { type: 'about:blank', title: 'refused', status, detail: String((error as Error).message) });
    }
  }

  private async route(path: string, request: IncomingMessage): Promise<unknown> {
    const body = request.method === 'POST' ? (JSON.parse(await textOf(request)) as unknown) : undefined;
    if (path === '/agent/v1/nonce') return { nonce: this.nonce(), expiresInSeconds: this.nonceSeconds };
    if (path === '/agent/v1/enrol') return this.enrol(enrol.strict().parse(body));
    await this.authenticate((request.headers.authorization ?? '').replace(/^Bearer /, ''));
    if (path === '/agent/v1/assignment') return this.assigned;
    if (path === '/agent/v1/commands') return { items: this.commands.filter(({ id }) => !this.acknowledged.includes(id)) };
    if (path === '/agent/v1/acknowledgements') return this.acknowledged.push(...acknowledgements.strict().parse(body).ids), {};
    if (path === '/agent/v1/reports') return this.report(agentReport.strict().parse(body));
    if (path === '/agent/v1/heartbeat') return this.beat(heartbeat.strict().parse(body));
    return this.testRun(path, body);
  }

  private testRun(path: string, body: unknown): unknown {
    const [, run = '', step] = /^\/agent\/v1\/test-runs\/([a-z0-9-]+)\/(take|result)$/.exec(path) ?? [];
    if (step === undefined) throw new Refusal(404, `no route ${path}`);
    const order = this.orders.get(run);
    if (!order) throw new Refusal(404, `no run ${run}`);
    if (step === 'take') return order;
    this.results.set(run, testResult.strict().parse(body));
    return {};
  }

  private enrol({ joinToken, publicKey }: { joinToken: string; publicKey: string }): unknown {
    const token = this.tokens.get(joinToken);
    if (!token) throw new Refusal(401, 'this join token is unknown');
    if (token.expired) throw new Refusal(401, 'this join token has expired');
    if (token.key && token.key !== publicKey) throw new Refusal(409, 'this join token was used by another agent');
    token.key = publicKey;
    this.key = publicKey;
    const { environment, repository, branch } = this.assigned;
    return { cluster: CLUSTER, environment, repository, branch, gitUrl: `${this.url}/git/shop.git` };
  }

  private report(report: AgentReport): unknown {
    const applied = report.sequence > this.held.sequence;
    if (applied) {
      this.reports.push(report);
      this.held = { sequence: report.sequence, digest: report.digest };
    }
    return { applied, ...this.held };
  }

  private beat({ digest }: { digest: string }): unknown {
    this.heartbeats += 1;
    return { resync: digest !== this.held.digest, sequence: this.held.sequence, assignmentRevision: this.assigned.revision, ...(this.serverVersion !== undefined && { serverVersion: this.serverVersion }) };
  }

  private nonce(): string {
    const nonce = randomBytes(16).toString('base64url');
    this.nonces.add(nonce);
    return nonce;
  }

  private async authenticate(token: string): Promise<void> {
    if (this.revoked) throw new Refusal(401, 'this agent was revoked');
    try {
      const key = await importJWK({ kty: 'OKP', crv: 'Ed25519', x: this.key }, 'EdDSA');
      const { payload, protectedHeader } = await jwtVerify(token, key, { algorithms: ['EdDSA'], audience: 'sluice' });
      const claims = agentClaims.parse(payload);
      if (protectedHeader.kid !== CLUSTER || claims.sub !== CLUSTER || !this.nonces.has(claims.nonce)) throw new Error('not this agent, or no nonce of ours');
    } catch (error) {
      throw new Refusal(401, `no valid token: ${String(error)}`);
    }
  }

  private async stream(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await this.authenticate((request.headers.authorization ?? '').replace(/^Bearer /, ''));
    if (!this.streams) throw new Refusal(503, 'no streams now');
    const last = request.headers['last-event-id'];
    this.resumedFrom.push(typeof last === 'string' ? last : undefined);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(': here\n\n');
    this.open.add(response);
    response.on('close', () => this.open.delete(response));
  }

  private async git(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [user, password = ''] = Buffer.from((request.headers.authorization ?? '').replace(/^Basic /, ''), 'base64').toString().split(':');
    if (user !== 'agent') throw new Refusal(401, 'git needs the agent\'s token');
    await this.authenticate(password);
    serveGit(this.repository, request, response);
  }
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
