import { createMetrics } from './metrics.js';

describe('createMetrics', () => {
  it('reads a gauge when it is scraped, and forgets labels that are gone', async () => {
    const metrics = createMetrics();
    let depth = new Map([['lane', 3], ['repository', 1]]);
    metrics.gauge('queue_depth', 'Jobs that wait', ['queue'], (gauge) => depth.forEach((count, queue) => gauge.set({ queue }, count)));
    expect(await metrics.registry.metrics()).toContain('sluice_queue_depth{queue="lane"} 3');
    depth = new Map([['repository', 2]]);
    const text = await metrics.registry.metrics();
    expect(text).toContain('sluice_queue_depth{queue="repository"} 2');
    expect(text).not.toContain('queue="lane"');
  });

  it('keeps two servers of one process apart', async () => {
    const one = createMetrics();
    const other = createMetrics();
    one.counter('requests_total', 'Requests').inc();
    other.counter('requests_total', 'Requests');
    expect(await one.registry.metrics()).toContain('sluice_requests_total 1');
    expect(await other.registry.metrics()).toContain('sluice_requests_total 0');
  });
});
