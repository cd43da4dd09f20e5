import { z } from 'zod';
import { application } from './application.js';
import { environment } from './environment.js';
import { healthRules } from './health-rules.js';
import { imageUpdates } from './image-updates.js';
import { notifications } from './notifications.js';
import { ownershipRule } from './ownership-rule.js';
import { roleBinding } from './role-binding.js';
import { releaseSets } from './release-sets.js';
import { name } from './scalars.js';
import { section } from './section.js';
import { tests } from './tests.js';

/** The shape of `sluice.yaml` as it is written; normalise.ts makes a Pipeline of it. */
export const pipelineFile = section({
  apiVersion: z.literal('sluice.dev/v1'),
  kind: z.literal('Pipeline'),
  metadata: section({ name }),
  spec: section({
    environments: z.array(environment).min(1).max(50),
    applications: z.array(application).min(1).max(500).optional().describe('Without it, one application owns the whole tree.'),
    environmentOwned: z.array(ownershipRule).max(500).optional().describe('What an environment keeps for itself: never promoted.'),
    roles: z.array(roleBinding).max(500).optional(),
    tests: tests.optional(),
    health: healthRules.optional(),
    notifications: notifications.optional(),
    imageUpdates: imageUpdates.optional(),
    releaseSets: releaseSets.optional(),
  }),
});

export type PipelineFile = z.infer<typeof pipelineFile>;
export type EnvironmentFile = PipelineFile['spec']['environments'][number];
export type ApplicationFile = NonNullable<PipelineFile['spec']['applications']>[number];
export type OwnershipRuleFile = NonNullable<PipelineFile['spec']['environmentOwned']>[number];
export type RoleBindingFile = NonNullable<PipelineFile['spec']['roles']>[number];
export type ReleaseSetFile = NonNullable<PipelineFile['spec']['releaseSets']>[number];
export type ImageUpdateFile = NonNullable<PipelineFile['spec']['imageUpdates']>[number];
export type NotificationsFile = NonNullable<PipelineFile['spec']['notifications']>;
export type TestsFile = NonNullable<PipelineFile['spec']['tests']>;
