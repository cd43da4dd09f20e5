import './small-heap.js';
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { type SluiceError, messageOf } from '@sluice/kernel';
import { createLogger, InvalidEnvironment, type Logger, onEnd } from '@sluice/runtime';
import { AgentModule } from './agent.module.js';
import { agentVersion } from './agent-version.js';
import { withTestsFile } from './config/allowed-tests.js';
import { withFlags } from './config/flags.js';
import { readSettings, type Settings } from './config/settings.js';
import { EXIT, type ExitCode, Stop } from './exit-code.js';
import { AgentFigures } from './health/agent-figures.js';
import { AgentHealth } from './health/agent-health.js';
import { serveHealth } from './health/serve-health.js';
import { AgentRunner } from './sync/agent-runner.js';

process.exit(await main());

async function main(): Promise<ExitCode> {
  try {
    const settings = settingsOf(process.argv.slice(2));
    const log = createLogger({ name: 'agent', level: settings.logLevel });
    await runAgent(settings, log);
    return EXIT.ok;
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') return EXIT.ok;
    const stop = stopOf(error);
    process.stderr.write(`sluice agent: ${stop.message}\n`);
    return stop.exitCode;
  }
}

/** Lives until a signal comes, or its parent goes. */
async function runAgent(settings: Settings, log: Logger): Promise<void> {
  const ending = new AbortController();
  onEnd(settings.parent ? { parent: settings.parent } : {}, (reason) => {
    log.info({ reason }, 'the agent ends');
    ending.abort();
  });
  const version = agentVersion();
  const health = new AgentHealth(() => performance.now(), settings.syncInterval);
  const figures = settings.healthAddress && new AgentFigures(version);
  if (settings.healthAddress) await serveHealth({ health, figures }, settings.healthAddress);
  const app = await NestFactory.createApplicationContext(AgentModule.with({ settings, log, version, health, figures, signal: ending.signal }), { logger: false, abortOnError: false });
  if (!ending.signal.aborted) {
    await app.get(AgentRunner).start();
    log.info({ version, target: settings.target.kind }, 'the agent runs');
    await new Promise<void>((resolve) => (ending.signal.aborted ? resolve() : ending.signal.addEventListener('abort', () => resolve(), { once: true })));
  }
  await app.close();
}

function settingsOf(args: readonly string[]): Settings {
  const settings = readSettings(withTestsFile(withFlags(args, process.env)));
  // read once, and out of sight of whatever is started later
  delete process.env['SLUICE_JOIN_TOKEN'];
  return settings;
}

function stopOf(error: unknown): Stop {
  if (error instanceof Stop) return error;
  if (error instanceof InvalidEnvironment) return new Stop(EXIT.settings, error.message, error);
  const kind = (error as Partial<SluiceError>).kind;
  if (kind === 'unavailable') return new Stop(EXIT.unavailable, messageOf(error), error);
  const trace = error instanceof Error ? error.stack : undefined;
  return new Stop(EXIT.fault, trace ?? messageOf(error), error);
}
