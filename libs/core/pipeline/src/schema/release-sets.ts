import { z } from 'zod';
import { name } from './scalars.js';
import { section } from './section.js';

export const releaseSets = z
  .array(
    section({
      name: name.describe('What requests call it; no application is called so.'),
      applications: z.array(name).min(1).max(100).describe('What is promoted together: two or more.'),
      environments: z.array(name).min(1).optional().describe('Where they are promoted together; without it, in every environment that something is promoted to.'),
    }),
  )
  .max(100)
  .describe('Applications that are promoted by one request, merged as one and undone as one.');
