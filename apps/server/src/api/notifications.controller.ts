import { Body, Controller, Inject, Param, Query } from '@nestjs/common';
import { API } from '@sluice/contracts';
import type { NotificationList, TargetList } from '@sluice/contracts';
import { later, present } from '@sluice/kernel';
import { CheckTargets, HandToSlack, ManageEndpoints, ReadNotifications, SendTest, type NotificationState } from '@sluice/usecases';
import type { z } from 'zod';
import type { Ports } from '../compose/ports.js';
import { PORTS } from '../compose/tokens.js';
import { Me, type PersonCaller } from '../http/caller.js';
import { Route } from '../http/route.js';
import { presentEndpoint, presentForSlack, presentNotification } from './present/notification.js';

type OfEndpoint = z.output<typeof API.rotateNotifyEndpoint.params>;

const SLACK_AT_ONCE = 50;

/** Who is told of what, and by which ways. */
@Controller()
export class NotificationsController {
  constructor(
    @Inject(ReadNotifications) private readonly read: ReadNotifications,
    @Inject(ManageEndpoints) private readonly endpoints: ManageEndpoints,
    @Inject(CheckTargets) private readonly targets: CheckTargets,
    @Inject(SendTest) private readonly sendTest: SendTest,
    @Inject(HandToSlack) private readonly slack: HandToSlack,
    @Inject(PORTS) private readonly ports: Ports,
  ) {}

  @Route(API.notifications)
  async list(@Query({ schema: API.notifications.query }) { state, target, cursor, limit }: z.output<typeof API.notifications.query>): Promise<NotificationList> {
    const { items, defaults, problems } = await this.read.run({ ...(state && { states: statesOf(state) }), ...present({ target, before: cursor }), limit });
    const last = items.length === limit ? items.at(-1) : undefined;
    return { items: items.map(presentNotification), ...present({ next: last && String(last.id) }), defaults: [...defaults], problems: problems.map((problem) => ({ ...problem })) };
  }

  @Route(API.notificationTargets)
  async check(@Query({ schema: API.notificationTargets.query }) { target }: z.output<typeof API.notificationTargets.query>): Promise<TargetList> {
    return { items: (await this.targets.run(target)).map((checked) => ({ ...checked })) };
  }

  @Route(API.testNotification)
  async test(@Me() { person }: PersonCaller, @Body({ schema: API.testNotification.body }) { target }: z.output<typeof API.testNotification.body>): Promise<z.output<typeof API.testNotification.reply>> {
    const outcome = await this.sendTest.run(target, person);
    return outcome.kind === 'sent' || outcome.kind === 'handed-over' ? { outcome: outcome.kind } : { outcome: 'failed', message: outcome.message };
  }

  @Route(API.notifyEndpoints)
  async listEndpoints(): Promise<z.output<typeof API.notifyEndpoints.reply>> {
    return { items: (await this.endpoints.list()).map(presentEndpoint) };
  }

  @Route(API.addNotifyEndpoint)
  async addEndpoint(@Me() { person }: PersonCaller, @Body({ schema: API.addNotifyEndpoint.body }) { name, url, secret: given }: z.output<typeof API.addNotifyEndpoint.body>): Promise<z.output<typeof API.addNotifyEndpoint.reply>> {
    const { endpoint, secret } = await this.endpoints.add({ name, url, ...present({ secret: given }) }, person);
    return { endpoint: presentEndpoint(endpoint), secret };
  }

  @Route(API.rotateNotifyEndpoint)
  async rotateEndpoint(@Me() { person }: PersonCaller, @Param({ schema: API.rotateNotifyEndpoint.params }) { endpoint: name }: OfEndpoint): Promise<z.output<typeof API.rotateNotifyEndpoint.reply>> {
    const { endpoint, secret } = await this.endpoints.rotate(name, person);
    return { endpoint: presentEndpoint(endpoint), secret };
  }

  @Route(API.removeNotifyEndpoint)
  async removeEndpoint(@Me() { person }: PersonCaller, @Param({ schema: API.removeNotifyEndpoint.params }) { endpoint }: OfEndpoint): Promise<void> {
    await this.endpoints.remove(endpoint, person);
  }

  @Route(API.slackNotifications)
  async forSlack(): Promise<z.output<typeof API.slackNotifications.reply>> {
    return { items: (await this.slack.due(SLACK_AT_ONCE)).map(presentForSlack) };
  }

  @Route(API.settleSlackNotification)
  async settle(
    @Param({ schema: API.settleSlackNotification.params }) { notification }: z.output<typeof API.settleSlackNotification.params>,
    @Body({ schema: API.settleSlackNotification.body }) { outcome, message, retryAfterSeconds }: z.output<typeof API.settleSlackNotification.body>,
  ): Promise<void> {
    const notBefore = retryAfterSeconds === undefined ? undefined : later(this.ports.clock(), retryAfterSeconds * 1_000);
    await this.slack.settle(notification, outcome === 'sent' ? { kind: 'sent' } : outcome === 'permanent' ? { kind: 'permanent', message } : { kind: 'temporary', message, ...present({ notBefore }) });
  }
}

function statesOf(state: NotificationState | 'open'): readonly NotificationState[] {
  return state === 'open' ? ['held', 'waiting'] : [state];
}
