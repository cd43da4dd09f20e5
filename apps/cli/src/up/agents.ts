import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { API } from '@sluice/contracts';
import { writeSecretText } from '../connection.js';
import { makeFolder } from './data-folder.js';
import { lastWords } from './last-words.js';
import { freshLog } from './log-file.js';
import type { ServedRun } from './run.js';

const SCRIPT = resolve(import.meta.dirname, '../../../agent/dist/main.js');
/** Between two looks at the pipeline's environments. */
const LOOK_MS = 10_000;
const LOOK_WITHOUT_AGENTS_MS = 1_000;

/** In the data folder, written by whoever owns this machine: which tests its agents may run. */
const ALLOWED_TESTS = 'allowed-tests.json';

/** An agent with a directory target for each environment of the pipeline, also for those that are added later. */
export class LocalAgents {
  private readonly environments = new Set<string>();

  constructor(
    private readonly run: ServedRun,
    private readonly repository: string,
  ) {}

  /** Starts those that are missing. @returns the environments that have one now. */
  async start(): Promise<readonly string[]> {
    const { environments } = await this.run.client.call(API.matrix, { params: { repository: this.repository } });
    for (const { name } of environments) {
      if (this.environments.has(name)) continue;
      await this.startOne(name);
      this.environments.add(name);
    }
    return [...this.environments];
  }

  /** Goes on until the run ends. */
  async follow(): Promise<void> {
    const { signal, tell } = this.run;
    while (!signal.aborted) {
      await pause(this.environments.size === 0 ? LOOK_WITHOUT_AGENTS_MS : LOOK_MS, undefined, { signal }).catch(() => undefined);
      const before = this.environments.size;
      // a server that is just being started again is asked the next time
      const now = signal.aborted ? [] : await this.start().catch(() => []);
      for (const name of now.slice(before)) tell(`started an agent for ${name}: ${this.targetOf(name)}`);
    }
  }

  private targetOf(environment: string): string {
    return join(this.run.options.data, 'targets', environment);
  }

  private async startOne(environment: string): Promise<void> {
    const { run } = this;
    const cluster = `${environment}-local`;
    const target = await makeFolder(this.targetOf(environment));
    const state = await makeFolder(run.options.data, 'agents', cluster);
    const logFile = await freshLog(run.logs, `agent-${environment}`);
    const tokenFile = join(run.options.data, 'agents', `${cluster}.join-token`);
    await this.giveJoinToken({ cluster, environment, state, tokenFile });
    const tests = await this.allowedTests();
    run.processes.start({
      script: SCRIPT,
      logFile,
      environment: { SLUICE_SERVER_URL: run.addresses.url, SLUICE_JOIN_TOKEN_FILE: tokenFile, SLUICE_AGENT_DATA: state, SLUICE_TARGET_DIR: target, ...tests },
      onUnexpectedEnd: (detail) => void this.tellOfEnd(environment, detail, logFile),
    });
  }

  private async allowedTests(): Promise<Readonly<Record<string, string>>> {
    const file = join(this.run.options.data, ALLOWED_TESTS);
    const found = await stat(file).catch(() => undefined);
    return found ? { SLUICE_ALLOWED_TESTS_FILE: file } : {};
  }

  /** Until the server knows the agent, each start gets a new one: the one of before may have expired, or the server lost its database. */
  private async giveJoinToken({ cluster, environment, state, tokenFile }: { readonly cluster: string; readonly environment: string; readonly state: string; readonly tokenFile: string }): Promise<void> {
    const enrolled = await stat(join(state, 'enrolment.json')).catch(() => undefined);
    if (enrolled && (await this.run.client.call(API.clusters)).items.some(({ name }) => name === cluster)) return;
    const { token } = await this.run.client.call(API.createJoinToken, { body: { cluster, environment, repository: this.repository } });
    await writeSecretText(tokenFile, token);
  }

  private async tellOfEnd(environment: string, detail: string, logFile: string): Promise<void> {
    const why = await lastWords(logFile);
    this.run.tell(`the agent of ${environment} has ended (${detail}${why === undefined ? '' : `: ${why}`}); it is started again (log: ${logFile})`);
  }
}
