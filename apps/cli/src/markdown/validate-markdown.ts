import { code, fitting, prose } from './inert.js';

interface Finding {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

const MAX_BYTES = 8_000;

/** What is wrong with a pipeline file, for a pull request. `unchecked`: why no server was asked. */
export function validateMarkdown(file: string, findings: readonly Finding[], valid: string, unchecked?: string): string {
  const isValid = findings.every(({ severity }) => severity !== 'error');
  const parts = [isValid ? `✅ ${code(file)} is valid: ${prose(valid, 600)}` : '', listOf(file, findings), unchecked === undefined ? '' : `⚠️ Not checked against a server: ${prose(unchecked, 600)}`];
  return ['### Pipeline file', ...parts.filter((part) => part !== '')].join('\n\n');
}

function listOf(file: string, findings: readonly Finding[]): string {
  const { text, left } = fitting(findings.map(({ severity, message, line, column }) => `- ${severity === 'error' ? '❌' : '⚠️'} ${code(`${file}:${line}:${column}`)} ${prose(message, 600)}`), MAX_BYTES);
  return left === 0 ? text : `${text}\n- … and ${left} more: \`sluice validate\` lists all`;
}
