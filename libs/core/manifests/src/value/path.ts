import { printableLine } from '@sluice/kernel';

/** A key of a map, or an item of a list by its label: the text of its map keys, or its index. */
export type PathStep = string | { readonly item: string };
export type Path = readonly PathStep[];

const PLAIN_KEY = /^[A-Za-z0-9_-]+$/;

/** `spec.template.spec.containers[server].env[PORT].value`; keys with other characters are quoted. Empty for the document itself. */
export function formatPath(path: Path): string {
  let text = '';
  for (const step of path) text += formatStep(step, text === '');
  return printableLine(text, 500);
}

function formatStep(step: PathStep, first: boolean): string {
  if (typeof step !== 'string') return `[${step.item}]`;
  if (!PLAIN_KEY.test(step)) return `[${JSON.stringify(step)}]`;
  return first ? step : `.${step}`;
}
