import { z } from 'zod';
import { name, principals } from './scalars.js';
import { section } from './section.js';

const nameOrAny = z.union([z.literal('*'), name], { error: () => 'must be a name or "*"' });
const names = z.array(nameOrAny).min(1).max(500);

export const roleBinding = section({
  role: z.enum(['viewer', 'promoter', 'approver', 'admin']),
  who: principals,
  applications: names.optional().describe('Default "*".'),
  environments: names.optional().describe('Default "*".'),
});
