import type { RightDto } from '@sluice/contracts';
import type { BrokenGlass } from '@sluice/usecases';
import { time } from './time.js';

export function presentRight({ repository: _repository, at, until, endedAt, ...right }: BrokenGlass): RightDto {
  return { ...right, at: time(at), until: time(until), ...(endedAt !== undefined && { endedAt: time(endedAt) }) };
}
