import { imageNameProblem, semverRangeProblem } from '@sluice/policy';
import { z } from 'zod';
import { checked, name } from './scalars.js';
import { section } from './section.js';

const KINDS = ['semver', 'glob', 'newest'] as const;

const policy = section({
  semver: checked(semverRangeProblem).optional().describe('The highest version in this range: "^2", "~1.4", ">=1.2 <3".'),
  glob: z.string().regex(/^[\w.*?-]{1,64}$/, 'must be a pattern for tags: letters, digits, "_", "." and "-", with "*" and "?"').optional().describe('The last of the tags that match, where numbers in them count as numbers.'),
  newest: z.literal(true).optional().describe('The highest version that is no pre-release.'),
}).superRefine((found, context) => {
  if (KINDS.filter((kind) => found[kind] !== undefined).length !== 1) context.addIssue({ code: 'custom', message: 'needs exactly one of "semver", "glob" and "newest: true"', path: [] });
});

export const imageUpdates = z
  .array(
    section({
      image: checked(imageNameProblem).describe('Registry and repository, as manifests name it; without a tag.'),
      policy: policy.describe('Which tag of those that the registry has.'),
      environment: name.describe('The first environment whose manifests are updated.'),
      pin: z.enum(['tag', 'digest']).optional().describe('Whether manifests name the tag, or the tag and its digest; default tag.'),
    }),
  )
  .max(500)
  .describe('Images whose newest tag is committed to an environment.');
