import type { Finding } from '../finding.js';
import type { Outline } from '../outline.js';
import { findRepeated } from './unique.js';

/** One rule a kind: of two, one would never be asked. */
export function checkHealthRules({ health }: Outline): readonly Finding[] {
  const entries = health.map(({ apiVersion, kind }, index) => ({ text: typeof apiVersion === 'string' && typeof kind === 'string' ? `${apiVersion} ${kind}` : undefined, path: ['spec', 'health', index] }));
  return findRepeated('the kind', entries);
}
