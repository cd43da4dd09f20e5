import { createServer, type Server, type ServerResponse } from 'node:http';
import { messageOf } from '@sluice/kernel';
import { EXIT, Stop } from '../exit-code.js';
import type { AgentFigures } from './agent-figures.js';
import type { AgentHealth } from './agent-health.js';

const TIMEOUT_MS = 5_000;

export interface HealthAddress {
  readonly port: number;
  /** Without one: all addresses. */
  readonly host?: string | undefined;
}

interface Told {
  readonly health: AgentHealth;
  readonly figures?: AgentFigures | undefined;
}

/** Answers the probes of a pod, `/livez` and `/readyz`, and `/metrics`. Takes nothing, and says nothing about the target but numbers. @throws Stop when it cannot listen there. */
export async function serveHealth({ health, figures }: Told, { port, host }: HealthAddress): Promise<Server> {
  const probes: Readonly<Record<string, () => string | undefined>> = { '/livez': () => health.stuck(), '/readyz': () => health.stuck() ?? health.waiting() };
  const server = createServer({ requestTimeout: TIMEOUT_MS, headersTimeout: TIMEOUT_MS, keepAlive: false }, ({ method, url = '' }, response) => {
    if (method === 'GET' && url === '/metrics' && figures) return void figures.text().then((text) => answer(response, 200, text), (error: unknown) => answer(response, 500, messageOf(error)));
    const probe = method === 'GET' ? probes[url] : undefined;
    if (!probe) return answer(response, 404, 'not found');
    const problem = probe();
    answer(response, problem === undefined ? 200 : 503, problem ?? 'ok');
  });
  server.maxConnections = 16;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new Stop(EXIT.unavailable, `Nobody can be told here how the agent does: ${messageOf(error)}; choose another port (SLUICE_HEALTH_PORT)`, error)));
    server.listen({ port, ...(host !== undefined && { host }) }, resolve);
  });
  // it keeps no process alive that has nothing else to do
  return server.unref();
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).end(`${text}\n`);
}
