import { parseDuration } from '@sluice/kernel';
import { z } from 'zod';
import { duration, name, text } from './scalars.js';
import { section } from './section.js';

const [LEAST, MOST] = ['1s', '1h'] as const;

// what no program can be given; a line break in an argument would be invisible in what people compare
const word = z
  .string()
  .max(1_000)
  .refine((value) => !/[\u0000-\u001f\u007f]/.test(value), 'must not have line breaks or other control characters');

const command = z
  .array(word)
  .min(1)
  .max(50)
  .superRefine(([program], context) => {
    if (program === '') context.addIssue({ code: 'custom', message: 'must begin with a program', path: [0] });
  });

export const tests = z
  .record(
    name,
    section({
      command: command.describe('Program and arguments; no shell reads them. A relative program is a file of the application.'),
      timeout: duration
        .refine((value) => isWithin(value), `must be between ${LEAST} and ${MOST}`)
        .optional()
        .describe('When it is ended and has failed; default 5m.'),
      image: text.optional().describe('What a cluster runs it in; a folder does not need it.'),
    }),
  )
  .describe('Tests that agents run in their environment, by name; gates of the type "test" ask for them.');

export const testGate = section({
  name,
  type: z.literal('test'),
  test: name.describe('One of spec.tests.'),
}).describe('Passes when a test has passed on this content in the source environment.');

function isWithin(text: string): boolean {
  const [value = 0, least = 0, most = 0] = [text, LEAST, MOST].map(parseDuration);
  return value >= least && value <= most;
}
