import { parsePipeline } from './parse-pipeline.js';

const HEAD = 'apiVersion: sluice.dev/v1\nkind: Pipeline\nmetadata: { name: shop }\nspec:\n';
const ENVIRONMENTS = '  environments:\n    - name: dev\n    - { name: qa, from: [dev] }\n';

/** A file whose `environments` begin on line 6, with the list items given. */
export function withEnvironments(items: string): string {
  return `${HEAD}  environments:\n${items}`;
}

/** A file with dev (line 6) and qa (line 7), whose further sections begin on line 8. */
export function withSections(sections: string): string {
  return `${HEAD}${ENVIRONMENTS}${sections}`;
}

/** `line:column at: message` of each finding. */
export function findingsOf(text: string): readonly string[] {
  return parsePipeline(text).diagnostics.map(({ line, column, at, message }) => `${line}:${column} ${at}: ${message}`);
}
