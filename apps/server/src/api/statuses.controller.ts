import { Body, Controller, Inject, Param } from '@nestjs/common';
import { API } from '@sluice/contracts';
import { Forbidden, NotFound } from '@sluice/kernel';
import { assertMayWrite } from '@sluice/usecases';
import type { z } from 'zod';
import type { Ports } from '../compose/ports.js';
import { PORTS } from '../compose/tokens.js';
import { Me, type PersonCaller } from '../http/caller.js';
import { Route } from '../http/route.js';
import { presentStatus } from './present/forge.js';

type OnCommit = z.output<typeof API.statuses.params>;

/** Commit statuses of the built-in forge: what a `check` gate looks at. */
@Controller()
export class StatusesController {
  constructor(@Inject(PORTS) private readonly ports: Ports) {}

  @Route(API.statuses)
  async list(@Param({ schema: API.statuses.params }) { repository, commit }: OnCommit): Promise<z.output<typeof API.statuses.reply>> {
    return { items: (await this.ports.statuses.list(repository, commit)).map(presentStatus) };
  }

  @Route(API.createStatus)
  async create(@Me() { person }: PersonCaller, @Param({ schema: API.createStatus.params }) { repository, commit }: OnCommit, @Body({ schema: API.createStatus.body }) body: z.output<typeof API.createStatus.body>): Promise<z.output<typeof API.createStatus.reply>> {
    const { context, state, description, url } = body;
    if (context.startsWith('sluice/')) throw new Forbidden('statuses under sluice/ are Sluice’s own: choose another context');
    await assertMayWrite(this.ports, repository, person);
    await this.ports.statuses.set(repository, commit, [{ context, state, description, by: person.name, ...(url !== undefined && { url }) }]);
    await this.ports.audit.append({ action: 'status.set', place: { repository }, after: { commit, context, state, description, ...(url !== undefined && { url }) } });
    await this.ports.wakes.wake({ kind: 'repository', repository });
    const stored = (await this.ports.statuses.list(repository, commit)).find((status) => status.context === context);
    if (!stored) throw new NotFound(`the status ${context} was set and is not there`);
    return presentStatus(stored);
  }
}
