import type { Finding } from '../finding.js';
import { commonPath } from '../globs/glob-overlap.js';
import { checkGlob, parseGlob, type Glob } from '../globs/glob-syntax.js';
import type { Outline } from '../outline.js';
import { PIPELINE_FILE, RESERVED_PATHS } from '../reserved-paths.js';
import type { DocumentPath } from '../source/location.js';
import { findRepeated } from './unique.js';

const MAX_GLOBS = 2_000;

interface OwnedGlob {
  readonly application: number;
  readonly name: string;
  readonly text: string;
  readonly glob: Glob;
  readonly path: DocumentPath;
}

/** Names are unique, no file belongs to two applications, and Sluice's own files belong to none. */
export function checkApplicationPaths({ applications = [], environmentOwned }: Outline): readonly Finding[] {
  const globs = applications.flatMap(({ name, paths }, application) =>
    (paths ?? []).flatMap((text, at): OwnedGlob[] => {
      if (typeof text !== 'string' || checkGlob(text) !== undefined) return [];
      return [{ application, name: name ?? `number ${application + 1}`, text, glob: parseGlob(text), path: ['spec', 'applications', application, 'paths', at] }];
    }),
  );
  const owned = environmentOwned.map(({ path }, index) => ({ text: path ?? '', path: ['spec', 'environmentOwned', index, 'path'] }));
  return [
    ...findRepeated('the application name', applications.map(({ name }, index) => ({ text: name, path: ['spec', 'applications', index, 'name'] }))),
    ...[...globs, ...owned].flatMap(checkReserved),
    ...checkOverlaps(globs),
  ];
}

function checkReserved({ text, path }: { readonly text: string; readonly path: DocumentPath }): readonly Finding[] {
  const reserved = text === PIPELINE_FILE || text === '.sluice' || text.startsWith('.sluice/');
  return reserved ? [{ path, message: `"${text}" is Sluice's own: ${RESERVED_PATHS.join(' and ')} belong to no application and no environment` }] : [];
}

/**
 * Two globs can only meet where the literal beginning of one is a beginning of the other's, so each is compared with those that stand on its way
 * from the root: cheap for any sensible file.
 */
function checkOverlaps(globs: readonly OwnedGlob[]): readonly Finding[] {
  if (globs.length > MAX_GLOBS) return [{ path: ['spec', 'applications'], message: `applications have more than ${MAX_GLOBS} paths together` }];
  const byPrefix = new Map<string, OwnedGlob[]>();
  for (const glob of globs) byPrefix.set(literalPrefix(glob.glob), [...(byPrefix.get(literalPrefix(glob.glob)) ?? []), glob]);
  return globs.flatMap((glob) =>
    beginningsOf(literalPrefix(glob.glob))
      .flatMap((beginning) => byPrefix.get(beginning) ?? [])
      .flatMap((other) => compare(glob, other)),
  );
}

function compare(a: OwnedGlob, b: OwnedGlob): readonly Finding[] {
  if (a.application === b.application) return [];
  const samePrefix = literalPrefix(a.glob) === literalPrefix(b.glob);
  if (samePrefix && a.application < b.application) return []; // seen from both sides: report the later one
  const example = commonPath(a.glob, b.glob);
  if (example === undefined) return [];
  const [first, second] = a.application < b.application ? [a, b] : [b, a];
  return [{ path: second.path, message: `"${second.text}" of application "${second.name}" overlaps with "${first.text}" of application "${first.name}", for instance in ${example}; every file belongs to one application` }];
}

function literalPrefix(glob: Glob): string {
  const end = glob.findIndex((segment) => segment.kind !== 'literal');
  return (end < 0 ? glob : glob.slice(0, end)).map((segment) => (segment.kind === 'literal' ? `${segment.text}/` : '')).join('');
}

/** `''`, `a/`, `a/b/` of `a/b/`. */
function beginningsOf(prefix: string): readonly string[] {
  return ['', ...[...prefix.matchAll(/\//g)].map(({ index }) => prefix.slice(0, index + 1))];
}
