import { mkdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { API } from '@sluice/contracts';
import type { ApiClient } from '../api-client.js';
import { writeSecretText } from '../connection.js';
import type { UpOptions } from './options.js';
import { SupervisedProcess } from './supervised-process.js';

const SCRIPT = resolve(import.meta.dirname, '../../../agent/dist/main.js');

interface AgentsStart {
  readonly client: ApiClient;
  readonly options: UpOptions;
  readonly repository: string;
  readonly url: string;
  readonly logs: string;
  readonly tell: (text: string) => void;
}

/** Starts one agent with a directory target for each environment of the pipeline; the first time with a join token of its own. */
export async function startAgents(start: AgentsStart): Promise<readonly SupervisedProcess[]> {
  const matrix = await start.client.call(API.matrix, { params: { repository: start.repository } });
  const agents: SupervisedProcess[] = [];
  for (const environment of matrix.environments) agents.push(await startAgent(start, environment.name));
  return agents;
}

async function startAgent(start: AgentsStart, environment: string): Promise<SupervisedProcess> {
  const { options, logs, url } = start;
  const cluster = `${environment}-local`;
  const state = join(options.data, 'agents', cluster);
  const target = join(options.data, 'targets', environment);
  await mkdir(state, { recursive: true, mode: 0o700 });
  await mkdir(target, { recursive: true });
  const tokenFile = join(options.data, 'agents', `${cluster}.join-token`);
  if (!(await stat(tokenFile).catch(() => undefined))) {
    const { token } = await start.client.call(API.createJoinToken, { body: { cluster, environment, repository: start.repository } });
    await writeSecretText(tokenFile, token);
  }
  const logFile = join(logs, `agent-${environment}.log`);
  const agent = new SupervisedProcess({
    name: cluster,
    script: SCRIPT,
    logFile,
    environment: { SLUICE_SERVER_URL: url, SLUICE_JOIN_TOKEN_FILE: tokenFile, SLUICE_AGENT_DATA: state, SLUICE_TARGET_DIR: target },
    restart: true,
    onUnexpectedEnd: (detail) => start.tell(`the agent of ${environment} has ended (${detail}); it is started again (log: ${logFile})`),
  });
  agent.start();
  return agent;
}
