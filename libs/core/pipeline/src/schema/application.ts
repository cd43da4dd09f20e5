import { z } from 'zod';
import { glob, name } from './scalars.js';
import { section } from './section.js';

const MAX_GLOBS = 50;

export const application = section({
  name,
  paths: z.array(glob).min(1).max(MAX_GLOBS).describe('The files that it owns; no file belongs to two applications.'),
  uses: z.array(glob).max(MAX_GLOBS).optional().describe('Files that it depends on and does not own: a change in them restarts health and soak.'),
  after: z.array(name).max(MAX_GLOBS).optional().describe('Applications that go first: while one of them has an open candidate in an environment, this one waits there.'),
});
