import { messageOf } from '@sluice/kernel';
import type { z } from 'zod';
import { StoreFault } from '../store-fault.js';

/** Reads a value out of the database. @throws StoreFault when it has not the form that this version knows. */
export function decode<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  try {
    return schema.parse(value);
  } catch (error) {
    throw new StoreFault(`A stored ${what} cannot be read: was it written by another version?`, { cause: new Error(messageOf(error)) });
  }
}
