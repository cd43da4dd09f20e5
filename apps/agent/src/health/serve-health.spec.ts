import type { AddressInfo } from 'node:net';
import { commitSha } from '@sluice/kernel';
import { AgentFigures } from './agent-figures.js';
import { AgentHealth } from './agent-health.js';
import { serveHealth } from './serve-health.js';

const HOUR = 3_600_000;

describe('the probes of an agent', () => {
  let now = 0;
  const health = new AgentHealth(() => now, 60_000);
  const figures = new AgentFigures('1.2.3');
  const ask = async (path: string, method = 'GET'): Promise<readonly [number, string]> => {
    const server = await serveHealth({ health, figures }, { port: 0, host: '127.0.0.1' });
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, { method });
    const text = await response.text();
    server.close();
    return [response.status, text.trim()];
  };

  it('say that it lives and is not ready while it waits for the server, however long', async () => {
    now = 100 * HOUR;
    expect(await ask('/livez')).toEqual([200, 'ok']);
    expect(await ask('/readyz')).toEqual([503, expect.stringContaining('not enrolled')]);
  });

  it('say that it is ready when it has looked at what is assigned', async () => {
    health.hasLooked();
    expect(await ask('/readyz')).toEqual([200, 'ok']);
    now += HOUR;
    expect(await ask('/livez')).toEqual([200, 'ok']);
  });

  it('say that it is to be started again when a look does not end', async () => {
    now += 1_000;
    expect(await ask('/livez')).toEqual([503, expect.stringContaining('ended 3601 s ago')]);
    health.hasLooked();
    expect(await ask('/livez')).toEqual([200, 'ok']);
  });

  it('wait longer for an agent that seldom looks', () => {
    const seldom = new AgentHealth(() => now, 2 * HOUR);
    seldom.hasLooked();
    now += 5 * HOUR;
    expect(seldom.stuck()).toBeUndefined();
    now += 2 * HOUR;
    expect(seldom.stuck()).toContain('ago');
  });

  it('come with figures for Prometheus, which name nothing that is kept', async () => {
    figures.connected = true;
    figures.looked('settled');
    figures.saw({ commit: commitSha('c'.repeat(40)), phase: 'failed', message: '', health: 'Failed', resources: [{ path: 'secret/place.yaml', status: 'Failed', message: 'hidden words' }], drift: [] });
    const [status, text] = await ask('/metrics');
    expect(status).toBe(200);
    expect(text.split('\n')).toEqual(expect.arrayContaining(['sluice_agent_info{version="1.2.3"} 1', 'sluice_agent_connected 1', 'sluice_agent_looks{outcome="settled"} 1', 'sluice_agent_phase{phase="failed"} 1', 'sluice_agent_phase{phase="synced"} 0', `sluice_agent_commit{commit="${'c'.repeat(40)}"} 1`, 'sluice_agent_resources{status="Failed"} 1', 'sluice_agent_drift{reverted="true"} 0']));
    expect(text).not.toMatch(/secret|hidden/);
    const without = await serveHealth({ health }, { port: 0, host: '127.0.0.1' });
    expect((await fetch(`http://127.0.0.1:${(without.address() as AddressInfo).port}/metrics`)).status).toBe(404);
    without.close();
  });

  it('are all that is answered', async () => {
    expect(await ask('/')).toEqual([404, 'not found']);
    expect(await ask('/livez', 'POST')).toEqual([404, 'not found']);
    expect(await ask('/__proto__')).toEqual([404, 'not found']);
  });

  it('end the agent with a clear word where the port is taken', async () => {
    const server = await serveHealth({ health }, { port: 0, host: '127.0.0.1' });
    await expect(serveHealth({ health }, { port: (server.address() as AddressInfo).port, host: '127.0.0.1' })).rejects.toThrow('SLUICE_HEALTH_PORT');
    server.close();
  });
});
