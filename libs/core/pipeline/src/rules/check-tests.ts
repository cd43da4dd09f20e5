import type { Finding } from '../finding.js';
import type { Outline } from '../outline.js';
import { didYouMean } from '../suggestion.js';

/** A gate names a test that there is. */
export function checkTests({ environments, tests }: Outline): readonly Finding[] {
  // written, but unusable: its own error says so
  if (tests === null) return [];
  const known = Object.keys(tests ?? {});
  return environments.flatMap(({ gates }, index) =>
    (gates ?? []).flatMap(({ type, test }, at): readonly Finding[] => {
      if (type !== 'test' || typeof test !== 'string' || known.includes(test)) return [];
      const hint = known.length === 0 ? '; write it under spec.tests' : didYouMean(test, known);
      return [{ path: ['spec', 'environments', index, 'gates', at, 'test'], message: `there is no test "${test}"${hint}` }];
    }),
  );
}
