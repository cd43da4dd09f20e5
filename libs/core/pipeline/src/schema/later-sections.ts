import { z } from 'zod';
import { name, text } from './scalars.js';
import { section } from './section.js';

export const notifications = z.array(section({ on: z.array(text).min(1), environments: z.array(name).optional(), applications: z.array(text).optional(), to: z.array(text).min(1) })).max(100);
