import { Body, Controller, Inject, Param, Query } from '@nestjs/common';
import { API } from '@sluice/contracts';
import type { BackflowList, Matrix, Why } from '@sluice/contracts';
import { AcceptDirect, ExplainNotifications, ReadBackflow, ReadMatrix, ReadWhy } from '@sluice/usecases';
import type { z } from 'zod';
import type { Ports } from '../compose/ports.js';
import { PORTS } from '../compose/tokens.js';
import { Me, type PersonCaller } from '../http/caller.js';
import { Route } from '../http/route.js';
import { explainSlack } from '../slack-bots.js';
import { presentBackflow } from './present/backflow.js';
import { presentMatrix } from './present/matrix.js';
import { time } from './present/time.js';
import { presentWhy } from './present/why.js';

/** What is where, and why something does not move. */
@Controller()
export class StatusController {
  constructor(
    @Inject(ReadMatrix) private readonly readMatrix: ReadMatrix,
    @Inject(ReadWhy) private readonly readWhy: ReadWhy,
    @Inject(ReadBackflow) private readonly readBackflow: ReadBackflow,
    @Inject(AcceptDirect) private readonly acceptDirect: AcceptDirect,
    @Inject(ExplainNotifications) private readonly explainNotifications: ExplainNotifications,
    @Inject(PORTS) private readonly ports: Ports,
  ) {}

  @Route(API.matrix)
  async matrix(@Param({ schema: API.matrix.params }) { repository }: z.output<typeof API.matrix.params>): Promise<Matrix> {
    return presentMatrix(await this.readMatrix.run(repository));
  }

  @Route(API.acceptDirect)
  async accept(
    @Me() { person }: PersonCaller,
    @Param({ schema: API.acceptDirect.params }) { repository, environment }: z.output<typeof API.acceptDirect.params>,
    @Body({ schema: API.acceptDirect.body }) { commit, reason }: z.output<typeof API.acceptDirect.body>,
  ): Promise<z.output<typeof API.acceptDirect.reply>> {
    const accepted = await this.acceptDirect.run({ repository, environment, commit, person: person.name, reason });
    return { items: accepted.map(({ commit: sha, author, subject, at }) => ({ commit: sha, author, subject, at: time(at) })) };
  }

  @Route(API.backflow)
  async backflow(
    @Param({ schema: API.backflow.params }) { repository }: z.output<typeof API.backflow.params>,
    @Query({ schema: API.backflow.query }) { application, environment }: z.output<typeof API.backflow.query>,
  ): Promise<BackflowList> {
    return presentBackflow(await this.readBackflow.run({ repository, ...(application && { application }), ...(environment && { environment }) }));
  }

  @Route(API.why)
  async why(@Query({ schema: API.why.query }) { repository, application, environment }: z.output<typeof API.why.query>): Promise<Why> {
    const view = await this.readWhy.run({ ...(repository && { repository }), ...(application && { application }), ...(environment && { environment }) });
    // who asks about one application does not ask who is told
    const unheard = application === undefined ? [...(await this.explainNotifications.run(repository)), ...(await explainSlack(this.ports, repository))] : [];
    return presentWhy({ ...view, notices: [...view.notices, ...unheard] });
  }
}
