// The rules of workspace-rules.mjs as a program, run in the workspace's root.
import { readProjects } from './projects.mjs';
import { workspaceProblems } from './workspace-rules.mjs';

const problems = workspaceProblems(process.cwd(), readProjects(process.cwd()));
for (const problem of problems) console.log(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
