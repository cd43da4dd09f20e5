import { BullModule } from '@nestjs/bullmq';
import { type DynamicModule, Module, type Provider, type Type } from '@nestjs/common';
import { queueOptions } from '@sluice/queue-bullmq';
import type { Logger, Metrics } from '@sluice/runtime';
import { Authenticate, ExpireAudit, LinkSlackAccount, ServerNonce, SignAudit, TellRefusals } from '@sluice/usecases';
import { AgentConnections } from './agent/agent-connections.js';
import { AgentStreamController } from './agent/agent-stream.controller.js';
import { AgentTokens } from './agent/agent-tokens.js';
import { AgentCommandsController } from './agent/agent-commands.controller.js';
import { AgentController } from './agent/agent.controller.js';
import { AgentHeartbeatController } from './agent/agent-heartbeat.controller.js';
import { AuditController } from './api/audit.controller.js';
import { ChangesController } from './api/changes.controller.js';
import { DeliveryController } from './api/delivery.controller.js';
import { DriftController } from './api/drift.controller.js';
import { EventsController } from './api/events.controller.js';
import { FleetController } from './api/fleet.controller.js';
import { OperationsController } from './api/operations.controller.js';
import { NotificationsController } from './api/notifications.controller.js';
import { PeopleController } from './api/people.controller.js';
import { IdentityController } from './api/identity.controller.js';
import { SlackLinksController } from './api/slack-links.controller.js';
import { PresentPromotion } from './api/present-promotion.js';
import { PlansController } from './api/plans.controller.js';
import { EnvironmentsController } from './api/environments.controller.js';
import { ForgesController } from './api/forges.controller.js';
import { OwnAccountsController } from './api/own-accounts.controller.js';
import { PromotionsController } from './api/promotions.controller.js';
import { RepositoriesController } from './api/repositories.controller.js';
import { SessionController } from './api/session.controller.js';
import { StatusController } from './api/status.controller.js';
import { FreezesController } from './api/freezes.controller.js';
import { TestRunsController } from './api/test-runs.controller.js';
import { RightsController } from './api/rights.controller.js';
import { RolloutsController } from './api/rollouts.controller.js';
import { BotNotesController } from './api/bot-notes.controller.js';
import { StatusesController } from './api/statuses.controller.js';
import type { Ports } from './compose/ports.js';
import { LOG, METRICS, PORTS, SETTINGS } from './compose/tokens.js';
import { USE_CASES } from './compose/use-cases.js';
import { Credentials, CredentialSettings } from './http/credentials.js';
import { isSecure } from './http/is-secure.js';
import type { Settings } from './settings.js';
import { AuditUpkeep } from './worker/audit-upkeep.js';
import { EnvironmentProcessor } from './worker/environment.processor.js';
import { ImagesProcessor } from './worker/images.processor.js';
import { assertEveryJobHandled } from './worker/job-handlers.js';
import { LaneProcessor } from './worker/lane.processor.js';
import { Maintenance } from './worker/maintenance.js';
import { MaintenanceProcessor } from './worker/maintenance.processor.js';
import { RepositoryProcessor } from './worker/repository.processor.js';
import { WakeRunner } from './worker/wake-runner.js';

/** What a server is made of, beside its settings. */
export interface ServerParts {
  readonly settings: Settings;
  readonly ports: Ports;
  readonly log: Logger;
  readonly metrics: Metrics;
}

const API_CONTROLLERS: readonly Type[] = [
  SessionController,
  PeopleController,
  IdentityController,
  SlackLinksController,
  RepositoriesController,
  ForgesController,
  OwnAccountsController,
  StatusController,
  EnvironmentsController,
  PlansController,
  PromotionsController,
  FreezesController,
  RightsController,
  TestRunsController,
  RolloutsController,
  FleetController,
  DriftController,
  DeliveryController,
  EventsController,
  AuditController,
  NotificationsController,
  ChangesController,
  StatusesController,
  BotNotesController,
  AgentController,
  AgentHeartbeatController,
  AgentCommandsController,
  AgentStreamController,
];

const PROCESSORS: readonly Type[] = [RepositoryProcessor, LaneProcessor, EnvironmentProcessor, ImagesProcessor, MaintenanceProcessor];

const SHARED: readonly Provider[] = [
  ...USE_CASES,
  AgentConnections,
  PresentPromotion,
  { provide: AgentTokens, useFactory: ({ clusters }: Ports, nonces: ServerNonce) => new AgentTokens(clusters, nonces), inject: [PORTS, ServerNonce] },
  { provide: CredentialSettings, useFactory: (settings: Settings, { promotions }: Ports) => new CredentialSettings(isSecure(settings), promotions), inject: [SETTINGS, PORTS] },
  {
    provide: Credentials,
    useFactory: (authenticate: Authenticate, agentTokens: AgentTokens, accounts: LinkSlackAccount, settings: CredentialSettings) => new Credentials(authenticate, agentTokens, accounts, settings),
    inject: [Authenticate, AgentTokens, LinkSlackAccount, CredentialSettings],
  },
];

const WORKER: readonly Provider[] = [
  { provide: WakeRunner, useFactory: (ports: Ports, metrics: Metrics, log: Logger) => new WakeRunner(ports.wakeStore, ports.queues, metrics, { refusals: new TellRefusals(ports), log }), inject: [PORTS, METRICS, LOG] },
  { provide: Maintenance, useFactory: (ports: Ports, { sweepInterval, remoteSweepInterval }: Settings, log: Logger, audit: AuditUpkeep) => new Maintenance(ports, { sweepInterval, remoteSweepInterval, log, audit }), inject: [PORTS, SETTINGS, LOG, AuditUpkeep] },
  { provide: AuditUpkeep, useFactory: (sign: SignAudit, expire: ExpireAudit, { auditRetention }: Settings, log: Logger) => new AuditUpkeep(sign, expire, { retention: auditRetention, log }), inject: [SignAudit, ExpireAudit, SETTINGS, LOG] },
  ...PROCESSORS,
];

/** The composition root: a list of what each role brings. */
@Module({})
export class ServerModule {
  static of(parts: ServerParts): DynamicModule {
    const { settings, ports } = parts;
    const works = settings.roles.has('worker');
    if (works) assertEveryJobHandled(PROCESSORS);
    return {
      module: ServerModule,
      imports: works ? [BullModule.forRoot(queueOptions(ports.queueBackend)), BullModule.registerQueue()] : [],
      controllers: [OperationsController, ...(settings.roles.has('api') ? API_CONTROLLERS : [])],
      providers: [...given(parts), ...SHARED, ...(works ? WORKER : [])],
    };
  }
}

function given({ settings, ports, log, metrics }: ServerParts): readonly Provider[] {
  return [
    { provide: SETTINGS, useValue: settings },
    { provide: PORTS, useValue: ports },
    { provide: LOG, useValue: log },
    { provide: METRICS, useValue: metrics },
  ];
}
