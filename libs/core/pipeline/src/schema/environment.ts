import { z } from 'zod';
import { gate } from './gates.js';
import { approvals, rollout, driftWithIgnore, emergency } from './policies.js';
import { branch, name } from './scalars.js';
import { section } from './section.js';
import { windows } from './windows.js';

const sources = z.array(name).max(10);

export const environment = section({
  name,
  branch: branch.optional().describe('Default: the name of the environment.'),
  from: z
    .union([sources, section({ any: sources.min(1) })], { error: () => 'must be a list of environments, or { any: [...] }' })
    .optional()
    .describe('The environments that content must have been live in: all that are listed, or any of { any: [...] }. Without it, this is a first environment: people push to its branch.'),
  directPush: z
    .enum(['deploy', 'hold', 'deny'])
    .optional()
    .describe('What a commit gets that did not come by promotion: it is deployed, held until somebody else accepts it, or refused at the push; default deploy.'),
  drift: z
    .union([z.enum(['revert', 'report']), driftWithIgnore], { error: () => 'must be "revert", "report", or { mode, ignore }' })
    .optional()
    .describe('What happens to a change made behind Sluice\'s back in a cluster; default revert. { mode, ignore } says as well which fields are left alone.'),
  merge: z.enum(['auto', 'manual']).optional().describe('Whether a ready request is merged by Sluice or by a person; default auto.'),
  onNewSource: z.enum(['update', 'wait']).optional().describe('Whether a newer source commit replaces an open request; default update.'),
  gates: z.array(gate).max(50).optional(),
  approvals: approvals.optional(),
  windows: windows.optional().describe('When things are merged into it; default always.'),
  rollout: rollout.optional().describe('How a merge reaches the clusters, and what happens when they do not like it.'),
  emergency: emergency.optional(),
});
