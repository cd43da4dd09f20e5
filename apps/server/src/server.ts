import 'reflect-metadata';
import { BullModule } from '@nestjs/bullmq';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { BackendQueue, BackendWorker, WakePoller } from '@sluice/queue-bullmq';
import { closeAll, type Closing, type Logger } from '@sluice/runtime';
import { AcceptWebhook, Authenticate, AuthorizeAccount, RunNotifications, SignIn, SignInWithProvider } from '@sluice/usecases';
import { AgentTokens } from './agent/agent-tokens.js';
import { mountGit } from './forge/git-mount.js';
import { mountWebhooks } from './forge/webhook-mount.js';
import { mountAccounts } from './identity/account-mount.js';
import { mountOidc } from './identity/oidc-mount.js';
import { AccessGuard } from './http/access.guard.js';
import { Credentials } from './http/credentials.js';
import { isPageVisit, serveDashboard } from './http/dashboard.js';
import { FailureLimit } from './http/failure-limit.js';
import { takeLargeBodies } from './http/large-bodies.js';
import { NestLogger } from './http/nest-logger.js';
import { ProblemFilter } from './http/problem.filter.js';
import { OriginInterceptor } from './http/origin.js';
import { createValidationPipe } from './http/validation.js';
import { createAdapter, protect } from './http/web-server.js';
import { measure } from './metrics.js';
import { Notifier } from './worker/notifier.js';
import { ServerModule, type ServerParts } from './server.module.js';

/** A server that listens. */
export interface RunningServer {
  readonly app: NestFastifyApplication;
  /** Every route that the router knows. */
  readonly routes: readonly ServedRoute[];
  /** Stops taking work, ends what is open and closes what it was made of. Never throws; what could not be closed is in the log. */
  close(): Promise<void>;
}

export interface ServedRoute {
  readonly method: string;
  readonly path: string;
}

const CLOSE_DEADLINE = 10_000;
/** Connections that wait to be taken: a fleet that comes back finds a server that is still starting. The system's own limit (`net.core.somaxconn`) counts as well. */
const BACKLOG = 4_096;

/** Builds a server from its parts and listens. The parts are closed with it. */
export async function startServer(parts: ServerParts): Promise<RunningServer> {
  const { settings, ports, log } = parts;
  BullModule.queueClass = BackendQueue;
  BullModule.workerClass = BackendWorker;
  const routes: ServedRoute[] = [];
  const app = await createApplication(parts, routes);
  measure(parts, app);
  await app.listen({ port: settings.port, host: settings.host, backlog: BACKLOG });
  const poller = settings.roles.has('worker') ? startPoller(parts) : undefined;
  const notifier = settings.roles.has('worker') ? startNotifier(parts, app) : undefined;
  log.info({ url: settings.publicUrl, roles: [...settings.roles], backing: settings.backing.kind }, 'server is listening');
  const closings: readonly Closing[] = [...(poller ? [{ name: 'poller', close: () => poller.stop() }] : []), ...(notifier ? [{ name: 'notifier', close: () => notifier.stop() }] : []), { name: 'http and workers', close: () => app.close() }, ...ports.closings];
  let closing: Promise<void> | undefined;
  return { app, routes, close: () => (closing ??= closeParts(closings, log)) };
}

async function createApplication(parts: ServerParts, routes: ServedRoute[]): Promise<NestFastifyApplication> {
  const { settings, ports, log, metrics } = parts;
  const adapter = createAdapter(settings);
  adapter.getInstance().addHook('onRoute', ({ method, url }) => void routes.push(...[method].flat().map((each) => ({ method: each, path: url }))));
  await protect(adapter, settings);
  const app = await NestFactory.create<NestFastifyApplication>(ServerModule.of(parts), adapter, { logger: new NestLogger(log), bodyParser: false, abortOnError: false });
  const instance = adapter.getInstance();
  const failures = new FailureLimit(instance);
  takeLargeBodies(instance, app.get(Credentials), failures);
  app.useGlobalGuards(new AccessGuard(app.get(Credentials), failures));
  app.useGlobalInterceptors(new OriginInterceptor());
  app.useGlobalPipes(createValidationPipe());
  const showPage = settings.roles.has('api') ? await serveDashboard(instance, settings.dashboardFolder) : undefined;
  app.useGlobalFilters(new ProblemFilter(log, showPage && { isVisit: isPageVisit, show: showPage }));
  if (settings.roles.has('api')) await mountWebhooks(instance, { accept: app.get(AcceptWebhook), failures, metrics, log });
  if (settings.roles.has('api')) await mountOidc(instance, { withProvider: app.get(SignInWithProvider), signIn: app.get(SignIn), failures, log, settings });
  if (settings.roles.has('api')) await mountAccounts(instance, { authorize: app.get(AuthorizeAccount), credentials: app.get(Credentials), failures, log, settings });
  if (settings.roles.has('forge')) await mountGit(instance, { ports, authenticate: app.get(Authenticate), agentTokens: app.get(AgentTokens), failures, log });
  await app.init();
  return app;
}

function startPoller({ settings, ports, log }: ServerParts): WakePoller {
  const poller = new WakePoller({ store: ports.wakeStore, queues: ports.queues, log, maintenanceEvery: settings.sweepInterval });
  poller.start();
  return poller;
}

function startNotifier({ ports: { signals, clock }, log }: ServerParts, app: NestFastifyApplication): Notifier {
  const notifications = app.get(RunNotifications);
  const notifier = new Notifier({ run: () => notifications.run(), signals, clock, log });
  notifier.start();
  return notifier;
}

async function closeParts(closings: readonly Closing[], log: Logger): Promise<void> {
  for (const { name, error } of await closeAll(closings, CLOSE_DEADLINE)) log.error({ err: error, part: name }, 'part of the server could not be closed');
  log.info({}, 'server has ended');
}
