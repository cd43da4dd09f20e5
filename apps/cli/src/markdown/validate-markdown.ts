import { code, fitting, prose } from './inert.js';

interface Finding {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

const MAX_BYTES = 8_000;

/** What is wrong with a pipeline file, for a pull request. */
export function validateMarkdown(file: string, findings: readonly Finding[], valid: string): string {
  const title = '### Pipeline file';
  if (findings.length === 0) return `${title}\n\n✅ ${code(file)} is valid: ${prose(valid, 600)}`;
  const { text, left } = fitting(findings.map(({ severity, message, line, column }) => `- ${severity === 'error' ? '❌' : '⚠️'} ${code(`${file}:${line}:${column}`)} ${prose(message, 600)}`), MAX_BYTES);
  const rest = left === 0 ? '' : `\n- … and ${left} more: \`sluice validate\` lists all`;
  return `${title}\n\n${text}${rest}`;
}
