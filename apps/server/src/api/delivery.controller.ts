import { Controller, Inject, Query } from '@nestjs/common';
import { API } from '@sluice/contracts';
import type { DeliveryReportDto } from '@sluice/contracts';
import { present } from '@sluice/kernel';
import { ReadDelivery } from '@sluice/usecases';
import type { z } from 'zod';
import { Route } from '../http/route.js';
import { presentDelivery } from './present/delivery.js';

/** How fast and how safely changes are delivered. */
@Controller()
export class DeliveryController {
  constructor(@Inject(ReadDelivery) private readonly readDelivery: ReadDelivery) {}

  @Route(API.deliveryMetrics)
  async report(@Query({ schema: API.deliveryMetrics.query }) { repository, by, timezone, ...wanted }: z.output<typeof API.deliveryMetrics.query>): Promise<DeliveryReportDto> {
    return presentDelivery(await this.readDelivery.run({ repository, by, timezone, ...present(wanted) }));
  }
}
