import { createHash } from 'node:crypto';
import { request } from 'node:http';
import type { Agent as HttpAgent, ClientRequest, IncomingMessage } from 'node:http';
import { API, assignment, nonce } from '@sluice/contracts';
import type { LocalSystem } from '@sluice/testing';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { CryptoKey } from 'jose';

const VERSION = '1.0.0';
/** One fetch of protocol version 2: what a client that has nothing asks for (gitprotocol-v2). */
const PKT_END = '0000';

/** The agent's side of the protocol, many in one process: its own key, one stream, signs of life, fetches and reports, but no target. */
export class SimulatedAgent {
  /** The newest commit that the stream told, and when. */
  assigned: { readonly commit: string; readonly at: number } | undefined;
  fetchedAt: number | undefined;
  connected = false;
  /** When its stream was there last. */
  connectedAt: number | undefined;
  private token = '';
  private sequence = 0;
  private digest = '';
  private stream: ClientRequest | undefined;
  private ended = false;
  private retry = 1_000;
  private beating: NodeJS.Timeout | undefined;

  private constructor(
    private readonly system: LocalSystem,
    readonly name: string,
    private readonly key: CryptoKey,
    private readonly pool: HttpAgent,
  ) {}

  static async enrol(system: LocalSystem, pool: HttpAgent, { name, environment }: { readonly name: string; readonly environment: string }): Promise<SimulatedAgent> {
    const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
    const { x = '' } = await exportJWK(publicKey);
    const { token } = await system.call(API.createJoinToken, { body: { cluster: name, repository: system.repositoryId, environment } });
    const agent = new SimulatedAgent(system, name, privateKey, pool);
    await agent.post(API.agentEnrol.path, { protocol: 1, joinToken: token, publicKey: x, agentVersion: VERSION });
    return agent;
  }

  /** Holds the stream, opening it again as an agent does when it breaks off, and gives a sign of life every so many milliseconds. `assigned` is called with what comes. */
  start(heartbeat: number, assigned: (agent: SimulatedAgent) => void): void {
    this.open(assigned);
    const beat = (): void => {
      void this.post(API.agentHeartbeat.path, { sequence: this.sequence, digest: this.digest, agentVersion: VERSION }).catch(() => undefined);
      this.beating = setTimeout(beat, heartbeat * (0.8 + Math.random() * 0.4));
    };
    this.beating = setTimeout(beat, Math.random() * heartbeat);
  }

  stop(): void {
    this.ended = true;
    clearTimeout(this.beating);
    this.stream?.destroy();
  }

  /** Fetches a commit as a shallow clone over smart HTTP, without a git of its own. @returns how many bytes came. */
  async fetch(branch: string, commit: string): Promise<number> {
    const base = new URL(this.system.repository).pathname;
    await this.git('GET', `${base}/info/refs?service=git-upload-pack`);
    await this.git('POST', `${base}/git-upload-pack`, `${line('command=ls-refs\n')}0001${line(`ref-prefix refs/heads/${branch}\n`)}${PKT_END}`);
    const pack = await this.git('POST', `${base}/git-upload-pack`, `${line('command=fetch')}0001${line('thin-pack')}${line('no-progress')}${line('ofs-delta')}${line(`want ${commit}\n`)}${line('done\n')}${PKT_END}`);
    this.fetchedAt = performance.now();
    return pack.length;
  }

  /** Says that the commit is applied and healthy. */
  async report(commit: string): Promise<void> {
    const state = { commit, phase: 'synced', message: '', health: 'Current', resources: [], drift: [], agentVersion: VERSION };
    this.sequence += 1;
    this.digest = createHash('sha256').update(`${this.name} ${commit}`).digest('hex');
    await this.post(API.agentReport.path, { ...state, sequence: this.sequence, digest: this.digest });
  }

  private open(assigned: (agent: SimulatedAgent) => void): void {
    if (this.ended) return;
    const again = (): void => {
      this.connected = false;
      if (!this.ended) setTimeout(() => this.open(assigned), 200 + Math.random() * this.retry);
    };
    void this.fresh().then(
      (token) => {
        const url = new URL(API.agentStream.path, this.system.url);
        this.stream = request(url, { agent: this.pool, headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' } }, (response) => this.follow(response, assigned, again));
        this.stream.on('error', again);
        this.stream.end();
      },
      again,
    );
  }

  private follow(response: IncomingMessage, assigned: (agent: SimulatedAgent) => void, again: () => void): void {
    if (response.statusCode !== 200) {
      response.resume();
      return again();
    }
    this.connected = true;
    this.connectedAt = performance.now();
    let buffered = '';
    response.setEncoding('utf8');
    response.on('data', (text: string) => {
      const events = `${buffered}${text}`.split('\n\n');
      buffered = events.pop() ?? '';
      for (const event of events) this.receive(event, assigned);
    });
    response.once('close', again);
  }

  private receive(event: string, assigned: (agent: SimulatedAgent) => void): void {
    const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(event)?.[1];
    const retry = field('retry');
    if (retry !== undefined) this.retry = Number(retry);
    if (field('event') === 'nonce') void this.sign(nonce.parse(JSON.parse(field('data') ?? '')).nonce);
    if (field('event') !== 'assignment') return;
    const { commit } = assignment.parse(JSON.parse(field('data') ?? ''));
    if (commit === undefined || commit === this.assigned?.commit) return;
    this.assigned = { commit, at: performance.now() };
    assigned(this);
  }

  private async fresh(): Promise<string> {
    if (this.token === '') await this.sign(nonce.parse(JSON.parse((await this.send('GET', API.agentNonce.path)).toString())).nonce);
    return this.token;
  }

  private async sign(fresh: string): Promise<void> {
    this.token = await new SignJWT({ nonce: fresh }).setProtectedHeader({ alg: 'EdDSA', kid: this.name }).setSubject(this.name).setAudience('sluice').sign(this.key);
  }

  private async post(path: string, body: unknown): Promise<Buffer> {
    const headers: Readonly<Record<string, string>> = path === API.agentEnrol.path ? {} : { authorization: `Bearer ${await this.fresh()}` };
    return this.send('POST', path, { ...headers, 'content-type': 'application/json' }, JSON.stringify(body));
  }

  private git(method: string, path: string, body?: string): Promise<Buffer> {
    const headers = { authorization: `Basic ${Buffer.from(`agent:${this.token}`).toString('base64')}`, 'git-protocol': 'version=2', ...(body !== undefined && { 'content-type': 'application/x-git-upload-pack-request' }) };
    return this.send(method, path, headers, body);
  }

  private send(method: string, path: string, headers: Readonly<Record<string, string>> = {}, body?: string): Promise<Buffer> {
    return new Promise((done, fail) => {
      const call = request(new URL(path, this.system.url), { method, headers, agent: this.pool, timeout: 120_000 }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('end', () => (response.statusCode === 200 || response.statusCode === 204 ? done(Buffer.concat(chunks)) : fail(new Error(`${method} ${path} answered ${response.statusCode ?? 0}: ${Buffer.concat(chunks).toString().slice(0, 300)}`))));
        response.once('error', fail);
      });
      call.once('error', fail);
      call.end(body);
    });
  }
}

/** A pkt-line (gitprotocol-common). */
function line(text: string): string {
  return `${(text.length + 4).toString(16).padStart(4, '0')}${text}`;
}

