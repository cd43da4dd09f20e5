import { z } from 'zod';

/**
 * What the rules across sections look at, read leniently: an entry whose shape is wrong elsewhere still takes part, so that all errors come out at once.
 * `undefined`: not written; `null`: written, but unusable (its own error says so).
 */
const text = z.string().nullish().catch(null);
const texts = z.array(text).nullish().catch(null);

const environment = z
  .object({
    name: text,
    branch: text,
    from: texts,
    gates: z.array(z.object({ name: text, type: text }).catch({})).nullish().catch(null),
    approvals: z.unknown().optional(),
    windows: z.unknown().optional(),
  })
  .catch({ from: null, approvals: undefined, windows: undefined });

const application = z.object({ name: text, paths: texts, after: texts }).catch({});
const scoped = z.object({ environments: texts, applications: texts, path: text }).catch({});

const spec = z
  .object({
    environments: list(environment),
    applications: list(application).optional(),
    environmentOwned: list(scoped),
    roles: list(scoped),
  })
  .catch({ environments: [], environmentOwned: [], roles: [] });

const outline = z
  .object({ metadata: z.object({ name: text }).catch({}), spec })
  .catch({ metadata: {}, spec: { environments: [], environmentOwned: [], roles: [] } });

export type Outline = z.infer<typeof outline>['spec'] & { readonly pipeline: string | null | undefined };
export type EnvironmentOutline = z.infer<typeof environment>;

export function outlineOf(value: unknown): Outline {
  const { metadata, spec: sections } = outline.parse(value);
  return { ...sections, pipeline: metadata.name };
}

function list<Item extends z.ZodType>(item: Item) {
  return z.array(item).default([]).catch([]);
}
