import type { Finding } from '../finding.js';
import type { Outline } from '../outline.js';
import type { DocumentPath } from '../source/location.js';
import { didYouMean } from '../suggestion.js';

/** Each image is updated once in an environment, and only where people change content, too. */
export function checkImageUpdates({ imageUpdates, environments }: Outline): readonly Finding[] {
  const seen = new Set<string>();
  return imageUpdates.flatMap(({ image, environment }, index): readonly Finding[] => {
    const path = ['spec', 'imageUpdates', index];
    if (typeof environment !== 'string') return [];
    const key = JSON.stringify([image, environment]);
    const repeated = typeof image === 'string' && seen.has(key) ? [{ path: [...path, 'image'], message: `the image "${image}" is updated in "${environment}" twice` }] : [];
    seen.add(key);
    return [...repeated, ...checkEnvironment(environments, environment, [...path, 'environment'])];
  });
}

function checkEnvironment(environments: Outline['environments'], name: string, path: DocumentPath): readonly Finding[] {
  const known = environments.flatMap((environment) => (typeof environment.name === 'string' ? [environment.name] : []));
  if (!known.includes(name)) return [{ path, message: `there is no environment "${name}"${didYouMean(name, known)}` }];
  const hasSources = environments.some((environment) => environment.name === name && (environment.from === null || (environment.from?.length ?? 0) > 0));
  return hasSources ? [{ path, message: `"${name}" gets its content by promotion (from): have images updated in a first environment, and they are promoted from there` }] : [];
}
