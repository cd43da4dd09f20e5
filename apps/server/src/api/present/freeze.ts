import type { FreezeDto } from '@sluice/contracts';
import { sayFreeze } from '@sluice/gates';
import type { StoredFreeze } from '@sluice/usecases';
import { time, timeField } from './time.js';

export function presentFreeze(freeze: StoredFreeze): FreezeDto {
  const { repository: _repository, at, until, ...rest } = freeze;
  return { ...rest, at: time(at), ...timeField('until', until), message: sayFreeze(freeze) };
}
