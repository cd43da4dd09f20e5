import { Body, Controller, Inject } from '@nestjs/common';
import { API } from '@sluice/contracts';
import { CreateRepository, RebuildRepository, type Repository } from '@sluice/usecases';
import type { z } from 'zod';
import type { Ports } from '../compose/ports.js';
import { PORTS, SETTINGS } from '../compose/tokens.js';
import { Me, type PersonCaller } from '../http/caller.js';
import { Route } from '../http/route.js';
import type { Settings } from '../settings.js';
import { presentRepository, type RepositoryDto } from './present/repository.js';

@Controller()
export class RepositoriesController {
  constructor(
    @Inject(CreateRepository) private readonly createRepository: CreateRepository,
    @Inject(RebuildRepository) private readonly rebuildRepository: RebuildRepository,
    @Inject(PORTS) private readonly ports: Ports,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Route(API.repositories)
  async list(): Promise<z.output<typeof API.repositories.reply>> {
    return { items: await Promise.all((await this.ports.repositories.list()).map((repository) => this.present(repository))) };
  }

  @Route(API.createRepository)
  async create(@Me() { person }: PersonCaller, @Body({ schema: API.createRepository.body }) wanted: z.output<typeof API.createRepository.body>): Promise<RepositoryDto> {
    return this.present(await this.createRepository.run(wanted, person));
  }

  @Route(API.rebuild)
  async rebuild(@Body({ schema: API.rebuild.body }) { repository }: z.output<typeof API.rebuild.body>): Promise<z.input<typeof API.rebuild.reply>> {
    const reports = repository === undefined ? await this.rebuildRepository.all() : [await this.rebuildRepository.run(repository)];
    return { items: reports.map((report) => ({ ...report, notes: [...report.notes] })) };
  }

  private async present(repository: Repository): Promise<RepositoryDto> {
    const record = await this.ports.repositories.pipeline(repository.id);
    return presentRepository(repository, { settings: this.settings, record, credentials: await this.ports.forges.credentials() });
  }
}
