import type { Manifest } from '@sluice/agent-install';
import { InvalidInput } from '@sluice/kernel';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { type Terminal, writeJson } from '../terminal.js';

/** How manifests are printed; `table` is what every command has when nobody asks. */
export type ManifestFormat = 'yaml' | 'json' | 'helm-values';

/** Formats of `--output` that only commands which print manifests have. */
export const MANIFEST_OUTPUTS = ['yaml', 'helm-values'] as const;

/** @throws InvalidInput for a format that this command has not. */
export function manifestFormat(command: Command, formats: readonly ManifestFormat[]): ManifestFormat {
  const { output } = command.optsWithGlobals<{ output: string }>();
  const format = output === 'table' ? 'yaml' : (output as ManifestFormat);
  if (!formats.includes(format)) throw new InvalidInput(`--output ${output}: this command prints ${formats.join(' or ')}`);
  return format;
}

/** For `kubectl -f -`: documents, or one list. */
export function writeManifests(terminal: Terminal, format: ManifestFormat, manifests: readonly Manifest[]): void {
  if (format === 'json') writeJson(terminal, { apiVersion: 'v1', kind: 'List', items: manifests });
  else terminal.out(manifests.map(toYaml).join('\n---\n'));
}

export function toYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd();
}
