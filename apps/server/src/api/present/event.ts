import type { EventDto } from '@sluice/contracts';
import type { StoredEvent } from '@sluice/usecases';
import { time } from './time.js';

export function presentEvent({ cursor: _cursor, at, ...event }: StoredEvent): EventDto {
  return { ...event, at: time(at) };
}
