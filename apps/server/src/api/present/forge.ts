import type { changeDto, review, status } from '@sluice/contracts';
import type { ChangeRequest, CommitStatus, Review } from '@sluice/usecases';
import type { z } from 'zod';
import { time } from './time.js';

export function presentChange({ createdAt, updatedAt, unlabelled: _, ...change }: ChangeRequest): z.output<typeof changeDto> {
  return { ...change, createdAt: time(createdAt), updatedAt: time(updatedAt) };
}

export function presentReview({ at, ...entry }: Review): z.output<typeof review> {
  return { ...entry, at: time(at) };
}

export function presentStatus({ at, ...entry }: CommitStatus): z.output<typeof status> {
  return { ...entry, at: time(at) };
}
