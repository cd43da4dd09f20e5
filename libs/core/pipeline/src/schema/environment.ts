import { z } from 'zod';
import { gate } from './gates.js';
import { approvals, rollout, windows, driftWithIgnore, emergency } from './policies.js';
import { branch, name } from './scalars.js';
import { later, notYet, section } from './section.js';

export const environment = section({
  name,
  branch: branch.optional().describe('Default: the name of the environment.'),
  from: z
    .array(name)
    .max(10)
    .superRefine((sources, context) => {
      if (sources.length > 1) context.addIssue({ code: 'custom', message: notYet('more than one source environment'), path: [1] });
    })
    .optional()
    .describe('The environment that content must have been live in. Without it, this is a first environment: people push to its branch.'),
  directPush: z
    .enum(['deploy', 'hold', 'deny'])
    .optional()
    .describe('What a commit gets that did not come by promotion: it is deployed, held until somebody else accepts it, or refused at the push; default deploy.'),
  drift: z
    .union([z.enum(['revert', 'report']), driftWithIgnore], { error: () => 'must be "revert" or "report"' })
    .optional()
    .describe('What happens to a change made behind Sluice\'s back in a cluster; default revert.'),
  merge: z.enum(['auto', 'manual']).optional().describe('Whether a ready request is merged by Sluice or by a person; default auto.'),
  onNewSource: z.enum(['update', 'wait']).optional().describe('Whether a newer source commit replaces an open request; default update.'),
  gates: z.array(gate).max(50).optional(),
  approvals: approvals.optional(),
  windows: later(windows, 'windows').optional(),
  rollout: later(rollout, 'rollout').optional(),
  emergency: later(emergency, 'emergency').optional(),
});
