import type { Finding } from './finding.js';
import type { Diagnostic, Pipeline } from './model.js';
import { normalise } from './normalise.js';
import { outlineOf } from './outline.js';
import { checkApplicationOrder } from './rules/check-application-order.js';
import { checkApplicationPaths } from './rules/check-application-paths.js';
import { checkEnvironments } from './rules/check-environments.js';
import { checkHealthRules } from './rules/check-health-rules.js';
import { checkImageUpdates } from './rules/check-image-updates.js';
import { checkReferences } from './rules/check-references.js';
import { checkReleaseSets } from './rules/check-release-sets.js';
import { checkSeveralSources } from './rules/check-several-sources.js';
import { checkTests } from './rules/check-tests.js';
import { checkWaves } from './rules/check-waves.js';
import { checkEnvironmentGraph } from './rules/environment-graph.js';
import { describeIssue } from './schema/describe-issue.js';
import { pipelineFile } from './schema/pipeline-file.js';
import { formatDocumentPath, type Locations } from './source/location.js';
import { readSource } from './source/read-source.js';

const MAX_DIAGNOSTICS = 100;
const RULES = [checkEnvironments, checkEnvironmentGraph, checkSeveralSources, checkApplicationPaths, checkApplicationOrder, checkImageUpdates, checkReleaseSets, checkTests, checkHealthRules, checkWaves, checkReferences];

/**
 * Reads a `sluice.yaml`: shape, then rules across sections, then defaults. Never throws for what the text holds. Every finding comes out at once, in the
 * order of the text (at most 100); `pipeline` is absent when one of them is an error. Bounded in memory, but not in time: run text of strangers in the sandbox.
 */
export function parsePipeline(text: string): { readonly pipeline?: Pipeline; readonly diagnostics: readonly Diagnostic[] } {
  const source = readSource(text);
  if (source.kind === 'unreadable') return { diagnostics: bounded(source.diagnostics) };
  const parsed = pipelineFile.safeParse(source.value);
  const outline = outlineOf(source.value);
  const findings = [...(parsed.error?.issues ?? []).flatMap((issue) => describeIssue(issue, source.value)), ...RULES.flatMap((rule) => rule(outline))];
  if (!parsed.success || findings.length > 0) return { diagnostics: bounded(findings.map((finding) => toDiagnostic(finding, source.locations))) };
  return { pipeline: normalise(parsed.data), diagnostics: [] };
}

function toDiagnostic({ path, message, aspect }: Finding, locations: Locations): Diagnostic {
  return { severity: 'error', message, ...locations.of(path, aspect), at: formatDocumentPath(path) };
}

function bounded(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const ordered = [...diagnostics].sort((a, b) => a.line - b.line || a.column - b.column);
  const last = ordered[MAX_DIAGNOSTICS - 1];
  if (!last || ordered.length === MAX_DIAGNOSTICS) return ordered;
  const left = ordered.length - MAX_DIAGNOSTICS + 1;
  return [...ordered.slice(0, MAX_DIAGNOSTICS - 1), { ...last, message: `${left} more errors follow from here; fix these first` }];
}
