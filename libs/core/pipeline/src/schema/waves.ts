import { MAX_LABELS, labelKeyProblem, labelValueProblem } from '@sluice/kernel';
import { z } from 'zod';
import { duration } from './scalars.js';
import { section } from './section.js';

const labels = z
  .record(z.string(), z.string())
  .superRefine((value, context) => {
    const entries = Object.entries(value);
    if (entries.length > MAX_LABELS) context.addIssue({ code: 'custom', message: `at most ${MAX_LABELS} labels` });
    for (const [key, text] of entries) {
      const message = labelKeyProblem(key) ?? labelValueProblem(text);
      if (message !== undefined) context.addIssue({ code: 'custom', message, path: [key] });
    }
  })
  .describe('The clusters that have all of these labels, and are in no earlier wave; {} means all that are left.');

const wave = section({
  clusters: labels,
  soak: duration.optional().describe('How long everything that was merged must have been healthy in all clusters of this wave before the next one begins; default 0s.'),
});

export const waves = z.array(wave).min(1).max(50).describe('Groups of clusters that get a merge one after the other.');
