// Kept free of dependencies and of anything newer than Node 16, so that it can still say what is wrong.

/** @returns {string | undefined} what to do when this Node is too old */
export function nodeProblem(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  if (major >= 24 || (major === 22 && minor >= 13) || (major === 20 && minor >= 19)) return undefined;
  return `Sluice needs Node 20.19, 22.13 or 24 and later; this is ${version}. Install a newer one from https://nodejs.org and run the command again.`;
}

export function requireNode() {
  const problem = nodeProblem(process.version);
  if (problem === undefined) return;
  console.error(problem);
  process.exit(2);
}
