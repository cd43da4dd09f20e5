import type { Value } from '../model.js';
import type { ScalarLayout } from '../layout/layout.js';
import { valuesEqual } from '../value/values-equal.js';
import type { Hint, Slot } from './edit-job.js';
import { doubleQuoted, readsAs, renderFlow, singleQuoted } from './render.js';

export type Scalar = Exclude<Value, readonly Value[] | ReadonlyMap<string, Value>>;

/** The text of a scalar in one line: in the quotes that stand there, else as the other text has it, else in a form that is always right. */
export function scalarText(slot: Slot, want: Scalar, hint: Hint | undefined): string {
  const candidates = typeof want === 'string' ? [inStyleOf(slot, want), plainTextOf(slot, want)] : [];
  const theirs = sourceText(hint, want);
  const ordered = typeof want === 'string' ? [candidates[0], theirs, candidates[1]] : [theirs];
  return ordered.find((text) => text !== undefined && readsAs(text, want, slot.flow)) ?? renderFlow(want);
}

function inStyleOf({ node }: Slot, want: string): string | undefined {
  if (node.type !== 'scalar') return undefined;
  switch (node.style) {
    case 'plain':
      return want;
    case 'single':
      return singleQuoted(want);
    case 'double':
      return doubleQuoted(want);
    default:
      return undefined;
  }
}

// JSON has no plain texts
function plainTextOf({ flow }: Slot, want: string): string | undefined {
  return flow ? undefined : want;
}

function sourceText(hint: Hint | undefined, want: Scalar): string | undefined {
  const node = hint?.slot.node;
  if (hint === undefined || node?.type !== 'scalar' || !isOneLine(node) || !node.portable || !valuesEqual(hint.value, want)) return undefined;
  return hint.text.slice(node.start, node.end);
}

function isOneLine(node: ScalarLayout): boolean {
  return node.style !== 'block' && node.style !== 'empty';
}
