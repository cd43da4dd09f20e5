import { z } from 'zod';
import { formatDocumentPath, type Position } from '../source/location.js';
import { readSource } from '../source/read-source.js';
import { parseNotificationTarget } from './target.js';

/** A target that a pipeline file names, and where. `at`: `spec.notifications[0].to[1]`. */
export interface NamedTarget extends Position {
  readonly target: string;
  readonly at: string;
}

// what has another shape is an error of its own, and does not hide the rest
const rule = z.object({ to: z.array(z.unknown()).catch([]) }).catch({ to: [] });
const file = z.object({ spec: z.object({ notifications: z.array(rule).catch([]) }) });

/** Every target in the notifications of a pipeline file, in the order of the text; none where it cannot be read. What is no target is left out: `parsePipeline` says so. Never throws. */
export function namedTargets(text: string): readonly NamedTarget[] {
  const source = readSource(text);
  if (source.kind === 'unreadable') return [];
  const { data } = file.safeParse(source.value);
  return (data?.spec.notifications ?? []).flatMap(({ to }, rules) =>
    to.flatMap((target, index) => {
      if (typeof target !== 'string' || !parseNotificationTarget(target)) return [];
      const path = ['spec', 'notifications', rules, 'to', index];
      return [{ target, ...source.locations.of(path), at: formatDocumentPath(path) }];
    }),
  );
}
