import { dependencyCruiserConfig } from './tools/lint/dependency-rules.mjs';
import { readProjects } from './tools/lint/projects.mjs';

export default dependencyCruiserConfig(readProjects(process.cwd()));
