import { ANY_ITEM, type Application, type Diagnostic, type Environment, type FieldPath, type Gate, type ImageUpdate, type OwnershipRule, type Pipeline, type Principal, type RoleBinding, type WindowRule } from '@sluice/pipeline';
import type { PipelineRecord } from '@sluice/usecases';
import { z } from 'zod';
import { CONTENT_GATE_DOCUMENTS } from './content-gate-document.js';
import { zNotificationRule } from './notification-document.js';
import { zTestDefinition } from './test-run-document.js';
import { zApplication, zCommit, zEnvironment, zInstant, zRepository, zTexts } from './fields.js';

// JSON has no symbols: "every item" is written as null.
const ANY_ITEM_JSON = null;

const zPrincipal: z.ZodType<Principal> = z.discriminatedUnion('kind', [
  z.looseObject({ kind: z.literal('person'), name: z.string() }),
  z.looseObject({ kind: z.literal('group'), name: z.string() }),
  z.looseObject({ kind: z.literal('anyone') }),
]);

const zWindowRule: z.ZodType<WindowRule> = z.looseObject({
  effect: z.enum(['deny', 'allow']),
  times: z.discriminatedUnion('kind', [
    z.looseObject({ kind: z.literal('weekly'), weekdays: z.array(z.number()), from: z.number(), days: z.number(), to: z.number() }),
    z.looseObject({ kind: z.literal('cron'), cron: z.string(), duration: z.number() }),
  ]),
  timezone: z.string(),
  text: z.string(),
});

const zGate: z.ZodType<Gate> = z.discriminatedUnion('type', [
  z.looseObject({ name: z.string(), type: z.literal('check'), context: z.string() }),
  z.looseObject({ name: z.string(), type: z.literal('health'), soak: z.number() }),
  z.looseObject({ name: z.string(), type: z.literal('manual'), from: z.array(zPrincipal) }),
  z.looseObject({ name: z.string(), type: z.literal('window'), rule: zWindowRule }),
  z.looseObject({ name: z.string(), type: z.literal('freeze'), from: zInstant.optional(), until: zInstant, timezone: z.string(), reason: z.string() }),
  z.looseObject({ name: z.string(), type: z.literal('test'), test: zTestDefinition }),
  ...CONTENT_GATE_DOCUMENTS,
]);

const zEnvironmentRule: z.ZodType<Environment> = z.looseObject({
  name: zEnvironment,
  branch: z.string(),
  from: z.array(zEnvironment),
  fromAny: z.boolean().optional(),
  directPush: z.enum(['deploy', 'hold', 'deny']),
  drift: z.enum(['revert', 'report']),
  driftIgnore: z.array(z.looseObject({ kind: z.string().optional(), path: zTexts })).optional(),
  merge: z.enum(['auto', 'manual']),
  onNewSource: z.enum(['update', 'wait']),
  gates: z.array(zGate),
  approvals: z.looseObject({ required: z.number(), from: z.array(zPrincipal), quorum: z.array(z.looseObject({ from: z.array(zPrincipal), required: z.number() })).optional(), excludeAuthors: z.boolean(), excludeRequester: z.boolean() }).optional(),
  windows: z.array(zWindowRule).optional(),
  waves: z.array(z.looseObject({ clusters: z.record(z.string(), z.string()), soak: z.number() })).optional(),
  onDegraded: z.enum(['rollback', 'pause']).optional(),
  emergency: z.looseObject({ required: z.number(), from: z.array(zPrincipal), also: z.array(z.enum(['approvals', 'adoption'])) }).optional(),
});

const zApplicationRule: z.ZodType<Application> = z.looseObject({ name: zApplication, paths: zTexts, uses: zTexts, after: z.array(zApplication).optional() });
const zFieldPath: z.ZodType<FieldPath> = z.array(z.union([z.string(), z.literal(ANY_ITEM_JSON).transform((): typeof ANY_ITEM => ANY_ITEM)]));

const zOwnership: z.ZodType<OwnershipRule> = z.looseObject({
  environments: z.array(zEnvironment),
  path: z.string().optional(),
  kind: z.string().optional(),
  fields: z.array(zFieldPath),
  part: z.literal('registry').optional(),
});

const zRole: z.ZodType<RoleBinding> = z.looseObject({
  role: z.enum(['viewer', 'promoter', 'approver', 'admin']),
  who: z.array(zPrincipal),
  applications: zTexts,
  environments: zTexts,
});

const zImageUpdate: z.ZodType<ImageUpdate> = z.looseObject({
  image: z.string(),
  policy: z.discriminatedUnion('kind', [
    z.looseObject({ kind: z.literal('semver'), range: z.string() }),
    z.looseObject({ kind: z.literal('glob'), pattern: z.string() }),
    z.looseObject({ kind: z.literal('newest') }),
  ]),
  environment: zEnvironment,
  pin: z.enum(['tag', 'digest']),
});

const zHealthRule: z.ZodType<NonNullable<Pipeline['health']>[number]> = z.looseObject({ apiVersion: z.string(), kind: z.string(), inProgress: z.string().optional(), failed: z.string().optional(), current: z.string().optional() });

const zPipeline: z.ZodType<Pipeline> = z.looseObject({
  name: z.string(),
  environments: z.array(zEnvironmentRule),
  applications: z.array(zApplicationRule),
  environmentOwned: z.array(zOwnership),
  roles: z.array(zRole),
  imageUpdates: z.array(zImageUpdate).optional(),
  health: z.array(zHealthRule).optional(),
  releaseSets: z.array(z.looseObject({ name: z.string(), applications: z.array(zApplication), environments: z.array(zEnvironment) })).optional(),
  notifications: z.array(zNotificationRule).optional(),
});

const zDiagnostic: z.ZodType<Diagnostic> = z.looseObject({ severity: z.enum(['error', 'warning']), message: z.string(), line: z.number(), column: z.number(), at: z.string() });

export const zPipelineRecord: z.ZodType<PipelineRecord> = z.looseObject({
  repository: zRepository,
  commit: zCommit.optional(),
  pipeline: zPipeline.optional(),
  diagnostics: z.array(zDiagnostic),
  checkedCommit: zCommit.optional(),
});

/** The record as JSON; {@link zPipelineRecord} reads it. */
export function pipelineDocument(record: PipelineRecord): unknown {
  const { pipeline } = record;
  if (!pipeline) return record;
  const environmentOwned = pipeline.environmentOwned.map((rule) => ({ ...rule, fields: rule.fields.map(fieldDocument) }));
  return { ...record, pipeline: { ...pipeline, environmentOwned } };
}

function fieldDocument(path: FieldPath): readonly (string | typeof ANY_ITEM_JSON)[] {
  return path.map((segment) => (segment === ANY_ITEM ? ANY_ITEM_JSON : segment));
}
