import { z } from 'zod';
import type { DocumentPath } from './source/location.js';

/**
 * What the rules across sections look at, read leniently: an entry whose shape is wrong elsewhere still takes part, so that all errors come out at once.
 * `undefined`: not written; `null`: written, but unusable (its own error says so).
 */
const text = z.string().nullish().catch(null);
const texts = z.array(text).nullish().catch(null);

const environment = z
  .preprocess(
    withPlainSources,
    z.object({
      name: text,
      branch: text,
      from: texts,
      /** The sources are written as `{ any: [...] }`. */
      fromAny: z.boolean().optional(),
      gates: z.array(z.object({ name: text, type: text, test: text }).catch({})).nullish().catch(null),
      approvals: z.unknown().optional(),
      windows: z.unknown().optional(),
      rollout: z.object({ waves: z.array(z.object({ clusters: z.record(z.string(), z.unknown()).optional() }).catch({})).optional().catch(undefined), onDegraded: z.unknown().optional() }).optional().catch(undefined),
    }),
  )
  .catch({ from: null, approvals: undefined, windows: undefined });

const application = z.object({ name: text, paths: texts, after: texts }).catch({});
const scoped = z.object({ environments: texts, applications: texts, path: text }).catch({});

const imageUpdate = z.object({ image: text, environment: text }).catch({});

const healthRule = z.object({ apiVersion: text, kind: text }).catch({});

const releaseSet = z.object({ name: text, applications: texts, environments: texts }).catch({});

const spec = z
  .object({
    environments: list(environment),
    applications: list(application).optional(),
    environmentOwned: list(scoped),
    roles: list(scoped),
    notifications: list(scoped),
    imageUpdates: list(imageUpdate),
    tests: z.record(z.string(), z.unknown()).nullish().catch(null),
    releaseSets: list(releaseSet),
    health: list(healthRule),
  })
  .catch({ environments: [], environmentOwned: [], roles: [], notifications: [], imageUpdates: [], releaseSets: [], health: [] });

const outline = z
  .object({ metadata: z.object({ name: text }).catch({}), spec })
  .catch({ metadata: {}, spec: { environments: [], environmentOwned: [], roles: [], notifications: [], imageUpdates: [], releaseSets: [], health: [] } });

export type Outline = z.infer<typeof outline>['spec'] & { readonly pipeline: string | null | undefined };
export type EnvironmentOutline = z.infer<typeof environment>;

export function outlineOf(value: unknown): Outline {
  const { metadata, spec: sections } = outline.parse(value);
  return { ...sections, pipeline: metadata.name };
}

/** Where a source of an environment is written. */
export function sourcePath(environment: EnvironmentOutline, index: number, at: number): DocumentPath {
  return ['spec', 'environments', index, 'from', ...(environment.fromAny ? ['any'] : []), at];
}

/** `from: { any: [a, b] }` as the list that it holds, with a note. */
function withPlainSources(value: unknown): unknown {
  const any = anyForm.safeParse(value);
  return any.success ? { ...any.data, from: any.data.from.any, fromAny: true } : value;
}

const anyForm = z.looseObject({ from: z.object({ any: z.unknown() }) });

function list<Item extends z.ZodType>(item: Item) {
  return z.array(item).default([]).catch([]);
}
