import type { Finding } from '../finding.js';
import { sourcePath, type EnvironmentOutline, type Outline } from '../outline.js';
import { SOURCES_GATE } from '../sources-gate.js';
import { findRepeated } from './unique.js';

/** Each source is named once, sources that must all have had the same content can have it, and the gate that asks them for it keeps its name. */
export function checkSeveralSources({ environments }: Outline): readonly Finding[] {
  return environments.flatMap((environment, index) => [
    ...findRepeated('the source', (environment.from ?? []).map((text, at) => ({ text, path: sourcePath(environment, index, at) }))),
    ...checkCommonOrigin(environments, environment, index),
    ...checkGateName(environment, index),
  ]);
}

/** Content is the same in two environments when it comes from the same commit of the same first environment. */
function checkCommonOrigin(environments: Outline['environments'], environment: EnvironmentOutline, index: number): readonly Finding[] {
  const sources = namesOf(environment);
  const [first = new Set<string>(), ...others] = sources.map((source) => firstEnvironments(environments, source));
  const apart = others.findIndex((roots) => roots.size > 0 && first.size > 0 && [...roots].every((root) => !first.has(root)));
  if (environment.fromAny || apart < 0) return [];
  const [one, two] = [sources[0] ?? '', sources[apart + 1] ?? ''];
  const message = `"${one}" and "${two}" get their content from different first environments, so no content is ever live in both; name one of them, or write from: { any: [${sources.join(', ')}] }`;
  return [{ path: ['spec', 'environments', index, 'from'], message }];
}

/** Where the content of an environment begins; empty for one that does not exist. */
function firstEnvironments(environments: Outline['environments'], name: string, seen: ReadonlySet<string> = new Set()): ReadonlySet<string> {
  const environment = environments.find((candidate) => candidate.name === name);
  if (!environment || seen.has(name)) return new Set();
  const sources = namesOf(environment);
  if (sources.length === 0) return new Set([name]);
  return new Set(sources.flatMap((source) => [...firstEnvironments(environments, source, new Set([...seen, name]))]));
}

function checkGateName(environment: EnvironmentOutline, index: number): readonly Finding[] {
  if (namesOf(environment).length < 2) return [];
  const at = (environment.gates ?? []).findIndex(({ name }) => name === SOURCES_GATE);
  if (at < 0) return [];
  return [{ path: ['spec', 'environments', index, 'gates', at, 'name'], message: `with several sources the gate name "${SOURCES_GATE}" is Sluice's own: it asks whether they have had the content live` }];
}

function namesOf({ from }: EnvironmentOutline): readonly string[] {
  return (from ?? []).filter((source) => typeof source === 'string');
}
