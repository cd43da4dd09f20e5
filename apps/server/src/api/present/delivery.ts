import type { DeliveryReportDto } from '@sluice/contracts';
import type { Period } from '@sluice/metrics';
import type { DeliveryView } from '@sluice/usecases';
import { time } from './time.js';

export function presentDelivery({ period, timezone, record, total, lines }: DeliveryView): DeliveryReportDto {
  return {
    ...presentPeriod(period),
    timezone,
    record: { wholeSince: time(record.wholeSince), message: record.message },
    total,
    items: lines.map(({ period: part, ...line }) => ({ ...line, ...(part && presentPeriod(part)) })),
  };
}

function presentPeriod({ from, to }: Period): { readonly from: string; readonly to: string } {
  return { from: time(from), to: time(to) };
}
