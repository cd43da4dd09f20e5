import { composePorts } from './compose/compose-ports.js';
import { applyBootstrap } from './bootstrap.js';
import { startGitLauncher } from '@sluice/git-process';
import { createLogger, createMetrics, onEnd } from '@sluice/runtime';
import { startServer } from './server.js';
import { readSettings } from './settings.js';

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const log = createLogger({ name: 'sluice-server', level: settings.logLevel });
  const metrics = createMetrics();
  const { parent } = settings;
  const end = { ...(parent && { parent }) };
  // a start may wait for its database; nothing is served yet that has to be closed
  const stopWaiting = onEnd(end, () => process.exit(0));
  const launcher = await startGitLauncher();
  const ports = await composePorts(settings, log);
  await applyBootstrap(settings.bootstrapFile, ports);
  const server = await startServer({ settings, ports, log, metrics });
  stopWaiting();
  onEnd(end, (reason) => {
    log.info({ reason }, 'server is ending');
    void server
      .close()
      .then(() => launcher.close())
      .then(() => process.exit(0));
  });
}

main().catch((error: unknown) => {
  createLogger({ name: 'sluice-server', level: 'error' }).error({ err: error }, 'server could not start');
  process.exit(1);
});
