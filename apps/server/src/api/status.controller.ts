import { Controller, Inject, Param, Query } from '@nestjs/common';
import { API } from '@sluice/contracts';
import type { Matrix, Why } from '@sluice/contracts';
import { ReadMatrix, ReadWhy } from '@sluice/usecases';
import type { z } from 'zod';
import { Route } from '../http/route.js';
import { presentMatrix } from './present/matrix.js';
import { presentWhy } from './present/why.js';

/** What is where, and why something does not move. */
@Controller()
export class StatusController {
  constructor(
    @Inject(ReadMatrix) private readonly readMatrix: ReadMatrix,
    @Inject(ReadWhy) private readonly readWhy: ReadWhy,
  ) {}

  @Route(API.matrix)
  async matrix(@Param({ schema: API.matrix.params }) { repository }: z.output<typeof API.matrix.params>): Promise<Matrix> {
    return presentMatrix(await this.readMatrix.run(repository));
  }

  @Route(API.why)
  async why(@Query({ schema: API.why.query }) { repository, application, environment }: z.output<typeof API.why.query>): Promise<Why> {
    return presentWhy(await this.readWhy.run({ ...(repository && { repository }), ...(application && { application }), ...(environment && { environment }) }));
  }
}
